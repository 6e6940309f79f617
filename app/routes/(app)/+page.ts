import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { Projects } from './projects.gql.ts'

const PAGE_SIZE = 50

export const load: PageLoad = async ({ fetch, parent, url }) => {
  await parent()
  const search = url.searchParams.get('search')
  const after = url.searchParams.get('after')
  const { projects, groups, instance } = await loadQuery(fetch, Projects, { search, after, first: PAGE_SIZE })
  const open = groups.nodes.filter((group) => group.viewerMayCreateProjects).map((group) => group.path)
  return {
    ...{ search, after, projects: projects.edges.map((edge) => edge.node), pageInfo: projects.pageInfo },
    /** In which a project may be made; null: in none. */
    openGroups: open.length > 0 || instance.viewerMayCreateGroups ? open : null,
  }
}
