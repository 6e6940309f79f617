// What real SDKs do and other servers broke on: the checklist of 41 quirks, each against the running server, with what it
// stored read back through GraphQL. What a quirk needs that is not built is said at its test.

import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClientAddress } from '../../server/http/client-address.ts'
import { createIngest } from '../../server/ingest/ingest.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { readWholeEvents, type WholeEvent } from '../support/read-whole-events.ts'
import type { Answer } from '../support/raw-http.ts'
import { sendRaw } from '../support/replay.ts'
import { until } from '../support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

type Raw = Record<string, unknown>

const makeProject = () => server.seed.project().withClientKey()
const makeId = () => randomUUID().replaceAll('-', '')

/** Stores one event by `/store/`, in a project of its own, and reads it back. */
async function store(event: Raw | string): Promise<WholeEvent> {
  const project = await makeProject()
  const response = await server.sendStore(typeof event === 'string' ? event : JSON.stringify(event), {}, project)
  expect(response.status).toBe(200)
  return readOnly(project)
}

async function readOnly(project: SeededProject): Promise<WholeEvent> {
  const events = await readWholeEvents(server, project.path)
  expect(events).toHaveLength(1)
  return events[0] as WholeEvent
}

/** Sends a request as it is written here. `{key}` and `{project}` in it are filled in. */
function sendText(head: string[], body: Buffer | string, { number, publicKey }: SeededProject): Promise<Answer> {
  const text = `${head.join('\r\n')}\r\n\r\n`.replaceAll('{key}', publicKey).replaceAll('{project}', String(number))
  return sendRaw(Buffer.concat([Buffer.from(text), Buffer.from(body)]), server.url)
}

const AUTH = 'X-Sentry-Auth: Sentry sentry_version=7, sentry_key={key}'
const errorNames = ({ errors }: WholeEvent) => errors.map(({ name }) => name)

it('quirk 1: request headers whose values are lists (PHP) are joined', async () => {
  const event = await store({ request: { headers: { Host: ['shop.example'], Accept: ['a', 'b'], '7': ['x'] } } })
  expect(event.request?.headers).toEqual([
    { name: '7', value: 'x' },
    { name: 'Accept', value: 'a,b' },
    { name: 'Host', value: 'shop.example' },
  ])
})

it('quirk 2: a body in chunks without a length (Node) is read whole', async () => {
  const project = await makeProject()
  const body = makeEnvelope(makeEvent({ type: 'Chunked' }))
  const chunks = [body.slice(0, 10), body.slice(10, 300), body.slice(300)]
  const framed = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
  const head = ['POST /api/{project}/envelope/?sentry_key={key} HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked']
  expect((await sendText(head, `${framed}0\r\n\r\n`, project)).status).toBe(200)
  expect((await readOnly(project)).exceptions).toMatchObject([{ type: 'Chunked' }])
})

it('quirk 3: bare lists of exceptions, threads and breadcrumbs (Go), with nulls in them', async () => {
  const event = await store({
    exception: [null, { type: 'E' }],
    threads: [null, { id: 1 }],
    breadcrumbs: [null, { message: 'b' }],
  })
  expect(event).toMatchObject({ exceptions: [{ type: 'E' }], threads: [{ id: '1' }], breadcrumbs: [{ message: 'b' }] })
  expect(event.errors).toEqual([])
})

it('quirk 3: one object where a list belongs (raven)', async () => {
  const event = await store({ exception: { type: 'E', value: 'v', stacktrace: { frames: [{ function: 'f' }] } } })
  expect(event.exceptions).toMatchObject([{ type: 'E', value: 'v', frames: [{ function: 'f' }] }])
})

it.each(['{}', '{}\n{"type":"client_report"}\n{"discarded_events":[]}\n', '{"sent_at":"2026-11-22T12:00:00Z"}\n'])(
  'quirk 4: an envelope without events is answered 200: %j',
  async (body) => {
    const response = await server.sendEnvelope(body)
    expect([response.status, await response.text()]).toEqual([200, '{}'])
  },
)

it('quirk 5: a sent_at in an odd form is ignored', async () => {
  const project = await makeProject()
  for (const sentAt of ['yesterday', 7, {}, '2026-11-22T12:00:00.000000000+99:00', '', [null]]) {
    const event = makeEvent()
    const body = `${JSON.stringify({ event_id: event.event_id, sent_at: sentAt })}\n{"type":"event"}\n${JSON.stringify(event)}`
    expect((await server.sendEnvelope(body, {}, project)).status).toBe(200)
  }
  const events = await readWholeEvents(server, project.path)
  expect(events).toHaveLength(6)
  for (const { timestamp } of events) expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(120_000)
})

it('quirk 6: an event without an id gets one', async () => {
  const project = await makeProject()
  const response = await server.sendStore('{"message":"x"}', {}, project)
  expect(await response.json()).toEqual({ id: (await readOnly(project)).eventId })
})

it('quirk 7: the answer is JSON with the id, on store and envelope', async () => {
  const event = makeEvent()
  for (const response of [
    await server.sendStore(JSON.stringify(event)),
    await server.sendEnvelope(makeEnvelope(event)),
  ]) {
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ id: event.event_id })
  }
})

it('quirk 8: {{auto}} from a peer without an address (a Unix socket) is no address', async () => {
  const project = await makeProject()
  const clientAddress = createClientAddress([])
  const ingest = createIngest({
    pool: server.database.pool,
    publish: () => undefined,
    onChanges: () => () => undefined,
    clientAddress: (request) => clientAddress(request) || null,
    eventsPerMinute: 0,
    onMonitorAlert: () => undefined,
    log: server.log.log,
    clock: Date.now,
  })
  const socketPath = join(tmpdir(), `faultline-${randomUUID()}.sock`)
  const local = createServer((request, response) => ingest.handle(request, response)).listen(socketPath)
  await once(local, 'listening')
  const path = `/api/${project.number}/store/?sentry_key=${project.publicKey}`
  const request = httpRequest({ socketPath, path, method: 'POST' })
  request.end(JSON.stringify({ message: 'x', user: { id: 1, ip_address: '{{auto}}' } }))
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  expect(response.statusCode).toBe(200)
  local.close()
  local.closeAllConnections()
  await ingest.stop()
  expect((await readOnly(project)).user).toMatchObject({ id: '1', ipAddress: null })
})

// Not built: artifact bundles. sentry-cli 3 asks what is missing before it uploads; it reads this refusal as "the
// organization does not exist, or the server is too old", and must not be handed the dashboard's page instead.
it('quirk 9: sentry-cli, which asks before it uploads, gets a refusal in JSON', async () => {
  for (const [method, path] of [
    ['POST', '/api/0/organizations/acme/artifactbundle/assemble/'],
    ['GET', '/api/0/organizations/acme/chunk-upload/'],
  ] as const) {
    const response = await fetch(server.url + path, { method, headers: { Authorization: `Bearer ${server.token}` } })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.json()).toMatchObject({ detail: expect.any(String) as string })
  }
})

// Not built: resolving by source maps, where `sourcesContent` may be null. What later resolving needs is kept.
it('quirk 10: an event with source map images is stored unresolved, images and positions whole', async () => {
  const images = [{ type: 'sourcemap', code_file: 'https://a/app.min.js', debug_id: makeId(), sourcesContent: null }]
  const frame = { abs_path: 'https://a/app.min.js', function: 'a', lineno: 1, colno: 48_211 }
  const event = await store({
    platform: 'javascript',
    exception: [{ type: 'E', stacktrace: { frames: [frame] } }],
    debug_meta: { images },
  })
  expect(event.json['debugMeta']).toEqual({ images })
  expect(event.exceptions[0]?.frames[0]).toMatchObject({ absPath: 'https://a/app.min.js', lineno: 1, colno: 48_211 })
  expect(event.errors).toEqual([])
})

it('quirk 11: release, dist and environment that are numbers', async () => {
  const event = await store({ release: 20_261_122, dist: 7, environment: 3 })
  expect(event).toMatchObject({ release: '20261122', dist: '7', environment: '3', errors: [] })
})

// Not built: finding debug files, for which ids are compared without hyphens, case and age. They are kept as sent.
it('quirk 12: debug ids in any form are kept', async () => {
  const ids = [makeId(), randomUUID(), randomUUID().toUpperCase(), `${randomUUID()}-1`]
  const images = ids.map((debug_id) => ({ type: 'elf', code_file: '/a.so', image_addr: '0x1000', debug_id }))
  expect((await store({ message: 'x', debug_meta: { images } })).json['debugMeta']).toEqual({ images })
})

it('quirk 13: no sdk, or one whose packages are a map', async () => {
  expect((await store({ message: 'x' })).sdk).toBeNull()
  const event = await store({ message: 'x', sdk: { name: 'a', version: '1', packages: { b: '2' } } })
  expect(event).toMatchObject({ sdk: { name: 'a', version: '1' }, errors: [] })
})

it('quirk 14: tags are a map or pairs, of any scalars, with blanks in their names', async () => {
  const expected = { level: 'error', a: 'True', b: '7', 'with-blank': 'x' }
  for (const tags of [
    { a: true, b: 7, c: null, 'with blank': 'x' },
    [['a', true], ['b', 7], ['c', null], null, ['with blank', 'x']],
  ]) {
    const event = await store({ message: 'x', tags })
    expect(Object.fromEntries(event.tags.map(({ key, value }) => [key, value]))).toEqual(expected)
    expect(event.errors).toEqual([])
  }
})

it.each([
  [{ message: 'a %s', params: ['b'] }, 'a b'],
  [{ formatted: 'c' }, 'c'],
  [7, '7'],
  ['', null],
  [['a', 1], '["a",1]'],
  [[], null],
  [false, null],
])('quirk 15: the message %j is read as %j', async (message, expected) => {
  expect((await store({ message, exception: [{ type: 'E' }] })).message).toBe(expected)
})

it('quirk 16: a fingerprint of numbers, booleans and nulls, or a text', async () => {
  const partsOf = async (fingerprint: unknown) =>
    (await store({ message: 'x', fingerprint })).json['fingerprint'] as unknown
  expect(await partsOf([1, true, null, 'x'])).toEqual(['1', 'True', 'x'])
  expect(await partsOf('x')).toEqual(['x'])
})

it('quirk 17: breadcrumbs in every form, with data that is no map and times as text or number', async () => {
  const crumbs = [
    { ty: 'http', timestamp: '2026-11-22T12:00:00.5', data: [1] },
    { timestamp: 1_795_348_800.5, data: 'x' },
    { data: [] },
    { data: {} },
  ]
  for (const breadcrumbs of [crumbs, { values: crumbs }]) {
    const event = await store({ message: 'x', breadcrumbs })
    expect(event.breadcrumbs).toMatchObject([
      { type: 'http', timestamp: '2026-11-22T12:00:00.500Z', data: { value: [1] } },
      { timestamp: '2026-11-22T12:00:00.500Z', data: { value: 'x' } },
      { data: null },
      { data: null },
    ])
  }
})

it('quirk 18: frames with variables in a list, in_app null, odd lines and null source lines', async () => {
  const frames = [
    { function: 'f', in_app: null, lineno: '7', vars: ['a', 'b'], pre_context: [null], post_context: null },
    { function: 'g', lineno: -3, colno: 0, vars: 'x', context_line: null },
  ]
  const event = await store({ exception: [{ type: 'E', stacktrace: { frames } }] })
  expect(event.exceptions[0]?.frames.toReversed()).toMatchObject([
    { inApp: false, lineno: 7, vars: { 0: 'a', 1: 'b' }, preContext: [''], postContext: [] },
    { inApp: false, lineno: null, colno: null, vars: null, contextLine: null },
  ])
  expect(errorNames(event)).toEqual(['exception.values.0.stacktrace.frames.1.vars'])
})

it.each([[{ a: 1 }], [[1]], ['x'], [7]])('quirk 19: parameters of a message that are %j are kept', async (params) => {
  expect((await store({ logentry: { message: 'm', params } })).json).toMatchObject({ message: { params } })
})

it('quirk 20: contexts that are no maps are dropped, an empty list is none', async () => {
  const event = await store({ message: 'x', contexts: { a: 'x', b: { c: 1 }, d: [] } })
  expect(event.contexts).toEqual({ b: { c: 1, type: 'b' } })
  expect(errorNames(event)).toEqual(['contexts.a'])
  expect(await store({ message: 'x', contexts: [] })).toMatchObject({ contexts: {}, errors: [] })
})

it('quirk 21: bodies in brotli (Python) are read', async () => {
  const project = await makeProject()
  const body = brotliCompressSync(makeEnvelope(makeEvent({ type: 'Brotli' })))
  expect((await server.sendEnvelope(body, { 'Content-Encoding': 'br' }, project)).status).toBe(200)
  expect((await readOnly(project)).exceptions).toMatchObject([{ type: 'Brotli' }])
})

it('quirk 22: items of types that nobody knows do not keep their neighbours away', async () => {
  const project = await makeProject()
  const event = makeEvent()
  const body = `{}\n{"type":"some_day"}\n{}\n{"type":"event"}\n${JSON.stringify(event)}\n{"type":7}\n\xff\xfe\n`
  expect((await server.sendEnvelope(body, {}, project)).status).toBe(200)
  expect((await readOnly(project)).eventId).toBe(event.event_id)
})

it.each(['{}', '{"timestamp":1795348800.5}', '{"discarded_events":null}', '{"filtered_events":[{}]}'])(
  'quirk 23: the client report %s lacks its lists',
  async (report) => {
    const response = await server.sendEnvelope(`{}\n{"type":"client_report"}\n${report}\n`)
    expect([response.status, await response.text()]).toEqual([200, '{}'])
  },
)

it('quirk 24: the trace of a header may hold numbers, booleans and anything', async () => {
  const project = await makeProject()
  const event = makeEvent()
  const trace = { trace_id: makeId(), sample_rate: 0.5, sampled: true, sample_rand: '0.1', user: null, org_id: 7 }
  const body = `${JSON.stringify({ event_id: event.event_id, trace })}\n{"type":"event"}\n${JSON.stringify(event)}`
  expect((await server.sendEnvelope(body, {}, project)).status).toBe(200)
  const text = `{"event_id":"${makeId()}","trace":"x"}\n{"type":"event"}\n${JSON.stringify({ message: 'y' })}`
  expect((await server.sendEnvelope(text, {}, project)).status).toBe(200)
})

it('quirk 25: the bodies of tunnels, cut off anywhere, are refused or taken, never failed', async () => {
  const project = await makeProject()
  const event = JSON.stringify({ message: 'x' })
  const body = `${JSON.stringify({ dsn: project.dsn })}\n{"type":"event","length":${event.length}}\n${event}\n`
  for (let end = 0; end <= body.length; end += 1) {
    const response = await fetch(`${server.url}/api/${project.number}/envelope/`, {
      method: 'POST',
      body: body.slice(0, end),
    })
    await response.text()
    const lineEnds = [body.indexOf('\n'), body.indexOf('\n') + 1, body.length - 1, body.length]
    expect(response.status, body.slice(0, end)).toBe(lineEnds.includes(end) ? 200 : 400)
  }
})

it('quirk 26: an empty Content-Encoding (Ruby) is none', async () => {
  const project = await makeProject()
  const event = makeEvent()
  const body = makeEnvelope(event)
  const head = ['POST /api/{project}/envelope/ HTTP/1.1', 'Host: a', AUTH, 'Content-Encoding: ']
  expect((await sendText([...head, `Content-Length: ${body.length}`], body, project)).status).toBe(200)
  expect((await readOnly(project)).eventId).toBe(event.event_id)
})

it('quirk 27: raven-go sends a secret, version 4 and base64 of zlib, and needs exactly 200', async () => {
  const project = await makeProject()
  const event = {
    event_id: makeId(),
    timestamp: '2026-11-22T12:00:00.00',
    tags: [['k', 'v']],
    exception: { type: 'errors.errorString', value: 'x', stacktrace: { frames: [{ function: 'main' }] } },
  }
  const body = deflateSync(JSON.stringify(event)).toString('base64')
  const auth = 'X-Sentry-Auth: Sentry sentry_version=4, sentry_key={key}, sentry_secret=0123456789abcdef'
  const head = ['POST /api/{project}/store/ HTTP/1.1', 'Host: a', 'User-Agent: raven-go/1.0', auth]
  const answer = await sendText(
    [...head, 'Content-Type: application/octet-stream', `Content-Length: ${body.length}`],
    body,
    project,
  )
  expect(answer.status).toBe(200)
  expect(await readOnly(project)).toMatchObject({ eventId: event.event_id, exceptions: [{ value: 'x' }] })
})

it('quirk 28: Java sends gzip and closes each connection, and needs exactly 200', async () => {
  const project = await makeProject()
  const body = gzipSync(makeEnvelope(makeEvent()))
  const auth = 'X-Sentry-Auth: Sentry sentry_version=7,sentry_client=sentry.java/6.18.1,sentry_key={key}'
  const head = ['POST /api/{project}/envelope/ HTTP/1.1', 'Host: a', auth, 'Content-Encoding: gzip']
  const close = ['Accept: application/json', 'Connection: close', `Content-Length: ${body.length}`]
  const answer = await sendText([...head, ...close], body, project)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('connection')).toBe('close')
  await readOnly(project)
})

it('quirk 29: NaN and Infinity (Python), lone surrogates and NUL', async () => {
  const event = await store(
    '{"message":"a\\u0000b\\ud800c","extra":{"nan":NaN,"list":[Infinity,-Infinity],"k\\udc00\\u0000":"\\ud83c\\udf75"},' +
      '"tags":{"t":"\\u0000"},"user":{"id":"\\ud800"}}',
  )
  expect(event).toMatchObject({
    message: 'a\ufffdb\ufffdc',
    extra: { nan: null, list: [null, null], 'k\ufffd\ufffd': '🍵' },
    user: { id: '\ufffd' },
  })
})

it('quirk 30: Rust names no content type, writes ids with hyphens, and sessions of nobody', async () => {
  const project = await makeProject()
  const id = randomUUID()
  const event = JSON.stringify({ event_id: id, timestamp: Date.now() / 1000, platform: 'native', message: 'x' })
  const session = JSON.stringify({ sid: randomUUID(), did: null, started: new Date(), attrs: { release: 'a' } })
  const body = `{"event_id":"${id}"}\n{"type":"event","length":${event.length}}\n${event}\n{"type":"session","length":${session.length}}\n${session}\n`
  const auth =
    'X-Sentry-Auth: Sentry sentry_key={key}, sentry_version=7, sentry_client=sentry.rust/0.31.0, sentry_timestamp=1795348800.5'
  const head = ['POST /api/{project}/envelope/ HTTP/1.1', 'Host: a', auth, `Content-Length: ${body.length}`]
  const answer = await sendText(head, body, project)
  expect(answer).toMatchObject({ status: 200, body: JSON.stringify({ id: id.replaceAll('-', '') }) })
  expect((await readOnly(project)).eventId).toBe(id.replaceAll('-', ''))
})

it('quirk 31: PHP writes an empty map as a list', async () => {
  const frame = { function: 'f', vars: [], data: [] }
  const event = await store({
    ...{ extra: [], tags: [], contexts: [], modules: [], user: [], debug_meta: [], _meta: [] },
    request: { env: [], cookies: [], headers: [], url: 'http://a/' },
    exception: { values: [{ type: 'E', mechanism: [], stacktrace: { frames: [frame] } }] },
  })
  expect(event).toMatchObject({ extra: {}, contexts: {}, user: null, request: { url: 'http://a/' }, errors: [] })
})

it('quirk 32: whole numbers over 2^53 keep all their digits', async () => {
  const event = await store(
    '{"message":"x","extra":{"a":9007199254740993,"b":[-12345678901234567890, 1],"c":"9007199254740993"},' +
      '"user":{"id":1234567890123456789},"tags":{"shard":18446744073709551615},' +
      '"request":{"data":"{\\"id\\": 9007199254740993}"},"contexts":{"c":{"big":9007199254740993,"float":1.5e300}}}',
  )
  expect(event).toMatchObject({
    extra: { a: '9007199254740993', b: ['-12345678901234567890', 1], c: '9007199254740993' },
    user: { id: '1234567890123456789' },
    request: { data: { id: '9007199254740993' } },
    contexts: { c: { big: '9007199254740993', float: 1.5e300 } },
  })
  expect(event.tags).toContainEqual({ key: 'shard', value: '18446744073709551615' })
})

it('quirk 33: an event that is sent again is answered 200 with its id, and counted once', async () => {
  const project = await makeProject()
  const event = makeEvent()
  for (let time = 0; time < 3; time += 1) expect(await server.sendEvent(event, project)).toBe(event.event_id)
  const { project: found } = await server.gql<{ project: { issues: { nodes: unknown[] } } }>(
    'query ($path: String!) { project(path: $path) { issues { nodes { eventCount } } } }',
    { path: project.path },
  )
  expect(found.issues.nodes).toEqual([{ eventCount: 1 }])
})

it('quirk 34: hundreds of exceptions and thousands of frames are cut to what is nearest the crash', async () => {
  const frames = Array.from({ length: 10_000 }, (_, i) => ({ function: `f${i}` }))
  const chain = Array.from({ length: 300 }, (_, i) => ({ type: `E${i}` }))
  const event = await store({ exception: [...chain, { type: 'Last', stacktrace: { frames } }] })
  expect(event.exceptions).toHaveLength(50)
  expect(event.exceptions[0]?.type).toBe('Last')
  expect(event.exceptions[0]?.frames).toHaveLength(250)
  expect(event.exceptions[0]?.frames[0]).toMatchObject({ function: 'f9999' })
  expect(errorNames(event)).toEqual(['exception.values', 'exception.values.49.stacktrace.frames'])
})

it('quirk 35: a tunnel needs nothing in its address that blockers know, neither the project nor the key', async () => {
  const project = await makeProject()
  const body = `${JSON.stringify({ dsn: project.dsn })}\n{"type":"event"}\n{"message":"through"}`
  for (const path of ['/api/envelope/', '/api/envelope', `/elsewhere/api/${project.number}/envelope/`]) {
    expect((await fetch(server.url + path, { method: 'POST', body })).status).toBe(200)
  }
  const events = await readWholeEvents(server, project.path)
  expect(events.map(({ message }) => message)).toEqual(['through', 'through', 'through'])
  expect((await fetch(`${server.url}/api/envelope/`, { method: 'POST', body: '{}\n' })).status).toBe(401)
})

it('quirk 36: envelopes of sessions alone, which come most often, make no events', async () => {
  const project = await makeProject()
  const session = { sid: randomUUID(), init: true, started: new Date(), status: 'ok', attrs: { release: 'a' } }
  const items = `{"type":"session"}\n${JSON.stringify(session)}\n`.repeat(100)
  const response = await server.sendEnvelope(`{}\n${items}`, {}, project)
  expect([response.status, await response.text()]).toEqual([200, '{}'])
  expect(await readWholeEvents(server, project.path)).toEqual([])
})

it('quirk 37: HTTP/1.0, no User-Agent, and Expect: 100-continue (PHP)', async () => {
  const project = await makeProject()
  const body = makeEnvelope(makeEvent())
  const length = `Content-Length: ${body.length}`
  const old = await sendText(['POST /api/{project}/envelope/ HTTP/1.0', AUTH, length], body, project)
  expect(old.status).toBe(200)
  expect((await readOnly(project)).exceptions).toHaveLength(1)

  const again = makeEvent()
  const request = httpRequest(`${server.url}/api/${project.number}/envelope/`, {
    method: 'POST',
    headers: { 'X-Sentry-Auth': `Sentry sentry_key=${project.publicKey}`, Expect: '100-continue' },
  })
  request.flushHeaders()
  await once(request, 'continue')
  request.end(makeEnvelope(again))
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  expect(response.statusCode).toBe(200)
  expect(await readWholeEvents(server, project.path)).toHaveLength(2)
})

it('quirk 38: a DSN of plain http works, and nothing sends its clients to https', async () => {
  expect(server.project.dsn).toMatch(/^http:/)
  const response = await server.sendEnvelope(makeEnvelope(makeEvent()))
  expect(response.status).toBe(200)
  expect(response.headers.has('strict-transport-security')).toBe(false)
})

it('quirk 39: connections are kept for longer than any client or balancer keeps them', async () => {
  const project = await makeProject()
  const body = makeEnvelope(makeEvent())
  const head = ['POST /api/{project}/envelope/ HTTP/1.1', 'Host: a', AUTH, 'Connection: keep-alive']
  const answer = await sendText([...head, `Content-Length: ${body.length}`], body, project)
  expect(Number(/timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThanOrEqual(65)
})

it('quirk 40: what is too large is answered 413, what cannot be read 400', async () => {
  const project = await makeProject()
  const large = JSON.stringify({ message: 'x'.repeat(1024 * 1024) })
  expect((await server.sendStore(large, {}, project)).status).toBe(413)
  expect((await server.sendStore('{"message', {}, project)).status).toBe(400)
  // In an envelope it is dropped alone.
  const body = `{}\n{"type":"event"}\n${large}\n{"type":"event"}\n{"message":"small"}\n`
  expect((await server.sendEnvelope(body, {}, project)).status).toBe(200)
  expect((await readOnly(project)).message).toBe('small')
})

it('quirk 41: rate limits are told with 429 alone, and of events alone', async () => {
  const project = await makeProject()
  await server.database.prisma.project.update({
    where: { id: project.number },
    data: { settings: { eventsPerMinuteHardMax: 1 } },
  })
  const send = () => server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)
  const first = await send()
  expect(first.status).toBe(200)
  expect(first.headers.has('x-sentry-rate-limits')).toBe(false)
  const refused = await until(async () => {
    const response = await send()
    return response.status === 429 && response
  })
  expect(refused.headers.get('x-sentry-rate-limits')).toMatch(/^\d+:error:project:hard_limit$/)
  const session = '{}\n{"type":"session"}\n{}\n'
  expect((await server.sendEnvelope(session, {}, project)).status).toBe(200)
})
