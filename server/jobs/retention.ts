// What is older than the retention goes: events by dropping whole partitions, so that their space returns at once, what
// was counted of them in small batches, so that ingest never waits long. Issues stay, with their counts.

import type { Pool } from 'pg'
import {
  dropPartition,
  dropSessionPartition,
  formatDay,
  listPartitionDays,
  listSessionPartitionDays,
} from '../database/partitions.ts'
import type { Logger } from '../log.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const BATCH_ROWS_MAX = 5_000
/** Updates of a session are taken for five days after its start; by a wrong clock that may be a day earlier. */
const SESSION_DAYS = 7
/** Not partitioned; each with its time. */
const TIMED_TABLES = [
  ['issue_hour', 'hour'],
  ['outcome', 'hour'],
  ['release_hour', 'hour'],
  ['environment_hour', 'hour'],
  ['feedback', 'created_at'],
  ['check_in', 'started_at'],
] as const

export interface RetentionOptions {
  pool: Pool
  retentionDays: number
  /** Milliseconds since the epoch. */
  nowMs: number
  log: Logger
  /** Asked between batches. */
  isStopped: () => boolean
}

export async function applyRetention({ pool, retentionDays, nowMs, log, isStopped }: RetentionOptions): Promise<void> {
  // The oldest day that is still whole within the retention stays.
  const oldestDay = formatDay(nowMs - retentionDays * DAY_MS)
  for (const day of await listPartitionDays(pool)) {
    if (day >= oldestDay) continue
    await dropPartition(pool, day)
    log.info({ day }, 'The events of a day were dropped, as they are older than the retention')
  }
  for (const [table, column] of TIMED_TABLES) {
    while (!isStopped() && (await deleteBatch(pool, table, column, oldestDay)) === BATCH_ROWS_MAX);
  }
  await deleteReleaseUsers(pool, oldestDay, isStopped)
  // A batch that counts for one meanwhile finds that it is gone, and makes it anew.
  await pool.query('DELETE FROM release_health WHERE last_seen_at < $1::date AND created_at < $1::date', [oldestDay])
  const oldestSessionDay = formatDay(nowMs - SESSION_DAYS * DAY_MS)
  for (const day of await listSessionPartitionDays(pool)) {
    if (day < oldestSessionDay) await dropSessionPartition(pool, day)
  }
}

/** Release by release, since each knows how many people it has: its row is locked first, as by the writer of sessions. */
async function deleteReleaseUsers(pool: Pool, oldestDay: string, isStopped: () => boolean): Promise<void> {
  const { rows: releases } = await pool.query<{ project_id: number; health_id: number }>(
    'SELECT DISTINCT project_id, health_id FROM release_user WHERE hour < $1::date',
    [oldestDay],
  )
  for (const { project_id: projectId, health_id: healthId } of releases) {
    for (let count = BATCH_ROWS_MAX; !isStopped() && count === BATCH_ROWS_MAX;) {
      const { rows } = await pool.query<{ count: number }>(DELETE_USERS, [oldestDay, projectId, healthId])
      count = rows[0]?.count ?? 0
    }
  }
}

const DELETE_USERS = `
WITH locked AS MATERIALIZED (
  SELECT 1 FROM release_health WHERE project_id = $2 AND id = $3 FOR NO KEY UPDATE
),
deleted AS (
  DELETE FROM release_user WHERE (SELECT count(*) FROM locked) >= 0 AND ctid = ANY (ARRAY(
    SELECT ctid FROM release_user WHERE project_id = $2 AND health_id = $3 AND hour < $1::date LIMIT ${BATCH_ROWS_MAX}))
  RETURNING 1
),
freed AS (
  UPDATE release_health r SET user_rows = r.user_rows - d.count FROM (SELECT count(*)::int AS count FROM deleted) d
  WHERE r.project_id = $2 AND r.id = $3
)
SELECT count(*)::int AS count FROM deleted`

/** @returns how many rows went. */
async function deleteBatch(pool: Pool, table: string, column: string, oldestDay: string): Promise<number> {
  // An array of row addresses, since a sub-query would be planned as a scan of the whole table for each.
  const { rowCount } = await pool.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${column} < $1::date LIMIT ${BATCH_ROWS_MAX}))`,
    [oldestDay],
  )
  return rowCount ?? 0
}
