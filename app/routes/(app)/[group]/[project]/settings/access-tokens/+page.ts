import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { ProjectTokens } from './access-tokens.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('app:tokens')
  const { project } = await parent()
  if (project.viewerRole !== 'OWNER') error(403, words.projectTokens.forOwners, { code: 'FORBIDDEN' })
  const answer = await loadQuery(fetch, ProjectTokens, { path: project.path })
  return { accessTokens: answer.project?.accessTokens ?? [] }
}
