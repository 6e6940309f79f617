import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeKey } from '../../support/make-key.ts'
import { summarizeTransaction } from '../../../server/ingest/summarize-transaction.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const CONTEXT = { receivedAtMs: NOW, eventId: null, clockDriftMs: 0, userAgent: null, key: makeKey() }
const summarize = (raw: unknown, context: Partial<typeof CONTEXT> = {}) =>
  summarizeTransaction(7, Buffer.from(JSON.stringify(raw)), { ...CONTEXT, ...context })

describe('summarizeTransaction', () => {
  it('keeps what tells what an error happened in', () => {
    expect(
      summarize({
        type: 'transaction',
        event_id: '9EC79C33-EC99-42AB-8353-589FCB2E04DC',
        transaction: ' GET /cart ',
        start_timestamp: '2026-11-22T11:59:58.500Z',
        timestamp: NOW / 1000 - 1,
        release: 'shop@1',
        environment: 'production',
        contexts: {
          trace: { trace_id: 'AB'.repeat(16), span_id: 'cd'.repeat(8), op: 'http.server', status: 'ok' },
        },
        spans: [{ op: 'db' }],
      }),
    ).toEqual({
      projectId: 7,
      eventId: '9ec79c33ec9942ab8353589fcb2e04dc',
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      name: 'GET /cart',
      op: 'http.server',
      status: 'ok',
      durationMs: 500,
      timestampMs: NOW - 1_000,
      receivedAtMs: NOW,
      filteredBy: null,
      release: 'shop@1',
      environment: 'production',
    })
  })

  it("takes the envelope's id where the payload has none, and makes one where neither has", () => {
    const eventId = 'a'.repeat(32)
    expect(summarizeTransaction(7, Buffer.from('{}'), { ...CONTEXT, eventId }).eventId).toBe(eventId)
    expect(summarize({}).eventId).toMatch(/^[0-9a-f]{32}$/)
  })

  it('has no duration where it would be negative or one end is missing', () => {
    expect(summarize({ start_timestamp: 10, timestamp: 9 }).durationMs).toBeNull()
    expect(summarize({ timestamp: 9 }).durationMs).toBeNull()
    expect(summarize({ start_timestamp: 9 }).durationMs).toBeNull()
  })

  it('has one where the start is a number and the end, in the same millisecond, a text', () => {
    const raw = { start_timestamp: 1795637220.1476, timestamp: '2026-11-25T20:07:00.147700000Z' }
    expect(summarize(raw).durationMs).toBe(0)
  })

  it('corrects a clock that is wrong, but not the duration', () => {
    const clockDriftMs = 3_600_000
    const raw = { start_timestamp: NOW / 1000 - 3601, timestamp: NOW / 1000 - 3600 }
    expect(summarize(raw, { clockDriftMs })).toMatchObject({ timestampMs: NOW, durationMs: 1_000 })
  })

  it.each([NOW / 1000 + 3600, NOW / 1000 - 40 * 86_400, 'nonsense', null])(
    'takes the time of receipt instead of %s',
    (timestamp) => {
      expect(summarize({ timestamp }).timestampMs).toBe(NOW)
    },
  )

  it('calls one without a name as Relay does', () => {
    for (const transaction of [undefined, null, '', '  ', 5, {}]) {
      expect(summarize({ transaction }).name).toBe('<unlabeled transaction>')
    }
  })

  it('takes secrets out of the name, however long it is, before it is cut', () => {
    const name = summarize({ transaction: `GET /?${'x'.repeat(180)}&token=abcdefghijklmnop` }).name
    expect(name.length).toBeLessThanOrEqual(200)
    expect(name).not.toContain('abcdef')
  })

  it('makes of any JSON something that can be stored', () => {
    const trace = fc.record({ trace_id: fc.jsonValue(), span_id: fc.jsonValue(), op: fc.jsonValue() })
    const raw = fc.record({
      transaction: fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 500 })),
      timestamp: fc.jsonValue(),
      start_timestamp: fc.jsonValue(),
      release: fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })),
      contexts: fc.oneof(fc.jsonValue(), fc.record({ trace: fc.oneof(fc.jsonValue(), trace) })),
    })
    fc.assert(
      fc.property(raw, (fields) => {
        const summary = summarize(fields)
        expect(summary.name.length).toBeLessThanOrEqual(200)
        expect(Number.isFinite(summary.timestampMs)).toBe(true)
        for (const text of [summary.name, summary.op, summary.status, summary.release]) {
          expect(text === null || (text.isWellFormed() && !text.includes('\0'))).toBe(true)
        }
      }),
    )
  })
})
