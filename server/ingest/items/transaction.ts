// `transaction`: kept in short, so that an error of the same trace can tell what it happened in. It costs a fraction of an
// event: one parse, no normalisation, a row of some hundred bytes, written in batches like events.

import type { Pool } from 'pg'
import { createBatcher } from '../batcher.ts'
import { isOutage } from '../is-outage.ts'
import type { ItemFate, ItemHandler } from '../item-handler.ts'
import { EVENT_BYTES_MAX } from '../limits.ts'
import { createMinuteLimit } from '../minute-limit.ts'
import { persistTransactions } from '../persist-transactions.ts'
import { overloaded } from '../read-body.ts'
import { summarizeTransaction, type ReceivedTransaction, type TransactionContext } from '../summarize-transaction.ts'

export interface TransactionDependencies {
  pool: Pool
  log: { error(details: object, message: string): void }
}

export interface TransactionHandler extends ItemHandler {
  /** For those that do not come as an item of their type. Throws as `accept` does. */
  acceptTransaction(
    projectId: number,
    payload: Buffer,
    context: TransactionContext,
  ): Promise<{ eventId: string; fate: ItemFate }>
}

/** Per project and process; what is over it is counted as `sampled` and not kept. */
const KEPT_PER_MINUTE_MAX = 60_000
/** What a row holds beside its name. */
const ROW_BYTES = 300

type Written = 'stored' | 'duplicate' | 'refused'
const FATES: Record<Written, ItemFate> = {
  stored: { outcome: 'accepted' },
  duplicate: { outcome: 'dropped', reason: 'duplicate' },
  refused: { outcome: 'dropped', reason: 'invalid' },
}

export function createTransactionHandler({ pool, log }: TransactionDependencies): TransactionHandler {
  const limit = createMinuteLimit(KEPT_PER_MINUTE_MAX)
  const batcher = createBatcher<ReceivedTransaction, Written>({
    write: async (items) => (await persistTransactions(pool, items)).map((stored) => (stored ? 'stored' : 'duplicate')),
    sizeOf: ({ name }) => name.length + ROW_BYTES,
    refuse({ eventId, projectId }, error) {
      log.error({ err: error, eventId, projectId }, 'a transaction could not be written')
      return 'refused'
    },
    isOutage,
    writers: 1,
    batchItemsMax: 500,
    batchBytesMax: 1024 * 1024,
    queueItemsMax: 20_000,
    queueBytesMax: 16 * 1024 * 1024,
  })

  async function acceptTransaction(
    projectId: number,
    payload: Buffer,
    context: TransactionContext,
  ): Promise<{ eventId: string; fate: ItemFate }> {
    const transaction = summarizeTransaction(projectId, payload, context)
    const { eventId, filteredBy } = transaction
    if (filteredBy !== null) return { eventId, fate: { outcome: 'dropped', reason: filteredBy } }
    if (!limit.take(projectId, context.receivedAtMs)) return { eventId, fate: { outcome: 'sampled' } }
    const adding = batcher.add(transaction)
    if (adding === null) throw overloaded()
    return { eventId, fate: FATES[await adding] }
  }

  return {
    types: ['transaction'],
    category: 'transaction',
    payloadBytesMax: EVENT_BYTES_MAX,
    accept: async ({ payload }, context) => (await acceptTransaction(context.projectId, payload, context)).fate,
    acceptTransaction,
    stop: () => batcher.drain(),
  }
}
