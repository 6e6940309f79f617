// Joins feedback with the issue of its event. Either may come first, so this is done when the feedback comes, when its
// event does, and by a job for what a process that ended left behind.

import type { Pool } from 'pg'
import { formatDay } from './partitions.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Feedback may be written long after the error. */
const EVENT_DAYS_MAX = 30
const PENDING_DAYS_MAX = 2

/** @returns the issue's number; null while the event is not there, or when nothing waited for it. */
export async function linkFeedback(
  pool: Pool,
  { projectId, eventId }: { projectId: number; eventId: string },
  nowMs: number,
): Promise<number | null> {
  const { rows } = await pool.query<{ issue_id: number }>({
    name: 'link-feedback',
    // Named days, since an index of a partition begins with them.
    text: `
      UPDATE feedback f SET issue_id = e.issue_id FROM event e
      WHERE f.project_id = $1 AND f.event_id = $2 AND f.issue_id IS NULL
        AND e.project_id = $1 AND e.id = $2 AND e.received_on = ANY ($3::date[])
      RETURNING f.issue_id`,
    values: [projectId, eventId, listDays(nowMs, EVENT_DAYS_MAX)],
  })
  return rows[0]?.issue_id ?? null
}

/** The same for an event that has no row, since it was counted only. @returns null when the issue is gone meanwhile. */
export async function linkFeedbackTo(
  pool: Pool,
  { projectId, eventId }: { projectId: number; eventId: string },
  issueId: number,
): Promise<number | null> {
  const { rowCount } = await pool.query(
    `UPDATE feedback f SET issue_id = i.id FROM issue i
     WHERE f.project_id = $1 AND f.event_id = $2 AND f.issue_id IS NULL AND i.project_id = $1 AND i.id = $3`,
    [projectId, eventId, issueId],
  )
  return rowCount === 0 ? null : issueId
}

/** Feedback of the last days that waits for its event. @returns how many found theirs. */
export async function linkPendingFeedback(pool: Pool, nowMs: number): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE feedback f SET issue_id = e.issue_id FROM event e
     WHERE f.issue_id IS NULL AND f.event_id IS NOT NULL AND f.created_at > to_timestamp($1::float8 / 1000)
       AND e.project_id = f.project_id AND e.id = f.event_id AND e.received_on = ANY ($2::date[])`,
    [nowMs - PENDING_DAYS_MAX * DAY_MS, listDays(nowMs, PENDING_DAYS_MAX)],
  )
  return rowCount ?? 0
}

/** Tomorrow too: processes' clocks differ. */
function listDays(nowMs: number, days: number): string[] {
  return Array.from({ length: days + 2 }, (_, index) => formatDay(nowMs - (index - 1) * DAY_MS))
}
