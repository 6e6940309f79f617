import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { InstanceAuditLog } from './audit.gql.ts'

export const load: PageLoad = async ({ fetch, parent, url }) => {
  await parent()
  const after = url.searchParams.get('after')
  const { auditLog } = await loadQuery(fetch, InstanceAuditLog, { after }, url)
  return { auditLog, after }
}
