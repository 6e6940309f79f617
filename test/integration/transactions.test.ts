// Transactions are kept in short, so that an error can tell what it happened in, whichever of the two comes first.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { replayRecording } from '../support/replay.ts'

/** When the recordings were made. */
const RECORDED_AT_MS = Date.parse('2026-11-22T21:37:00Z')
const makeId = () => randomUUID().replaceAll('-', '')

let server: TestServer
beforeAll(async () => {
  server = await createTestServer({ clock: () => RECORDED_AT_MS })
})
afterAll(() => server.stop())

interface Happened {
  name: string
  op: string | null
  status: string | null
  durationMs: number | null
  spanId: string | null
  release: string | null
  environment: string | null
}

interface Trace {
  traceId: string
  transactions: Happened[]
}

async function readTrace(type: string, path = 'acme/shop'): Promise<Trace | null> {
  const { project } = await server.gql<{
    project: { issues: { nodes: { latestEvent: { trace: Trace | null } }[] } }
  }>(
    `query ($path: String!, $query: String) { project(path: $path) { issues(query: $query, first: 1) { nodes {
       latestEvent { trace { traceId transactions { name op status durationMs spanId release environment } } } } } } }`,
    { path, query: type },
  )
  return project.issues.nodes[0]?.latestEvent.trace ?? null
}

interface TransactionFields {
  traceId?: string
  spanId?: string
  [field: string]: unknown
}

function makeTransaction({ traceId = makeId(), spanId = 'a'.repeat(16), ...fields }: TransactionFields = {}) {
  return {
    type: 'transaction',
    event_id: makeId(),
    transaction: 'POST /checkout',
    start_timestamp: RECORDED_AT_MS / 1000 - 0.25,
    timestamp: RECORDED_AT_MS / 1000,
    release: 'shop@1.4.2',
    environment: 'production',
    contexts: { trace: { trace_id: traceId, span_id: spanId, op: 'http.server', status: 'internal_error' } },
    spans: [{ span_id: 'b'.repeat(16), op: 'db', description: 'SELECT 1' }],
    ...fields,
  }
}

const inEnvelope = (payload: { event_id?: unknown }, type = 'transaction') =>
  `${JSON.stringify({ event_id: payload.event_id })}\n{"type":"${type}"}\n${JSON.stringify(payload)}\n`

function makeTracedEvent(type: string, trace: object) {
  return makeEvent({ type, timestamp: RECORDED_AT_MS / 1000 - 0.1, contexts: { trace } })
}

describe('an error and the transaction it happened in', () => {
  it('find each other when the transaction comes last, as it does', async () => {
    const traceId = makeId()
    await server.sendEvent(makeTracedEvent('LastError', { trace_id: traceId, span_id: 'c'.repeat(16) }))
    expect(await readTrace('LastError')).toEqual({ traceId, transactions: [] })
    const answer = await server.sendEnvelope(inEnvelope(makeTransaction({ traceId })))
    expect(answer.status).toBe(200)
    expect(await readTrace('LastError')).toEqual({
      traceId,
      transactions: [
        {
          name: 'POST /checkout',
          op: 'http.server',
          status: 'internal_error',
          durationMs: 250,
          spanId: 'a'.repeat(16),
          release: 'shop@1.4.2',
          environment: 'production',
        },
      ],
    })
  })

  it('find each other when the transaction comes first', async () => {
    const traceId = makeId()
    await server.sendEnvelope(inEnvelope(makeTransaction({ traceId })))
    await server.sendEvent(makeTracedEvent('FirstError', { trace_id: traceId }))
    expect((await readTrace('FirstError'))?.transactions).toHaveLength(1)
  })

  it('are matched by their span among the transactions of a trace, five of which are told', async () => {
    const traceId = makeId()
    for (let number = 0; number < 7; number += 1) {
      const spanId = String(number).repeat(16)
      await server.sendEnvelope(inEnvelope(makeTransaction({ traceId, spanId, transaction: `step ${number}` })))
    }
    await server.sendEvent(makeTracedEvent('SpanError', { trace_id: traceId, span_id: '3'.repeat(16) }))
    const transactions = (await readTrace('SpanError'))?.transactions ?? []
    expect(transactions).toHaveLength(5)
    expect(transactions[0]?.name).toBe('step 3')
  })

  it('are told of within their project only', async () => {
    const traceId = makeId()
    const other = await server.seed.project('acme/other').withClientKey()
    await server.sendEnvelope(inEnvelope(makeTransaction({ traceId })))
    await server.sendEvent(makeTracedEvent('OtherError', { trace_id: traceId }), other)
    expect(await readTrace('OtherError', 'acme/other')).toEqual({ traceId, transactions: [] })
  })

  it('need a trace', async () => {
    await server.sendEvent(makeEvent({ type: 'TracelessError', contexts: {} }))
    expect(await readTrace('TracelessError')).toBeNull()
  })

  it.each(['sentry-python-1.21.0-transaction', 'sentry-php-4.29.0-transaction'])(
    'of %s are shown as one, as recorded',
    async (recording) => {
      const { project } = await server.gql<{ project: { id: string } }>('{ project(path: "acme/shop") { id } }')
      const received = await server.subscribe<{ eventReceived: { id: string; eventId: string } }>(
        'subscription ($project: ID!) { eventReceived(project: $project) { id eventId } }',
        { project: project.id },
      )
      const { body } = await replayRecording(`${recording}-01.http`, server.url)
      await replayRecording(`${recording}-02.http`, server.url)
      const { id: eventId } = JSON.parse(body) as { id: string }
      const { eventReceived } = await received.find((message) => message.eventReceived.eventId === eventId)
      const { node } = await server.gql<{ node: { trace: Trace } }>(
        'query ($id: ID!) { node(id: $id) { ... on Event { trace { transactions { name op durationMs release } } } } }',
        { id: eventReceived.id },
      )
      expect(node.trace.transactions).toMatchObject([{ name: 'checkout', op: 'task', release: 'shop@1.4.2' }])
      expect(node.trace.transactions[0]?.durationMs).toBeGreaterThan(0)
      await received.stop()
    },
  )
})

describe('a transaction', () => {
  async function countRows(eventId: string): Promise<number> {
    const { rows } = await server.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM transaction_summary WHERE id = $1',
      [eventId],
    )
    return rows[0]?.count ?? 0
  }

  it('is answered 200 with its id when it is committed', async () => {
    const transaction = makeTransaction()
    const answer = await server.sendEnvelope(inEnvelope(transaction))
    expect(await answer.json()).toEqual({ id: transaction.event_id })
    expect(await countRows(transaction.event_id)).toBe(1)
  })

  it('that is sent again is stored once', async () => {
    const transaction = makeTransaction()
    for (let time = 0; time < 3; time += 1) {
      expect((await server.sendEnvelope(inEnvelope(transaction))).status).toBe(200)
    }
    expect(await countRows(transaction.event_id)).toBe(1)
  })

  it('is known by its payload in an event item and on /store/', async () => {
    const inItem = makeTransaction()
    expect(await (await server.sendEnvelope(inEnvelope(inItem, 'event'))).json()).toEqual({ id: inItem.event_id })
    expect(await countRows(inItem.event_id)).toBe(1)
    const onStore = makeTransaction()
    expect(await (await server.sendStore(JSON.stringify(onStore))).json()).toEqual({ id: onStore.event_id })
    expect(await countRows(onStore.event_id)).toBe(1)
  })

  it('is not taken for one because a breadcrumb looks like it', async () => {
    const crumbs = { values: [{ type: 'transaction' }] }
    const id = await server.sendEvent(makeEvent({ type: 'CrumbError', breadcrumbs: crumbs, timestamp: undefined }))
    expect(await countRows(id)).toBe(0)
    const { project } = await server.gql<{ project: { issues: { nodes: unknown[] } } }>(
      '{ project(path: "acme/shop") { issues(query: "CrumbError") { nodes { id } } } }',
    )
    expect(project.issues.nodes).toHaveLength(1)
  })

  it('that is no JSON, too deep or too large is dropped alone', async () => {
    const good = makeTransaction()
    const parts = [
      JSON.stringify({ event_id: good.event_id }),
      '{"type":"transaction"}',
      '{"broken',
      '{"type":"transaction"}',
      `{"a":${'['.repeat(500)}${']'.repeat(500)}}`,
      '{"type":"transaction"}',
      JSON.stringify({ ...makeTransaction(), extra: 'x'.repeat(1024 * 1024) }),
      '{"type":"transaction"}',
      JSON.stringify(good),
    ]
    const answer = await server.sendEnvelope(parts.join('\n'))
    expect(answer.status).toBe(200)
    expect(await countRows(good.event_id)).toBe(1)
  })

  it('that is odd in every field is kept with what can be used of it', async () => {
    const event_id = makeId()
    const odd = {
      type: 'transaction',
      transaction: `GET /login?password=hunter2&x=${'y'.repeat(1_000)}`,
      start_timestamp: 'tomorrow',
      timestamp: { a: 1 },
      contexts: { trace: { trace_id: 'nope', span_id: 7, op: ['x'], status: '' } },
      release: 'a\nb',
      environment: 5,
      event_id,
    }
    expect((await server.sendEnvelope(inEnvelope(odd))).status).toBe(200)
    const { rows } = await server.database.pool.query('SELECT * FROM transaction_summary WHERE id = $1', [event_id])
    expect(rows[0]).toMatchObject({ trace_id: null, span_id: null, op: null, status: null, duration_ms: null })
    expect(rows[0]).toMatchObject({ release: null, timestamp: new Date(RECORDED_AT_MS) })
    expect(rows[0].name).not.toContain('hunter2')
    expect(rows[0].name.length).toBeLessThanOrEqual(200)
  })

  it.each([
    'sentry-browser-7.38.0-transaction-01.http',
    'sentry-rust-0.31.0-transaction-01.http',
    'sentry-node-11.12.0-transaction-01.http',
  ])('of %s is kept', async (name) => {
    const answer = await replayRecording(name, server.url)
    expect(answer.status).toBe(200)
    const { id } = JSON.parse(answer.body) as { id: string }
    const { rows } = await server.database.pool.query('SELECT * FROM transaction_summary WHERE id = $1', [id])
    expect(rows[0].trace_id).not.toBeNull()
    expect(rows[0].duration_ms).toBeGreaterThan(0)
  })
})
