// Projects that keep less than the instance does. A day's partition holds all projects, so their part of it is deleted in
// batches; what is left of the partition is dropped with it when the instance's own time has come.

import type { Pool } from 'pg'
import { deleteFromPartition, formatDay, PARTITIONED_TABLES } from '../database/partitions.ts'
import { readProjectSettings } from '../domain/project-settings.ts'
import type { Logger } from '../log.ts'
import { deleteCounts } from './delete-counts.ts'

export interface ProjectRetentionOptions {
  pool: Pool
  /** The instance's. */
  retentionDays: number
  /** Of the partitions that are there. */
  days: readonly string[]
  /** Milliseconds since the epoch. */
  nowMs: number
  log: Logger
  /** Asked between batches. */
  isStopped: () => boolean
}

const DAY_MS = 24 * 60 * 60 * 1000
const BATCH_ROWS_MAX = 5_000
/** A row may hold a megabyte. */
const WIDE_BATCH_ROWS_MAX = 500
const WIDE_TABLES: ReadonlySet<string> = new Set(['event_block', 'attachment_chunk'])

export async function applyProjectRetention(options: ProjectRetentionOptions): Promise<void> {
  const { pool, days, log, isStopped } = options
  const oldestDays = await readOldestDays(options)
  if (oldestDays.size === 0) return
  // Day by day for all projects together, so that the number of statements does not grow with that of the projects.
  for (const day of days) {
    const projectIds = [...oldestDays].filter(([, oldestDay]) => day < oldestDay).map(([projectId]) => projectId)
    if (projectIds.length === 0) continue
    const rows = await deleteDay(pool, day, projectIds, isStopped)
    if (rows > 0) log.info({ day, rows }, 'What projects keep for a shorter time than others was deleted from a day')
  }
  for (const [oldestDay, entries] of Map.groupBy(oldestDays, ([, day]) => day)) {
    await deleteCounts(pool, { oldestDay, projectIds: entries.map(([projectId]) => projectId) }, isStopped)
  }
}

/** By project, the oldest day that it keeps whole. */
async function readOldestDays({ pool, retentionDays, nowMs }: ProjectRetentionOptions): Promise<Map<number, string>> {
  const { rows } = await pool.query<{ id: number; settings: unknown }>(
    `SELECT id, settings FROM project WHERE jsonb_typeof(settings -> 'retentionDays') = 'number'`,
  )
  const oldestDays = new Map<number, string>()
  for (const { id, settings } of rows) {
    const { retentionDays: days } = readProjectSettings(settings)
    if (days !== null && days < retentionDays) oldestDays.set(id, formatDay(nowMs - days * DAY_MS))
  }
  return oldestDays
}

/** Events before the blocks that hold their payloads. @returns how many rows went. */
async function deleteDay(
  pool: Pool,
  day: string,
  projectIds: readonly number[],
  isStopped: () => boolean,
): Promise<number> {
  let sum = 0
  for (const table of PARTITIONED_TABLES) {
    const rowsMax = WIDE_TABLES.has(table) ? WIDE_BATCH_ROWS_MAX : BATCH_ROWS_MAX
    for (let rows = rowsMax; !isStopped() && rows === rowsMax;) {
      rows = await deleteFromPartition(pool, table, day, projectIds, rowsMax)
      sum += rows
    }
  }
  return sum
}
