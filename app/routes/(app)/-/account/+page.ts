import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { Account } from './account.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('app:account')
  await parent()
  const { viewer } = await loadQuery(fetch, Account, {})
  return { accessTokens: viewer?.accessTokens ?? [] }
}
