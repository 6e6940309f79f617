// Which transaction of its trace an error happened in. The trace of one click may hold a page load, the requests it made
// and the jobs that these began, all sent to one project.

import type { StoredEvent } from './event.ts'
import type { TransactionSummary } from './transaction.ts'

type TracedEvent = Pick<StoredEvent, 'timestampMs' | 'transaction' | 'contexts'>

/** Clocks and rounding: a transaction's times are those of the moment it was measured, an event's that of its capture. */
const TOLERANCE_MS = 1_000

/** The likeliest first, `max` at most. */
export function rankTransactions(
  event: TracedEvent,
  transactions: readonly TransactionSummary[],
  max: number,
): TransactionSummary[] {
  return transactions
    .map((transaction) => ({ transaction, score: scoreTransaction(event, transaction) }))
    .toSorted((a, b) => b.score - a.score || b.transaction.timestampMs - a.transaction.timestampMs)
    .slice(0, max)
    .map(({ transaction }) => transaction)
}

/** The same span is proof; the same name says more than that the times overlap, since requests run side by side. */
function scoreTransaction(event: TracedEvent, transaction: TransactionSummary): number {
  const { span_id: spanId, parent_span_id: parentSpanId } = event.contexts['trace'] ?? {}
  const isSameSpan = transaction.spanId !== null && transaction.spanId === spanId
  const isChild = transaction.spanId !== null && transaction.spanId === parentSpanId
  const isSameName = transaction.name === event.transaction
  return (isSameSpan ? 8 : 0) + (isChild ? 4 : 0) + (isSameName ? 2 : 0) + (isDuring(event, transaction) ? 1 : 0)
}

function isDuring({ timestampMs }: TracedEvent, transaction: TransactionSummary): boolean {
  const startMs = transaction.timestampMs - (transaction.durationMs ?? 0)
  return timestampMs >= startMs - TOLERANCE_MS && timestampMs <= transaction.timestampMs + TOLERANCE_MS
}
