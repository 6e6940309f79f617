import { loadOwnAccount } from '#lib/domain/own-account.ts'
import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { Account } from './account.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('app:account')
  await parent()
  const [{ viewer }, own] = await Promise.all([loadQuery(fetch, Account, {}), loadOwnAccount(fetch)])
  return { accessTokens: viewer?.accessTokens ?? [], own }
}
