// Writes a batch of transactions in one statement for each day, which is nearly always one.

import type { Pool } from 'pg'
import { ensurePartitions, formatDay } from '../database/partitions.ts'
import type { ReceivedTransaction } from './summarize-transaction.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** @returns for each, in their order, whether it was stored; false: it was stored before. */
export async function persistTransactions(
  pool: Pool,
  transactions: readonly ReceivedTransaction[],
): Promise<boolean[]> {
  const stored = new Set<string>()
  for (const [day, ofDay] of Map.groupBy(transactions, ({ receivedAtMs }) => formatDay(receivedAtMs))) {
    for (const name of await persistDay(pool, day, ofDay)) stored.add(name)
  }
  // The first of two with the same id is the one that was stored.
  return transactions.map(({ projectId, eventId }) => stored.delete(`${projectId}:${eventId}`))
}

async function persistDay(pool: Pool, day: string, transactions: ReceivedTransaction[]): Promise<string[]> {
  try {
    return await insertTransactions(pool, day, transactions)
  } catch (error) {
    // 23514: no partition for the day.
    if ((error as { code?: unknown }).code !== '23514') throw error
    await ensurePartitions(pool, Date.parse(day), 2)
    return insertTransactions(pool, day, transactions)
  }
}

/** @returns `<project>:<event id>` of those that were not there, the day before included. */
async function insertTransactions(pool: Pool, day: string, transactions: ReceivedTransaction[]): Promise<string[]> {
  const rows = transactions.map((transaction) => ({
    project_id: transaction.projectId,
    id: transaction.eventId,
    trace_id: transaction.traceId,
    span_id: transaction.spanId,
    name: transaction.name,
    op: transaction.op,
    status: transaction.status,
    duration_ms: transaction.durationMs,
    timestamp_ms: transaction.timestampMs,
    release: transaction.release,
    environment: transaction.environment,
  }))
  const { rows: stored } = await pool.query<{ project_id: number; id: string }>({
    name: 'ingest-transactions',
    text: `
      INSERT INTO transaction_summary (project_id, received_on, id, trace_id, span_id, name, op, status, duration_ms,
                                       timestamp, release, environment)
      SELECT i.project_id, $2::date, i.id, i.trace_id, i.span_id, i.name, i.op, i.status, i.duration_ms,
             to_timestamp(i.timestamp_ms / 1000.0), i.release, i.environment
      FROM json_to_recordset($1::json) AS i (
        project_id int, id uuid, trace_id uuid, span_id text, name text, op text, status text, duration_ms float8,
        timestamp_ms float8, release text, environment text)
      WHERE NOT EXISTS (
        SELECT FROM transaction_summary t
        WHERE t.project_id = i.project_id AND t.received_on = $3::date AND t.id = i.id)
      ORDER BY i.project_id, i.id
      ON CONFLICT DO NOTHING
      RETURNING project_id, replace(id::text, '-', '') AS id`,
    values: [JSON.stringify(rows), day, formatDay(Date.parse(day) - DAY_MS)],
  })
  return stored.map(({ project_id, id }) => `${project_id}:${id}`)
}
