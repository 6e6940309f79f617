// The transactions of a trace, as far as they were sent to the same project.

import type { Pool } from 'pg'
import type { TransactionSummary } from '../domain/transaction.ts'

export interface TraceKey {
  projectId: number
  traceId: string
  /** `YYYY-MM-DD`: when the event was received. What belongs to it came that day, the day before or the day after. */
  day: string
}

interface TransactionRow {
  key: number
  id: string
  span_id: string | null
  name: string
  op: string | null
  status: string | null
  duration_ms: number | null
  timestamp: Date
  release: string | null
  environment: string | null
}

/** A trace may be made as long as a client likes. */
const READ_MAX = 50

/** One list per key, in their order; the latest first. */
export async function readTransactions(pool: Pool, keys: readonly TraceKey[]): Promise<TransactionSummary[][]> {
  const { rows } = await pool.query<TransactionRow>({
    name: 'trace-transactions',
    text: `
      SELECT k.key, t.* FROM unnest($1::int[], $2::uuid[], $3::date[]) WITH ORDINALITY AS k (project_id, trace_id, day, key)
      CROSS JOIN LATERAL (
        SELECT replace(id::text, '-', '') AS id, span_id, name, op, status, duration_ms, timestamp, release,
               environment
        FROM transaction_summary s
        WHERE s.project_id = k.project_id AND s.trace_id = k.trace_id
          AND s.received_on BETWEEN k.day - 1 AND k.day + 1
        ORDER BY timestamp DESC, id LIMIT ${READ_MAX}) t`,
    values: [keys.map(({ projectId }) => projectId), keys.map(({ traceId }) => traceId), keys.map(({ day }) => day)],
  })
  const byKey = Map.groupBy(rows, (row) => Number(row.key) - 1)
  return keys.map((key, index) => (byKey.get(index) ?? []).map((row) => toTransaction(key, row)))
}

function toTransaction({ projectId, traceId }: TraceKey, row: TransactionRow): TransactionSummary {
  return {
    projectId,
    eventId: row.id,
    traceId,
    spanId: row.span_id,
    name: row.name,
    op: row.op,
    status: row.status,
    durationMs: row.duration_ms,
    timestampMs: row.timestamp.getTime(),
    release: row.release,
    environment: row.environment,
  }
}
