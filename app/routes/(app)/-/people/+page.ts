import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { People } from './people.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends, url }) => {
  depends('app:people')
  await parent()
  const search = url.searchParams.get('search')
  const after = url.searchParams.get('after')
  const { users, instance } = await loadQuery(fetch, People, { search, after }, url)
  return { users, groupCreators: instance.groupCreators, search, after }
}
