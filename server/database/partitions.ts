// Partitions of the tables that hold what was received: one a UTC day, named `event_2026_11_22`. They are made a week ahead
// by a job; a writer makes those that are missing, so that a process whose jobs stood still goes on writing.

import type { Pool } from 'pg'

/** All are `PARTITION BY RANGE (received_on)`, a date. */
export const PARTITIONED_TABLES = [
  'event',
  'event_block',
  'transaction_summary',
  'attachment',
  'attachment_chunk',
] as const
/** `PARTITION BY RANGE (started_on)`: a session that goes on is written on the day on which it started. */
const SESSION_TABLES = ['client_session'] as const
/**
 * How full a page is when rows are added. A session is written when it starts and again when it ends: where there is room for
 * that in the same page, its index has nothing to do with it. `LIKE` does not take this over from the table.
 */
const SESSION_FILLFACTOR = 50
const DAY_MS = 24 * 60 * 60 * 1000

let lastDay = Number.NaN
let lastDayText = ''

/** @returns `2026-11-22`, the UTC day of a time in milliseconds since the epoch. */
export function formatDay(timeMs: number): string {
  const day = Math.floor(timeMs / DAY_MS)
  // Asked for everything that comes in, which is nearly always of today.
  if (day !== lastDay) {
    lastDayText = new Date(timeMs).toISOString().slice(0, 10)
    lastDay = day
  }
  return lastDayText
}

/** Makes the partitions of `days` days beginning with the day of `fromMs`. Does nothing for those that are there. */
export async function ensurePartitions(pool: Pool, fromMs: number, days: number): Promise<void> {
  for (let offset = 0; offset < days; offset += 1) {
    const day = formatDay(fromMs + offset * DAY_MS)
    const nextDay = formatDay(fromMs + (offset + 1) * DAY_MS)
    for (const table of PARTITIONED_TABLES) await ensurePartition(pool, table, day, nextDay)
  }
}

/** The same for single sessions. @param days `2026-11-22` */
export async function ensureSessionPartitions(pool: Pool, days: readonly string[]): Promise<void> {
  for (const day of days) {
    const nextDay = formatDay(Date.parse(day) + DAY_MS)
    for (const table of SESSION_TABLES) await ensurePartition(pool, table, day, nextDay, SESSION_FILLFACTOR)
  }
}

async function ensurePartition(
  pool: Pool,
  table: string,
  day: string,
  nextDay: string,
  fillfactor = 100,
): Promise<void> {
  // A day comes from formatDay, so that it is digits and hyphens only; identifiers and bounds cannot be parameters.
  const name = namePartition(table, day)
  const { rows } = await pool.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name])
  if (rows[0]?.there === true) return
  // Made apart and then attached, in one transaction: PARTITION OF would wait for every reader of the table, and
  // everybody else would wait behind it.
  await pool
    .query(
      `CREATE TABLE "${name}" (LIKE "${table}" INCLUDING ALL) WITH (fillfactor = ${fillfactor});
       ALTER TABLE "${table}" ATTACH PARTITION "${name}" FOR VALUES FROM ('${day}') TO ('${nextDay}')`,
    )
    .catch(ignoreMadeMeanwhile)
}

/** @param day as `formatDay` writes it. */
export function namePartition(table: string, day: string): string {
  return `${table}_${day.replaceAll('-', '_')}`
}

function ignoreMadeMeanwhile(error: unknown): void {
  // 42P07, 42710: the table, or its row type, is there. 23505: its name is taken in the catalog.
  const { code } = error as { code?: string }
  if (code !== '42P07' && code !== '42710' && code !== '23505') throw error
}

/** @returns the days (`2026-11-22`) that have a partition, the oldest first. */
export function listPartitionDays(pool: Pool): Promise<string[]> {
  return listDaysOf(pool, PARTITIONED_TABLES)
}

/** The same for single sessions. */
export function listSessionPartitionDays(pool: Pool): Promise<string[]> {
  return listDaysOf(pool, SESSION_TABLES)
}

async function listDaysOf(pool: Pool, tables: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ day: string }>(
    `SELECT DISTINCT replace(right(c.relname, 10), '_', '-') AS day
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class parent ON parent.oid = i.inhparent
      WHERE parent.relname = ANY ($1) AND c.relname ~ '_[0-9]{4}_[0-9]{2}_[0-9]{2}$' ORDER BY 1`,
    [tables],
  )
  return rows.map(({ day }) => day)
}

/** Frees the day's space at once, in every table. Waits a little for readers, then gives up with an error. */
export function dropPartition(pool: Pool, day: string): Promise<void> {
  return dropDayOf(pool, PARTITIONED_TABLES, day)
}

/** The same for single sessions. */
export function dropSessionPartition(pool: Pool, day: string): Promise<void> {
  return dropDayOf(pool, SESSION_TABLES, day)
}

async function dropDayOf(pool: Pool, tables: readonly string[], day: string): Promise<void> {
  const names = tables.map((table) => `"${namePartition(table, day)}"`)
  // Two statements sent as one are one transaction, which ends with them even if the second fails.
  await pool.query(`SET LOCAL lock_timeout = '2s'; DROP TABLE IF EXISTS ${names.join(', ')}`)
}

/**
 * Of one day's partition, for projects that keep less than others do: space returns when PostgreSQL has vacuumed it.
 * @returns how many rows went, `rowsMax` at most.
 */
export async function deleteFromPartition(
  pool: Pool,
  table: (typeof PARTITIONED_TABLES)[number],
  day: string,
  projectIds: readonly number[],
  rowsMax: number,
): Promise<number> {
  const name = namePartition(table, day)
  try {
    const { rowCount } = await pool.query(
      `DELETE FROM "${name}" WHERE ctid = ANY (ARRAY(SELECT ctid FROM "${name}" WHERE project_id = ANY ($1) LIMIT ${rowsMax}))`,
      [projectIds],
    )
    return rowCount ?? 0
  } catch (error) {
    // 42P01: there is none of this table.
    if ((error as { code?: string }).code === '42P01') return 0
    throw error
  }
}
