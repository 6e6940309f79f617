import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { IngestSettings } from './ingest-settings.gql.ts'

export const load: PageLoad = async ({ fetch, parent }) => {
  const { project } = await parent()
  const answer = await loadQuery(fetch, IngestSettings, { path: project.path })
  if (!answer.project) error(404, words.notFound.text)
  return { settings: answer.project.settings }
}
