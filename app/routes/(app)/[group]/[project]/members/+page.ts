import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { Members } from './members.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends, url }) => {
  depends('app:members')
  const { project } = await parent()
  const after = url.searchParams.get('after')
  const isOwner = project.viewerRole === 'OWNER'
  const answer = await loadQuery(fetch, Members, { path: project.path, isOwner, after }, url)
  if (!answer.project) error(404, words.notFound.title, { code: 'NOT_FOUND' })
  return { ...answer.project, after }
}
