import type { Pool } from 'pg'
import type { Publish } from '../../domain/change.ts'
import type { Issue, IssueStatus } from '../../domain/issue.ts'
import { findIssues } from './find-issues.ts'
import { parseIssueIds } from './issue-row.ts'

/** @returns the issues that exist. Those whose status this has changed are published, after the commit. */
export async function setStatus(
  pool: Pool,
  publish: Publish,
  projectId: number,
  issueIds: readonly string[],
  status: IssueStatus,
): Promise<Issue[]> {
  const { rows } = await pool.query<{ id: number }>({
    name: 'tracker-set-status',
    // Locked in the order in which the batch writer locks them, so that neither waits for the other for ever.
    text: `WITH held AS MATERIALIZED (
             SELECT id FROM issue WHERE project_id = $1 AND id = ANY ($2) AND status <> $3::issue_status
             ORDER BY id FOR NO KEY UPDATE),
           ranks AS (
             UPDATE issue_rank r SET status = $3::issue_status
             FROM held WHERE r.project_id = $1 AND r.issue_id = held.id)
           UPDATE issue SET status = $3::issue_status, regressed = false, status_changed_at = now()
           FROM held WHERE issue.project_id = $1 AND issue.id = held.id RETURNING issue.id`,
    values: [projectId, parseIssueIds(issueIds), status],
  })
  publish(rows.map(({ id }) => ({ type: 'issue', projectId, issueId: String(id), kind: 'STATUS' })))
  const issues = await findIssues(pool, projectId, issueIds)
  return issues.filter((issue) => issue !== null)
}
