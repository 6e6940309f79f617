import { listOpenGroups } from '#lib/domain/open-groups.ts'
import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { General } from './general.gql.ts'

export const load: PageLoad = async ({ fetch, parent }) => {
  const { project } = await parent()
  // Only owners may move it.
  if (project.viewerRole !== 'OWNER') return { openGroups: null }
  return { openGroups: listOpenGroups(await loadQuery(fetch, General, {})) }
}
