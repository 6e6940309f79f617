import type { Pool, QueryConfig } from 'pg'
import { describe, expect, it } from 'vitest'
import type { ItemContext } from '../../../server/ingest/item-handler.ts'
import { createSessionHandler } from '../../../server/ingest/items/session.ts'
import type { EnvelopeItem } from '../../../server/ingest/parse-envelope.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const context = { projectId: 7, receivedAtMs: NOW, clockDriftMs: 0, userAgent: null, key: {} } as ItemContext
const sidOf = (index: number) => index.toString(16).padStart(32, '0')

function makeItem(index: number): EnvelopeItem {
  const session = { sid: sidOf(index), init: true, started: NOW / 1000, attrs: { release: '1.0' } }
  return { type: 'session', header: {}, payload: Buffer.from(JSON.stringify(session)) }
}

/** On a database that cannot take the sessions of these ids. */
function createHandler(...spoiled: string[]) {
  const bytes = spoiled.map((sid) => Buffer.from(sid, 'hex'))
  const written: number[] = []
  const logged: string[] = []
  const query = ({ values }: QueryConfig) => {
    const parameters = values as Buffer[]
    if (bytes.some((sid) => parameters.some((parameter) => parameter.includes(sid)))) {
      return Promise.reject(new Error('cannot be written'))
    }
    written.push(parameters.length)
    return Promise.resolve({ rows: [{ found: 1 }] })
  }
  const handler = createSessionHandler({
    pool: { query } as unknown as Pool,
    releaseNames: {
      resolve: (names) => Promise.resolve(names.map(() => 1)),
      forget: () => undefined,
      note: () => undefined,
      stop: () => Promise.resolve(),
    },
    outcomes: {
      count: () => undefined,
      countDiscarded: () => undefined,
      note: () => undefined,
      totals: () => new Map(),
      stop: () => Promise.resolve(),
    },
    eventsPerMinute: 0,
    log: { error: (_, message) => logged.push(message) },
  })
  return { handler, written, logged }
}

describe('the sessions of an envelope', () => {
  it('are written together', async () => {
    const { handler, written } = createHandler()
    const items = [1, 2, 3].map(makeItem)
    expect(await handler.acceptAll(items, context)).toEqual([{ outcome: 'accepted', quantity: 3 }])
    expect(written).toHaveLength(1)
  })

  it('are written without the one that cannot be, which alone is dropped', async () => {
    const { handler, logged } = createHandler(sidOf(2))
    const items = [1, 2, 3].map(makeItem)
    expect(await handler.acceptAll(items, context)).toEqual([
      { outcome: 'accepted', quantity: 2 },
      { outcome: 'dropped', reason: 'invalid', quantity: 1 },
    ])
    expect(logged).toEqual(['a session could not be written'])
  })

  it('do not fail with one that cannot be read', async () => {
    const { handler } = createHandler()
    const items = [makeItem(1), { ...makeItem(2), payload: Buffer.from('{') }]
    expect(await handler.acceptAll(items, context)).toEqual([
      { outcome: 'dropped', reason: 'invalid', note: { code: 'invalid', message: 'The session is not valid JSON.' } },
      { outcome: 'accepted', quantity: 1 },
    ])
  })
})
