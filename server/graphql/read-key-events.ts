// How many events came with each key, by the hour or day.

import type { Pool } from 'pg'
import { countSteps, listSteps } from '../domain/frequency.ts'
import type { FrequencyPeriod, FrequencyPoint } from '../domain/issue.ts'

/** One list per key, in the order of `keyIds`: every hour or day of the period, the current one last. */
export async function readKeyEvents(
  pool: Pool,
  keyIds: readonly number[],
  period: FrequencyPeriod,
  nowMs: number,
): Promise<FrequencyPoint[][]> {
  const { unit, times } = listSteps(period, nowMs)
  const { rows } = await pool.query<{ key_id: number; at: Date; count: string }>({
    name: `key-events-${unit}`,
    text: `SELECT key_id, date_trunc('${unit}', hour, 'UTC') AS at, sum(events) AS count
           FROM client_key_hour WHERE key_id = ANY ($1) AND hour >= $2 GROUP BY 1, 2`,
    values: [keyIds, times[0]],
  })
  const byKey = Map.groupBy(rows, (row) => row.key_id)
  return keyIds.map((keyId) => countSteps(times, byKey.get(keyId) ?? []))
}
