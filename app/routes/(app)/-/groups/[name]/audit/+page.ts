import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { GroupAuditLog } from './audit.gql.ts'

export const load: PageLoad = async ({ fetch, params, parent, url }) => {
  await parent()
  const after = url.searchParams.get('after')
  const { group } = await loadQuery(fetch, GroupAuditLog, { path: params.name, after }, url)
  if (!group) error(404, words.notFound.title, { code: 'NOT_FOUND' })
  return { path: params.name, auditLog: group.auditLog, after }
}
