import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { InstanceClientErrors } from './ingest.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('app:client-errors')
  await parent()
  return await loadQuery(fetch, InstanceClientErrors, {})
}
