import { SignInWays } from '#lib/domain/sign-in-ways.gql.ts'
import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => {
  const { instance } = await loadQuery(fetch, SignInWays, {})
  const next = url.searchParams.get('next') ?? '/'
  return {
    provider: instance.signInProvider,
    refusal: url.searchParams.get('failed'),
    needsCode: url.searchParams.get('step') === 'code',
    // Nobody is sent to another site from here.
    next: /^\/(?![/\\])/.test(next) ? next : '/',
  }
}
