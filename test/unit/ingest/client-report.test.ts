import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClientReport } from '../../../server/ingest/items/client-report.ts'

const read = (report: unknown) => readClientReport(Buffer.from(JSON.stringify(report)))

describe('readClientReport', () => {
  it('gives reason, category and quantity of each entry', () => {
    const discarded_events = [
      { reason: 'queue_overflow', category: 'error', quantity: 23 },
      { reason: 'sample_rate', category: 'transaction', quantity: 1 },
    ]
    expect(read({ timestamp: '2020-02-07T14:16:00Z', discarded_events })).toEqual(discarded_events)
  })

  it('takes one where no quantity is told, and the whole part of a fraction', () => {
    expect(read({ discarded_events: [{ reason: 'a', category: 'b' }] })).toEqual([
      { reason: 'a', category: 'b', quantity: 1 },
    ])
    expect(read({ discarded_events: [{ reason: 'a', category: 'b', quantity: 2.9 }] })[0]?.quantity).toBe(2)
  })

  it('calls the old category `default` what it is, an error', () => {
    expect(read({ discarded_events: [{ reason: 'a', category: 'default' }] })[0]?.category).toBe('error')
  })

  it('is content without any list', () => {
    expect(read({})).toEqual([])
    expect(read({ discarded_events: null, rate_limited_events: {}, filtered_events: 'x' })).toEqual([])
  })

  it.each(['[]', '"text"', '12', 'null', '', '{"a":', '[[['])('refuses %s', (text) => {
    expect(() => readClientReport(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })

  it('makes of anything names that are short and counts that are finite', () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({ reason: fc.jsonValue(), category: fc.jsonValue(), quantity: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(fc.array(entry), (discarded_events) => {
        for (const { reason, category, quantity } of read({
          discarded_events,
          rate_limited_events: discarded_events,
        })) {
          expect(reason).toMatch(/^[a-z0-9_]{1,40}$/)
          expect(category).toMatch(/^[a-z0-9_]{1,40}$/)
          expect(Number.isSafeInteger(quantity) && quantity > 0).toBe(true)
        }
      }),
    )
  })
})
