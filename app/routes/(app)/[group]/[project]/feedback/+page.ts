// Everything users said in the project, the newest first. The URL holds where the page begins.

import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { ProjectFeedback } from './feedback.gql.ts'

export const load: PageLoad = async ({ fetch, parent, url }) => {
  const { project } = await parent()
  const after = url.searchParams.get('after')
  const answer = await loadQuery(fetch, ProjectFeedback, { path: project.path, after }, url)
  return { feedback: answer.project?.feedback ?? null, isFirst: after === null }
}
