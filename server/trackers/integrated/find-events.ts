// Events by their keys. A key holds the day, so that each look-up touches one partition.

import type { Pool } from 'pg'
import { formatDay } from '../../database/partitions.ts'
import type { StoredEvent } from '../../domain/event.ts'
import type { EventKey } from '../../domain/tracker.ts'
import { parseIssueIds } from './issue-row.ts'
import { EVENT_COLUMNS, EVENT_TABLES, toStoredEvents, type EventRow } from './stored-event.ts'

/** In the order of `keys`; null where there is none. */
export async function findEvents(pool: Pool, keys: readonly EventKey[]): Promise<(StoredEvent | null)[]> {
  if (keys.length === 0) return []
  // Not a named statement: planned with its days, it knows the partitions, of which there may be hundreds.
  const { rows } = await pool.query<EventRow & { id: string; day: string }>(
    `SELECT ${EVENT_COLUMNS}, replace(e.id::text, '-', '') AS id, e.received_on::text AS day FROM ${EVENT_TABLES}
     WHERE e.project_id = ANY ($1::int[]) AND e.received_on = ANY ($2::date[]) AND e.id = ANY ($3::uuid[])`,
    [
      [...new Set(keys.map(({ projectId }) => projectId))],
      [...new Set(keys.map(({ day }) => day))],
      keys.map(({ eventId }) => eventId),
    ],
  )
  // The arrays also match one key's id on another's day.
  const events = toStoredEvents(rows)
  const found = new Map(rows.map((row, index) => [`${row.project_id} ${row.day} ${row.id}`, events[index]]))
  return keys.map(({ projectId, day, eventId }) => found.get(`${projectId} ${day} ${eventId}`) ?? null)
}

/** In the order of `issueIds`: the event received last. */
export async function findLatestEvents(
  pool: Pool,
  projectId: number,
  issueIds: readonly string[],
): Promise<(StoredEvent | null)[]> {
  const { rows } = await pool.query<{ id: number; received_at: Date; event_id: string }>({
    name: 'tracker-latest-keys',
    text: `SELECT id, latest_received_at AS received_at, replace(latest_event_id::text, '-', '') AS event_id FROM issue
           WHERE project_id = $1 AND id = ANY ($2)`,
    values: [projectId, parseIssueIds(issueIds)],
  })
  const keys = rows.map((row) => ({ projectId, day: formatDay(row.received_at.getTime()), eventId: row.event_id }))
  const events = await findEvents(pool, keys)
  const byIssue = new Map(rows.map((row, index) => [String(row.id), events[index] ?? null]))
  return issueIds.map((issueId) => byIssue.get(issueId) ?? null)
}
