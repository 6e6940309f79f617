import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { Settings } from './settings.gql.ts'

export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('app:settings')
  const { project } = await parent()
  const answer = await loadQuery(fetch, Settings, { path: project.path })
  return { clientKeys: answer.project?.clientKeys ?? [] }
}
