import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { OpenInvitation } from './invitation.gql.ts'

// Behind the #, so that no server and no log on the way sees it.
export const load: PageLoad = async ({ fetch, url }) => {
  const token = url.hash.slice(1)
  const { viewer, invitation } = await loadQuery(fetch, OpenInvitation, { token })
  return { token, viewer, invitation }
}
