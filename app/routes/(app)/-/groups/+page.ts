import { listOpenGroups } from '#lib/domain/open-groups.ts'
import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { Groups } from './groups.gql.ts'

export const load: PageLoad = async ({ fetch, parent, url }) => {
  await parent()
  const after = url.searchParams.get('after')
  const answer = await loadQuery(fetch, Groups, { after }, url)
  return {
    groups: answer.page,
    mayCreateGroups: answer.instance.viewerMayCreateGroups,
    openGroups: listOpenGroups(answer),
    after,
  }
}
