// What is older than the retention goes: events by dropping whole partitions, so that their space returns at once, what
// was counted of them in batches. Projects may keep less.

import type { Pool } from 'pg'
import {
  dropPartition,
  dropSessionPartition,
  formatDay,
  listPartitionDays,
  listSessionPartitionDays,
} from '../database/partitions.ts'
import type { Logger } from '../log.ts'
import { deleteCounts } from './delete-counts.ts'
import { applyProjectRetention } from './project-retention.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Updates of a session are taken for five days after its start; by a wrong clock that may be a day earlier. */
const SESSION_DAYS = 7

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
  const days = await listPartitionDays(pool)
  for (const day of days) {
    if (day >= oldestDay) continue
    await dropPartition(pool, day)
    log.info({ day }, 'The events of a day were dropped, as they are older than the retention')
  }
  await deleteCounts(pool, { oldestDay, projectIds: null }, isStopped)
  const oldestSessionDay = formatDay(nowMs - SESSION_DAYS * DAY_MS)
  for (const day of await listSessionPartitionDays(pool)) {
    if (day < oldestSessionDay) await dropSessionPartition(pool, day)
  }
  const kept = days.filter((day) => day >= oldestDay)
  await applyProjectRetention({ pool, retentionDays, days: kept, nowMs, log, isStopped })
}
