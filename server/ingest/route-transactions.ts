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

/** What the payload of every such transaction holds as a value. Looked for in the bytes, since hardly any event has it. */
const MARK = Buffer.from('"transaction"')
const COLON = 0x3a
const SPACE = 0x20

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
  if (!holdsMark(payload)) return false
  try {
    // The mark may stand in a breadcrumb as well.
    return parseEventJson(payload)['type'] === 'transaction'
  } catch {
    return false
  }
}

/** Many events have the same word as a key: the name of the transaction that they happened in. */
function holdsMark(payload: Buffer): boolean {
  for (let at = payload.indexOf(MARK); at !== -1; at = payload.indexOf(MARK, at + MARK.length)) {
    let before = at - 1
    while (payload[before] === SPACE) before -= 1
    if (payload[before] === COLON) return true
  }
  return false
}
