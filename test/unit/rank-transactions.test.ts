import { describe, expect, it } from 'vitest'
import { rankTransactions } from '../../server/domain/rank-transactions.ts'
import type { TransactionSummary } from '../../server/domain/transaction.ts'

const AT = Date.parse('2026-11-22T12:00:00Z')
const make = (name: string, fields: Partial<TransactionSummary> = {}): TransactionSummary => ({
  projectId: 1,
  eventId: name,
  traceId: 'ab'.repeat(16),
  spanId: null,
  name,
  op: null,
  status: null,
  durationMs: 100,
  timestampMs: AT - 60_000,
  release: null,
  environment: null,
  ...fields,
})
const event = (trace: Record<string, string>, transaction: string | null = null) => ({
  timestampMs: AT,
  transaction,
  contexts: { trace },
})
const namesOf = (transactions: TransactionSummary[]) => transactions.map(({ name }) => name)

describe('rankTransactions', () => {
  it('puts the same span first, then the parent, the same name, and the one that was under way', () => {
    const others = [
      make('neither'),
      make('during', { timestampMs: AT + 50 }),
      make('named'),
      make('parent', { spanId: '2'.repeat(16) }),
      make('span', { spanId: '1'.repeat(16) }),
    ]
    const ranked = rankTransactions(
      event({ span_id: '1'.repeat(16), parent_span_id: '2'.repeat(16) }, 'named'),
      others,
      5,
    )
    expect(namesOf(ranked)).toEqual(['span', 'parent', 'named', 'during', 'neither'])
  })

  it('puts the latest first where nothing else tells them apart, and cuts the rest off', () => {
    const others = [
      make('old', { timestampMs: AT - 90_000 }),
      make('newer'),
      make('oldest', { timestampMs: AT - 95_000 }),
    ]
    expect(namesOf(rankTransactions(event({}), others, 2))).toEqual(['newer', 'old'])
  })
})
