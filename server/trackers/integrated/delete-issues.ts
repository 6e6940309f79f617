import type { Pool } from 'pg'
import { forgetIssues } from '../../database/forget-issues.ts'
import type { Purge } from '../../database/purge.ts'
import type { Publish } from '../../domain/change.ts'
import { parseIssueIds } from './issue-row.ts'

/** @returns those that were there. Most of what belonged to them is gone as well by then. */
export async function deleteIssues(
  { pool, publish, purge }: { pool: Pool; publish: Publish; purge: Pick<Purge, 'runBriefly'> },
  projectId: number,
  issueIds: readonly string[],
): Promise<string[]> {
  const gone = (await forgetIssues(pool, projectId, parseIssueIds(issueIds))).map(String)
  // Whoever holds them in memory forgets them; who reads them for subscribers finds nothing to send.
  publish(gone.map((issueId) => ({ type: 'issue', projectId, issueId, kind: 'STATUS' })))
  publish(gone.map((issueId) => ({ type: 'deletion', projectId, issueId })))
  await purge.runBriefly()
  return gone
}
