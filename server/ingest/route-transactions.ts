// Old SDKs send transactions as items of the type `event`, or to `/store/`; only the payload says what they are. Here they
// go to the handler of transactions, and everything else to that of events.

import { randomUUID } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { EventAcceptor, EventContext } from './accept-events.ts'
import { IngestError } from './ingest-error.ts'
import type { TransactionHandler } from './items/transaction.ts'
import type { Outcomes } from './outcomes.ts'
import { parseEventJson } from './parse-json.ts'

export interface TransactionRouteDependencies {
  events: EventAcceptor
  transactions: TransactionHandler
  outcomes: Outcomes
}

/** What the payload of every such transaction holds somewhere. Looked for in the bytes, since hardly any event has it. */
const MARKS = [Buffer.from('"type":"transaction"'), Buffer.from('"type": "transaction"')]

export function routeTransactions({ events, transactions, outcomes }: TransactionRouteDependencies): EventAcceptor {
  async function acceptTransaction(projectId: number, payload: Buffer, context: EventContext): Promise<string> {
    const { category } = transactions
    if (context.key.filters?.matchesAddress(context.clientIp)) {
      outcomes.count(projectId, 'dropped', 'filtered_addresses', category)
      return context.eventId ?? randomUUID().replaceAll('-', '')
    }
    try {
      const { eventId, fate } = await transactions.acceptTransaction(projectId, payload, context)
      outcomes.count(projectId, fate.outcome, fate.outcome === 'dropped' ? fate.reason : '', category)
      return eventId
    } catch (error) {
      const reason = error instanceof AppError ? 'invalid' : error instanceof IngestError ? 'queue_full' : 'unavailable'
      outcomes.count(projectId, 'dropped', reason, category)
      throw error
    }
  }

  return {
    ...events,
    acceptEvent: (projectId, payload, context, onFiltered) =>
      isTransaction(payload)
        ? acceptTransaction(projectId, payload, context)
        : events.acceptEvent(projectId, payload, context, onFiltered),
  }
}

function isTransaction(payload: Buffer): boolean {
  if (!MARKS.some((mark) => payload.includes(mark))) return false
  try {
    // The mark may stand in a breadcrumb as well.
    return parseEventJson(payload)['type'] === 'transaction'
  } catch {
    return false
  }
}
