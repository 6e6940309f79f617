// What an error happened in: the transactions of its trace.

import { formatDay } from '../../database/partitions.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { rankTransactions } from '../../domain/rank-transactions.ts'
import type { TransactionSummary } from '../../domain/transaction.ts'
import { builder } from '../builder.ts'
import { EventNode } from './event.ts'

const TRANSACTIONS_MAX = 5
const TRACE_ID = /^[0-9a-f]{32}$/

const Transaction = builder.objectRef<TransactionSummary>('Transaction').implement({
  description: 'A transaction in short; its spans are not kept.',
  fields: (t) => ({
    eventId: t.exposeString('eventId', { description: '32 hex digits.' }),
    spanId: t.exposeString('spanId', { nullable: true }),
    name: t.exposeString('name'),
    op: t.exposeString('op', { nullable: true, description: '`http.server`, `pageload`, ...' }),
    status: t.exposeString('status', { nullable: true, description: '`ok`, `internal_error`, ...' }),
    durationMs: t.exposeFloat('durationMs', { nullable: true }),
    timestamp: t.field({
      type: 'DateTime',
      description: 'When it ended.',
      resolve: ({ timestampMs }) => new Date(timestampMs),
    }),
    release: t.exposeString('release', { nullable: true }),
    environment: t.exposeString('environment', { nullable: true }),
  }),
})

interface EventTrace {
  event: StoredEvent
  traceId: string
}

const EventTraceType = builder.objectRef<EventTrace>('EventTrace').implement({
  fields: (t) => ({
    traceId: t.exposeString('traceId', { description: '32 hex digits.' }),
    transactions: t.field({
      type: [Transaction],
      description: 'Those of the trace that were sent to the same project: the one it happened in first, five at most.',
      complexity: { field: 10, multiplier: TRANSACTIONS_MAX },
      resolve: async ({ event, traceId }, _args, { loaders }) => {
        const key = { projectId: event.projectId, traceId, day: formatDay(event.receivedAtMs) }
        return rankTransactions(event, await loaders.transactions.load(key), TRANSACTIONS_MAX)
      },
    }),
  }),
})

builder.objectFields(EventNode, (t) => ({
  trace: t.field({
    type: EventTraceType,
    nullable: true,
    description: 'null for an event that belongs to none.',
    resolve: (event) => {
      const traceId = event.contexts['trace']?.['trace_id']
      if (typeof traceId !== 'string' || !TRACE_ID.test(traceId.toLowerCase())) return null
      return { event, traceId: traceId.toLowerCase() }
    },
  }),
}))
