import { listOpenGroups } from '#lib/domain/open-groups.ts'
import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { Projects } from './projects.gql.ts'

const PAGE_SIZE = 50

export const load: PageLoad = async ({ fetch, parent, url }) => {
  await parent()
  const search = url.searchParams.get('search')
  const after = url.searchParams.get('after')
  const answer = await loadQuery(fetch, Projects, { search, after, first: PAGE_SIZE }, url)
  const { projects } = answer
  return {
    ...{ search, after, projects: projects.edges.map((edge) => edge.node), pageInfo: projects.pageInfo },
    openGroups: listOpenGroups(answer),
  }
}
