import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { ProjectAuditLog } from './audit.gql.ts'

export const load: PageLoad = async ({ fetch, parent, url }) => {
  const { project } = await parent()
  const after = url.searchParams.get('after')
  const answer = await loadQuery(fetch, ProjectAuditLog, { path: project.path, after }, url)
  if (!answer.project) error(404, words.notFound.title, { code: 'NOT_FOUND' })
  return { auditLog: answer.project.auditLog, after }
}
