import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { Settings } from './settings.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('app:settings')
  const { project } = await parent()
  const answer = await loadQuery(fetch, Settings, { path: project.path })
  if (!answer.project) error(404, words.notFound.title, { code: 'NOT_FOUND' })
  return { clientKeys: answer.project.clientKeys, ...answer.project.settings }
}
