// Every address that SDKs and browsers post to, against the running server: each form of the address, of the key, of the
// encoding and of the body, and each status with its exact body. cron addresses have a test of their own.

import { randomBytes, randomUUID } from 'node:crypto'
import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeMinidump, makeUnrealReport } from '../support/make-crash.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { readWholeEvents } from '../support/read-whole-events.ts'
import { sendRaw } from '../support/replay.ts'
import { until } from '../support/until.ts'

let server: TestServer
let auth: Record<string, string>
beforeAll(async () => {
  server = await createTestServer()
  auth = { 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${server.project.publicKey}` }
})
afterAll(() => server.stop())

const makeId = () => randomUUID().replaceAll('-', '')
const HEX_ID = /^\{"id":"[0-9a-f]{32}"\}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const EMPTY = /^$/
const MESSAGE = '{"message":"x"}'

interface Reply {
  status: number
  headers: IncomingMessage['headers']
  body: string
}

/** Sends headers as they are given and no others: fetch adds a content type of its own. */
async function send(
  method: string,
  path: string,
  body: string | Buffer = '',
  headers: OutgoingHttpHeaders = auth,
  agent?: Agent,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(server.url + path, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () => {
        const { statusCode = 0, headers: received } = response
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks).toString() })
      })
    })
    request.once('error', reject)
    request.end(body)
  })
}

async function isStored(eventId: string): Promise<boolean> {
  const { rows } = await server.database.pool.query('SELECT 1 FROM event WHERE id = $1', [eventId])
  return rows.length === 1
}

const FORM_BOUNDARY = 'b0undary'
const FORM = `--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--${FORM_BOUNDARY}--\r\n`
const CSP = JSON.stringify({ 'csp-report': { 'effective-directive': 'img-src', 'blocked-uri': 'https://a.example/' } })
const NEL = JSON.stringify([{ type: 'network-error', url: 'https://a/', body: { type: 'dns.failed' } }])
const PIXEL_QUERY = `sentry_data=${encodeURIComponent(Buffer.from(MESSAGE).toString('base64'))}`

interface EndpointCase {
  method?: 'GET' | 'POST'
  /** Without its slash at the end. `KEY` and `ID` are filled in. */
  path: string
  query?: string
  body?: string | Buffer
  contentType?: string
  status?: number
  type: string | undefined
  answer: RegExp
}

const ENDPOINTS: EndpointCase[] = [
  { path: '/api/1/envelope', body: `{}\n{"type":"event"}\n${MESSAGE}`, type: 'application/json', answer: HEX_ID },
  { path: '/api/1/store', body: MESSAGE, type: 'application/json', answer: HEX_ID },
  { path: '/api/store', body: MESSAGE, type: 'application/json', answer: HEX_ID },
  { path: '/api/envelope', body: `{}\n{"type":"event"}\n${MESSAGE}`, type: 'application/json', answer: HEX_ID },
  { method: 'GET', path: '/api/1/store', query: PIXEL_QUERY, type: 'image/gif', answer: /^GIF89a/ },
  { path: '/api/1/security', body: CSP, type: undefined, answer: EMPTY },
  { path: '/api/1/csp-report', body: CSP, type: undefined, answer: EMPTY },
  { path: '/api/1/nel', body: NEL, type: undefined, answer: EMPTY },
  { path: '/api/1/minidump', body: makeMinidump(), type: 'text/plain', answer: UUID },
  {
    path: '/api/1/unreal/KEY',
    body: makeUnrealReport({ 'CrashContext.runtime-xml': '<FGenericCrashContext/>' }),
    type: 'text/plain',
    answer: UUID,
  },
  {
    path: '/api/1/events/ID/attachments',
    body: FORM,
    contentType: `multipart/form-data; boundary=${FORM_BOUNDARY}`,
    status: 201,
    type: undefined,
    answer: EMPTY,
  },
  { path: '/api/1/playstation', body: 'x', type: undefined, answer: EMPTY },
  { path: '/api/1/integration/otlp/v1/traces', body: '{}', type: undefined, answer: EMPTY },
  { path: '/api/1/integration/otlp/v1/logs', body: '{}', type: undefined, answer: EMPTY },
  { path: '/api/1/otlp/v1/traces', body: '{}', type: undefined, answer: EMPTY },
]

const fill = (path: string) => path.replace('KEY', server.project.publicKey).replace('ID', makeId())
const nameOf = ({ method = 'POST', path }: EndpointCase) => `${method} ${path}`

const PREFIXES = ['', '/errortracking/api/v1/projects', '/api/v4/error_tracking/collector', '/behind/a/path']
const FORMS: [name: string, write: (path: string) => string][] = [
  ['a slash', (path) => `${path}/`],
  ['no slash', (path) => path],
  ['doubled slashes', (path) => `${path.replaceAll('/', '//')}//`],
]

describe.each(ENDPOINTS.map((endpoint) => [nameOf(endpoint), endpoint] as const))('%s', (_name, endpoint) => {
  const { method = 'POST', path, query, body = '', contentType, status = 200, type, answer } = endpoint
  const headers = () => ({ ...auth, ...(contentType !== undefined && { 'Content-Type': contentType }) })

  it.each(
    PREFIXES.flatMap((prefix) => FORMS.map(([form, write]) => [prefix || 'no prefix', form, prefix, write] as const)),
  )('answers under %s with %s', async (_prefix, _form, prefix, write) => {
    const target = write(prefix + fill(path)) + (query === undefined ? '' : `?${query}`)
    const reply = await send(method, target, body, headers())
    expect(reply.status, reply.body).toBe(status)
    expect(reply.body).toMatch(answer)
    expect(reply.headers['content-type']).toBe(type)
    expect(reply.headers['access-control-allow-origin']).toBe('*')
    expect(reply.headers['access-control-expose-headers']).toBe('x-sentry-error, x-sentry-rate-limits, retry-after')
  })

  it('answers a preflight, for any page', async () => {
    const reply = await send('OPTIONS', `${fill(path)}/`, '', {
      Origin: 'https://shop.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-sentry-auth, content-type, sentry-trace, baggage',
    })
    expect(reply).toMatchObject({ status: 200, body: '' })
    expect(reply.headers['access-control-allow-origin']).toBe('*')
    expect(reply.headers['access-control-allow-methods']).toContain('POST')
    expect(reply.headers['access-control-max-age']).toBe('3600')
    const allowed = reply.headers['access-control-allow-headers']?.split(', ')
    for (const name of [
      'x-sentry-auth',
      'content-type',
      'content-encoding',
      'authorization',
      'sentry-trace',
      'baggage',
    ])
      expect(allowed).toContain(name)
  })

  it('refuses other methods, and says which it takes', async () => {
    const reply = await send('PUT', `${fill(path)}/`, body, headers())
    expect(reply.status).toBe(405)
    expect(reply.headers.allow?.split(', ')).toContain(method)
    expect(reply.headers['access-control-allow-origin']).toBe('*')
    expect(JSON.parse(reply.body)).toEqual({ detail: expect.stringContaining('method not allowed') as string })
  })

  it('refuses who names no key, or another one, in words that a browser may read', async () => {
    const target = `${fill(path).replace(server.project.publicKey, 'f'.repeat(32))}/`
    const unknown = { ...headers(), 'X-Sentry-Auth': `Sentry sentry_key=${'f'.repeat(32)}` }
    for (const [sent, expected] of [
      [{ ...headers(), 'X-Sentry-Auth': '' }, path.includes('KEY') ? 403 : 401],
      [unknown, 403],
    ] as const) {
      const reply = await send(method, target + (query === undefined ? '' : `?${query}`), body, sent)
      expect(reply.status).toBe(expected)
      const { detail } = JSON.parse(reply.body) as { detail: string }
      expect(reply.headers).toMatchObject({
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'x-sentry-error, x-sentry-rate-limits, retry-after',
        'x-sentry-error': detail,
      })
    }
  })
})

describe('/api/embed/error-page/', () => {
  it.each(PREFIXES.slice(0, 3).flatMap((prefix) => FORMS.map(([form, write]) => [prefix, form, write] as const)))(
    'is a script under %s with %s',
    async (prefix, _form, write) => {
      const query = new URLSearchParams({ dsn: server.project.dsn, eventId: makeId() }).toString()
      const reply = await send('GET', `${write(`${prefix}/api/embed/error-page`)}?${query}`, '', { Origin: 'http://a' })
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toMatch(/^text\/javascript/)
      expect(reply.headers['access-control-allow-origin']).toBe('http://a')
    },
  )
})

describe('other addresses', () => {
  it.each([
    '/api/1/unknown/',
    '/api/1/',
    '/api/abc/store/',
    '/api/0/store/',
    '/api/99999999999999999999/envelope/',
    '/api/1/store/x/',
    '/api/1/uploads/',
    `/api/1/${'x'.repeat(600)}/`,
  ])('%s are answered 404 in JSON', async (path) => {
    const reply = await send('POST', path, MESSAGE)
    expect(reply.status).toBe(404)
    expect(JSON.parse(reply.body)).toEqual({ detail: expect.any(String) as string })
  })
})

describe('a refusal', () => {
  const envelopeRefused = (cause: string) => ({ detail: 'invalid event envelope', causes: [cause] })
  const tooLarge = Buffer.alloc(21 * 1024 * 1024, 'x')

  it.each<[what: string, path: string, body: string | Buffer, status: number, expected: unknown]>([
    ['an empty store', 'store', '', 400, { detail: 'empty request body' }],
    ['an empty envelope', 'envelope', '', 400, { detail: 'empty request body' }],
    ['an empty report', 'security', '', 400, { detail: 'empty request body' }],
    ['an event that is no JSON', 'store', '{"a', 400, { detail: 'The event is not valid JSON.' }],
    ['an event that is a list', 'store', '[1]', 400, { detail: 'The event must be a JSON object.' }],
    ['no envelope', 'envelope', 'x\n', 400, envelopeRefused('invalid envelope header')],
    ['blank lines alone', 'envelope', '\n\n', 400, envelopeRefused('missing envelope header')],
    ['a bad item header', 'envelope', '{}\nx\n{}', 400, envelopeRefused('invalid item header')],
    ['a short item', 'envelope', '{}\n{"type":"event","length":9}\n{}', 400, envelopeRefused('unexpected end of file')],
    [
      'a long item',
      'envelope',
      '{}\n{"type":"event","length":1}\n{}',
      400,
      envelopeRefused('missing newline after header or payload'),
    ],
    ['no minidump', 'minidump', 'x', 400, { detail: 'invalid minidump' }],
    [
      'no form',
      `events/${makeId()}/attachments`,
      'x',
      400,
      { detail: 'invalid multipart data', causes: ['Unsupported Content-Type.'] },
    ],
    ['a large body', 'envelope', tooLarge, 413, { detail: 'the request body exceeds the limit of 20971520 bytes' }],
    [
      'a large event',
      'store',
      JSON.stringify({ message: 'x'.repeat(1024 * 1024) }),
      413,
      { detail: 'the event exceeds the limit of 1048576 bytes' },
    ],
  ])('of %s has its status and body', async (_what, path, body, status, expected) => {
    const reply = await send('POST', `/api/1/${path}/`, body)
    expect(reply.status).toBe(status)
    expect(JSON.parse(reply.body)).toEqual(expected)
    expect(reply.headers['x-sentry-error']).toBe((expected as { detail: unknown }).detail)
    expect(reply.headers['access-control-allow-origin']).toBe('*')
  })

  it('leaves the connection as it is for the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    agent.on('free', (socket: unknown) => sockets.add(socket))
    for (const [path, body, status] of [
      ['/api/1/envelope/', 'nonsense', 400],
      ['/api/2/envelope/', '{}', 403],
      ['/api/1/store/', MESSAGE, 200],
    ] as const) {
      expect((await send('POST', path, body, auth, agent)).status).toBe(status)
    }
    expect(sockets.size).toBe(1)
    agent.destroy()
  })
})

describe('the key', () => {
  const KEY = () => server.project.publicKey
  const good: [what: string, headers: () => OutgoingHttpHeaders, query: () => string][] = [
    ['X-Sentry-Auth', () => ({ 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${KEY()}` }), () => ''],
    [
      'X-Sentry-Auth without blanks',
      () => ({ 'X-Sentry-Auth': `Sentry sentry_version=7,sentry_key=${KEY()}` }),
      () => '',
    ],
    ['X-Sentry-Auth in lower case', () => ({ 'x-sentry-auth': `sentry sentry_key=${KEY()}` }), () => ''],
    [
      'X-Sentry-Auth with all there is, and more',
      () => ({
        'X-Sentry-Auth': `Sentry sentry_timestamp=1690000000.5, sentry_secret=s, sentry_client=a b/1=2, x, =y, sentry_key = ${KEY()} , sentry_version=2.0`,
      }),
      () => '',
    ],
    ['Authorization', () => ({ Authorization: `Sentry sentry_key=${KEY()}, sentry_version=7` }), () => ''],
    ['Authorization: Basic', () => ({ Authorization: `Basic ${btoa(`${KEY()}:`)}` }), () => ''],
    ['the query', () => ({}), () => `?sentry_key=${KEY()}&sentry_version=7`],
    [
      'the query, with a secret and a client',
      () => ({}),
      () => `?sentry_secret=a&sentry_client=a%2F1&sentry_key=${KEY()}`,
    ],
    [
      'the query, percent-encoded',
      () => ({}),
      () => `?sentry_key=%${KEY().charCodeAt(0).toString(16)}${KEY().slice(1)}`,
    ],
    ['a key with a flag', () => ({ 'X-Sentry-Auth': `Sentry sentry_key=${KEY()}:no-cache` }), () => ''],
    ['the query beside an empty header', () => ({ 'X-Sentry-Auth': '' }), () => `?sentry_key=${KEY()}`],
    [
      'the query beside a header of another scheme',
      () => ({ 'X-Sentry-Auth': 'Raven a=b' }),
      () => `?sentry_key=${KEY()}`,
    ],
    ['two sources: the first counts', () => auth, () => `?sentry_key=${'f'.repeat(32)}`],
  ]
  it.each(good)('is taken from %s', async (_what, headers, query) => {
    for (const [path, body] of [
      ['store', MESSAGE],
      ['envelope', `{}\n{"type":"event"}\n${MESSAGE}`],
    ] as const) {
      const reply = await send('POST', `/api/1/${path}/${query()}`, body, headers())
      expect(reply.status, reply.body).toBe(200)
    }
  })

  it.each<[what: string, headers: OutgoingHttpHeaders, query: string, status: number, detail: string]>([
    ['is missing', {}, '', 401, 'missing authorization information'],
    ['is of another scheme', { Authorization: 'Bearer x' }, '', 401, 'missing authorization information'],
    ['is empty', { 'X-Sentry-Auth': 'Sentry sentry_key=' }, '', 400, 'bad sentry DSN public key'],
    ['cannot be one', {}, '?sentry_key=a%27b', 400, 'bad sentry DSN public key'],
    [
      'comes with a version after ours',
      {},
      `?sentry_key=${'f'.repeat(32)}&sentry_version=8`,
      400,
      'unsupported protocol version (8)',
    ],
  ])('is refused when it %s', async (_what, headers, query, status, detail) => {
    const reply = await send('POST', `/api/1/store/${query}`, MESSAGE, headers)
    expect({ status: reply.status, body: JSON.parse(reply.body) as unknown }).toEqual({ status, body: { detail } })
  })

  it("in an envelope's dsn is taken where the request has none, and names the project where the address does not", async () => {
    const body = `${JSON.stringify({ dsn: server.project.dsn })}\n{"type":"event"}\n${MESSAGE}`
    for (const path of ['/api/1/envelope/', '/api/envelope/']) {
      expect((await send('POST', path, body, {})).status).toBe(200)
    }
    expect((await send('POST', '/api/2/envelope/', body, {})).status).toBe(403)
  })

  it('tells the SDK, where the event does not say who sent it', async () => {
    const project = await server.seed.project().withClientKey()
    const header = `Sentry sentry_key=${project.publicKey}, sentry_client=raven-ruby/2.3.4`
    await send('POST', `/api/${project.number}/store/`, MESSAGE, { 'X-Sentry-Auth': header })
    expect(await readWholeEvents(server, project.path)).toMatchObject([
      { sdk: { name: 'raven-ruby', version: '2.3.4' } },
    ])
  })
})

describe('a body', () => {
  const CODINGS: [coding: string | undefined, encode: (body: Buffer) => Buffer][] = [
    [undefined, (body) => body],
    ['', (body) => body],
    ['identity', (body) => body],
    ['utf-8', (body) => body],
    ['UTF-8', (body) => body],
    ['gzip', (body) => gzipSync(body)],
    ['x-gzip', (body) => gzipSync(body)],
    ['GZIP', (body) => gzipSync(body)],
    ['deflate', (body) => deflateSync(body)],
    ['deflate', (body) => deflateRawSync(body)],
    ['br', (body) => brotliCompressSync(body)],
    ['zstd', (body) => zstdCompressSync(body)],
  ]
  it.each(CODINGS.flatMap(([coding, encode]) => ['store', 'envelope'].map((path) => [coding, path, encode] as const)))(
    'in the encoding %j is read on %s',
    async (coding, path, encode) => {
      const event = makeEvent()
      const text = path === 'store' ? JSON.stringify(event) : makeEnvelope(event)
      const headers = { ...auth, ...(coding !== undefined && { 'Content-Encoding': coding }) }
      const reply = await send('POST', `/api/1/${path}/`, encode(Buffer.from(text)), headers)
      expect(reply).toMatchObject({ status: 200, body: `{"id":"${event.event_id}"}` })
      expect(await isStored(event.event_id)).toBe(true)
    },
  )

  it('in an unknown encoding is answered 415, one that is not what it says 400', async () => {
    const reply = await send('POST', '/api/1/store/', MESSAGE, { ...auth, 'Content-Encoding': 'rot13' })
    expect(reply.status).toBe(415)
    for (const coding of ['gzip', 'deflate', 'br', 'zstd']) {
      const headers = { ...auth, 'Content-Encoding': coding }
      expect((await send('POST', '/api/1/store/', randomBytes(300), headers)).status).toBe(400)
    }
  })

  it.each([
    [undefined],
    [''],
    ['application/json'],
    ['application/octet-stream'],
    ['text/plain;charset=UTF-8'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data'],
    ['application/vnd.nobody.knows+xml; a="b'],
  ])('of the content type %j is read as what it is', async (contentType) => {
    for (const path of ['store', 'envelope']) {
      const event = makeEvent()
      const headers = { ...auth, ...(contentType !== undefined && { 'Content-Type': contentType }) }
      const text = path === 'store' ? JSON.stringify(event) : makeEnvelope(event)
      expect((await send('POST', `/api/1/${path}/`, text, headers)).status).toBe(200)
      expect(await isStored(event.event_id)).toBe(true)
    }
  })

  it.each(['application/x-sentry-envelope', 'Application/X-Sentry-Envelope; charset=utf-8'])(
    'on store of the content type %s is an envelope',
    async (contentType) => {
      const event = makeEvent()
      const headers = { ...auth, 'Content-Type': contentType }
      expect((await send('POST', '/api/1/store/', makeEnvelope(event), headers)).status).toBe(200)
      expect(await isStored(event.event_id)).toBe(true)
    },
  )

  it.each([
    ['application/csp-report'],
    ['application/reports+json'],
    ['application/json'],
    ['application/expect-ct-report'],
    ['application/expect-ct-report+json'],
    ['application/expect-staple-report'],
    [undefined],
  ])('of a report may have the content type %s', async (contentType) => {
    const headers = { ...auth, ...(contentType !== undefined && { 'Content-Type': contentType }) }
    expect((await send('POST', '/api/1/security/', CSP, headers)).status).toBe(200)
  })
})

describe('an event on /store/', () => {
  // Its base64 holds every character that other alphabets write differently.
  const makeJson = (id: string) => JSON.stringify({ event_id: id, message: '???>>>~~~ÿÿÿ' })
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const zipped = (text: string) => deflateSync(text).toString('base64')
  const lines = (text: string) => text.replaceAll(/(.{20})/g, '$1\r\n')

  it.each<[what: string, write: (json: string) => string]>([
    ['JSON', (json) => json],
    ['JSON after white space', (json) => ` \r\n\t${json}\n`],
    ['base64 of JSON', base64],
    ['base64 of JSON, in lines', (json) => lines(base64(json))],
    ['base64 for URLs', (json) => Buffer.from(json).toString('base64url')],
    ['base64 of zlib', zipped],
    ['base64 of zlib, in lines', (json) => `  ${lines(zipped(json))}`],
    ['base64 of zlib with little compression', (json) => deflateSync(json, { level: 1 }).toString('base64')],
    ['base64 of zlib with a small window', (json) => deflateSync(json, { windowBits: 9 }).toString('base64')],
    ['a form with JSON', (json) => new URLSearchParams({ sentry_data: json }).toString()],
    ['a form with base64', (json) => new URLSearchParams({ sentry_data: base64(json) }).toString()],
    ['a form with base64 that was not encoded', (json) => `sentry_data=${base64(json)}`],
    ['a form with more fields', (json) => new URLSearchParams({ project: '1', sentry_data: zipped(json) }).toString()],
    ['JSON with bare NaN and Infinity', (json) => json.replace('{', '{"extra":{"a":NaN,"b":[-Infinity]},')],
  ])('may be %s', async (_what, write) => {
    const id = makeId()
    const reply = await send('POST', '/api/1/store/', write(makeJson(id)))
    expect(reply).toMatchObject({ status: 200, body: `{"id":"${id}"}` })
    expect(await isStored(id)).toBe(true)
  })

  it.each<[what: string, write: (json: string) => string]>([
    ['base64', (json) => encodeURIComponent(base64(json))],
    ['base64 that was not encoded', base64],
    ['base64 for URLs', (json) => Buffer.from(json).toString('base64url')],
    ['base64 of zlib', (json) => encodeURIComponent(zipped(json))],
    ['JSON', (json) => encodeURIComponent(json)],
  ])('may stand in the query as %s, and is answered with an image', async (_what, write) => {
    const id = makeId()
    const path = `/api/1/store/?sentry_version=7&sentry_key=${server.project.publicKey}&sentry_data=${write(makeJson(id))}`
    expect(await send('GET', path, '', {})).toMatchObject({ status: 200, headers: { 'content-type': 'image/gif' } })
    expect(await isStored(id)).toBe(true)
  })

  it('that says it is a transaction is one', async () => {
    const id = makeId()
    const body = { type: 'transaction', event_id: id, transaction: '/', start_timestamp: 1, timestamp: 2 }
    expect(await send('POST', '/api/1/store/', JSON.stringify(body))).toMatchObject({ status: 200 })
    expect(await isStored(id)).toBe(false)
    await until(async () => {
      const { rows } = await server.database.pool.query('SELECT 1 FROM transaction_summary WHERE id = $1', [id])
      return rows.length === 1
    })
  })
})

describe('a request', () => {
  it.each(['HTTP/1.0', 'HTTP/1.1'])('of %s that closes is answered and closed', async (version) => {
    const event = makeEvent()
    const body = makeEnvelope(event)
    const head = [
      `POST /api/1/envelope/?sentry_key=${server.project.publicKey} ${version}`,
      'Host: a',
      'Connection: close',
    ]
    const text = `${[...head, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`
    const answer = await sendRaw(Buffer.from(text), server.url)
    expect(answer).toMatchObject({ status: 200, body: `{"id":"${event.event_id}"}` })
    expect(answer.headers.get('connection')).toBe('close')
  })

  it('in chunks of one byte is read whole', async () => {
    const event = makeEvent()
    const chunks = [...Buffer.from(makeEnvelope(event))].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`)
    const head = `POST /api/1/envelope/?sentry_key=${server.project.publicKey} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked`
    const text = `${head}\r\n\r\n${chunks.join('')}0\r\n\r\n`
    expect(await sendRaw(Buffer.from(text, 'latin1'), server.url)).toMatchObject({ status: 200 })
    expect(await isStored(event.event_id)).toBe(true)
  })
})
