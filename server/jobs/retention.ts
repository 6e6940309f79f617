// What is older than the retention goes: events by dropping whole partitions, so that their space returns at once, what
// was counted of them in small batches, so that ingest never waits long. Issues stay, with their counts.

import type { Pool } from 'pg'
import { formatDay, listPartitionDays, dropPartition } from '../database/partitions.ts'
import type { Logger } from '../log.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const BATCH_ROWS_MAX = 5_000
/** Not partitioned; each with its time. */
const TIMED_TABLES = [
  ['issue_hour', 'hour'],
  ['outcome', 'hour'],
  ['feedback', 'created_at'],
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
}

/** @returns how many rows went. */
async function deleteBatch(pool: Pool, table: string, column: string, oldestDay: string): Promise<number> {
  // An array of row addresses, since a sub-query would be planned as a scan of the whole table for each.
  const { rowCount } = await pool.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${column} < $1::date LIMIT ${BATCH_ROWS_MAX}))`,
    [oldestDay],
  )
  return rowCount ?? 0
}
