// What issues are sorted by lies in a table of its own, `issue_rank`. A batch bumps the issues' rows, and with indexes on
// what it bumps every event would write all of them again; instead the ranks follow within a second, for all events of
// that second at once, and before a list is read. The status in them is always the issue's.

import type { Pool } from 'pg'

/**
 * Two steps of a WITH, behind one named `touched (project_id, issue_id)`. The greater value wins, since somebody who read
 * the issue earlier may write later.
 */
export const UPDATE_RANKS = `
held AS MATERIALIZED (
  SELECT r.project_id, r.issue_id FROM issue_rank r
  WHERE (r.project_id, r.issue_id) IN (SELECT project_id, issue_id FROM touched)
  ORDER BY 1, 2 FOR NO KEY UPDATE
),
ranks AS (
  UPDATE issue_rank r SET
    last_seen_at = greatest(r.last_seen_at, i.last_seen_at),
    first_seen_at = least(r.first_seen_at, i.first_seen_at),
    event_count = greatest(r.event_count, i.event_count),
    user_count = greatest(r.user_count, i.user_count)
  FROM held h JOIN issue i ON i.project_id = h.project_id AND i.id = h.issue_id
  WHERE r.project_id = h.project_id AND r.issue_id = h.issue_id AND r.event_count < i.event_count
)`

/** Resolves when the ranks hold all that was committed before the call. */
export async function refreshRanks(pool: Pool, projectId: number): Promise<void> {
  await pool.query({
    name: 'refresh-ranks',
    text: `WITH touched AS MATERIALIZED (
             SELECT DISTINCT project_id, unnest(issue_ids) AS issue_id FROM tally WHERE project_id = $1
           ), ${UPDATE_RANKS} SELECT`,
    values: [projectId],
  })
}
