// The event table's partitions: one a UTC day, named `event_2026_11_22`. They are made a week ahead by a job; the writer
// makes one that is missing, so that a process whose jobs stood still goes on writing.

import type { Pool } from 'pg'

const DAY_MS = 24 * 60 * 60 * 1000

/** @returns `2026-11-22`, the UTC day of a time in milliseconds since the epoch. */
export function formatDay(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** Makes the partitions of `days` days beginning with the day of `fromMs`. Does nothing for those that are there. */
export async function ensurePartitions(pool: Pool, fromMs: number, days: number): Promise<void> {
  for (let offset = 0; offset < days; offset += 1) {
    const day = formatDay(fromMs + offset * DAY_MS)
    const nextDay = formatDay(fromMs + (offset + 1) * DAY_MS)
    // A day comes from formatDay, so that it is digits and hyphens only; identifiers and bounds cannot be parameters.
    const name = `event_${day.replaceAll('-', '_')}`
    const { rows } = await pool.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name])
    if (rows[0]?.there === true) continue
    // Made apart and then attached, in one transaction: PARTITION OF would wait for every reader of the events, and
    // everybody else would wait behind it.
    await pool
      .query(
        `CREATE TABLE "${name}" (LIKE "event" INCLUDING ALL);
         ALTER TABLE "event" ATTACH PARTITION "${name}" FOR VALUES FROM ('${day}') TO ('${nextDay}')`,
      )
      .catch(ignoreMadeMeanwhile)
  }
}

function ignoreMadeMeanwhile(error: unknown): void {
  // 42P07: the table is there. 23505: its name is taken in the catalog.
  const { code } = error as { code?: string }
  if (code !== '42P07' && code !== '23505') throw error
}

/** @returns the days (`2026-11-22`) that have a partition, the oldest first. */
export async function listPartitionDays(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'event'::regclass AND c.relname ~ '^event_[0-9]{4}_[0-9]{2}_[0-9]{2}$' ORDER BY 1`,
  )
  return rows.map(({ name }) => name.slice('event_'.length).replaceAll('_', '-'))
}

/** Frees the day's space at once. Waits a little for readers of the table, then gives up with an error. */
export async function dropPartition(pool: Pool, day: string): Promise<void> {
  // Two statements sent as one are one transaction, which ends with them even if the second fails.
  await pool.query(`SET LOCAL lock_timeout = '2s'; DROP TABLE IF EXISTS "event_${day.replaceAll('-', '_')}"`)
}
