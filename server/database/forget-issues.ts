// Issues, gone at once from lists and from the eyes of who writes events: an event of the same hash that comes later makes
// a new issue. What belonged to them is left for purge.ts.

import type { Pool } from 'pg'

/** @returns the numbers of those that were there. */
export async function forgetIssues(pool: Pool, projectId: number, issueIds: readonly number[]): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    // Locked in the order in which the batch writer locks them, so that neither waits for the other for ever.
    `WITH held AS MATERIALIZED (
       SELECT id FROM issue WHERE project_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE),
     pending AS (
       INSERT INTO pending_deletion (project_id, issue_id) SELECT $1, id FROM held ON CONFLICT DO NOTHING),
     hashes AS (
       DELETE FROM issue_hash WHERE project_id = $1 AND issue_id IN (SELECT id FROM held)),
     ranks AS (
       DELETE FROM issue_rank WHERE project_id = $1 AND issue_id IN (SELECT id FROM held)),
     texts AS (
       DELETE FROM issue_text WHERE project_id = $1 AND issue_id IN (SELECT id FROM held))
     DELETE FROM issue USING held WHERE issue.project_id = $1 AND issue.id = held.id RETURNING issue.id`,
    [projectId, issueIds],
  )
  return rows.map(({ id }) => id)
}
