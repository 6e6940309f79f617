// How many events came with each key, by the hour or day.

import type { Pool } from 'pg'
import { FREQUENCY_STEPS, type FrequencyPeriod, type FrequencyPoint } from '../domain/issue.ts'

/** One list per key, in the order of `keyIds`: every hour or day of the period, the current one last. */
export async function readKeyEvents(
  pool: Pool,
  keyIds: readonly number[],
  period: FrequencyPeriod,
  nowMs: number,
): Promise<FrequencyPoint[][]> {
  const { unit, unitMs, points } = FREQUENCY_STEPS[period]
  const startMs = (Math.floor(nowMs / unitMs) - points + 1) * unitMs
  const { rows } = await pool.query<{ key_id: number; at: Date; count: string }>({
    name: `key-events-${unit}`,
    text: `SELECT key_id, date_trunc('${unit}', hour, 'UTC') AS at, sum(events) AS count
           FROM client_key_hour WHERE key_id = ANY ($1) AND hour >= $2 GROUP BY 1, 2`,
    values: [keyIds, new Date(startMs)],
  })
  const byKey = Map.groupBy(rows, (row) => row.key_id)
  return keyIds.map((keyId) => {
    const counts = new Map((byKey.get(keyId) ?? []).map(({ at, count }) => [at.getTime(), BigInt(count)]))
    return Array.from({ length: points }, (_, index) => {
      const atMs = startMs + index * unitMs
      return { at: new Date(atMs), count: counts.get(atMs) ?? 0n }
    })
  })
}
