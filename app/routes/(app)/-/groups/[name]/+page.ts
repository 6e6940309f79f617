import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { GroupHead, GroupPeople } from './group.gql.ts'

export const load: PageLoad = async ({ fetch, params, parent, depends, url }) => {
  depends('app:group')
  await parent()
  const { group } = await loadQuery(fetch, GroupHead, { path: params.name })
  if (!group) error(404, words.notFound.title, { code: 'NOT_FOUND' })
  const after = url.searchParams.get('after')
  // Who sees one of its projects only knows the group by its name.
  if (group.viewerRole === null) return { group, people: null, after }
  const isOwner = group.viewerRole === 'OWNER'
  const { group: people } = await loadQuery(fetch, GroupPeople, { path: params.name, isOwner, after }, url)
  return { group, people, after }
}
