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
    await pool.query(
      `CREATE TABLE IF NOT EXISTS "event_${day.replaceAll('-', '_')}" PARTITION OF "event"
         FOR VALUES FROM ('${day}') TO ('${nextDay}')`,
    )
  }
}
