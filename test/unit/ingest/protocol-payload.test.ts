// The payload of an event, attribute by attribute: every limit with its remark, and the rarer forms and rules. The usual forms
// are in normalize.test.ts and normalize-interfaces.test.ts.

import { describe, expect, it } from 'vitest'
import type { GroupedEvent, Json, JsonObject } from '../../../server/domain/event.ts'
import { groupEvent } from '../../../server/ingest/grouping/group-event.ts'
import { describeReportOf } from '../../../server/ingest/make-security-event.ts'
import { normalizeEvent } from '../../../server/ingest/normalize.ts'
import { parseEventJson } from '../../../server/ingest/parse-json.ts'

function read(raw: JsonObject, clientIp: string | null = '198.51.100.7'): GroupedEvent {
  const parsed = parseEventJson(Buffer.from(JSON.stringify(raw)))
  describeReportOf(parsed)
  const event = normalizeEvent(parsed, {
    receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
    eventId: null,
    clockDriftMs: 0,
    clientIp,
    userAgent: null,
    sdkFallback: null,
  })
  return groupEvent(event)
}

const readException = (exception: JsonObject) => read({ exception: [exception] }).exceptions[0]
const readFrame = (frame: JsonObject) =>
  readException({ type: 'E', stacktrace: { frames: [frame] } })?.stacktrace?.frames[0]

/** Follows a path through `meta` or an event. */
function at(tree: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], tree)
}

describe('the limit of', () => {
  const E = 'exception.values.0'
  const F = `${E}.stacktrace.frames.0`
  const frame = (name: string, value: string) => ({
    exception: [{ type: 'E', stacktrace: { frames: [{ function: 'f', [name]: value }] } }],
  })
  it.each<[path: string, max: number, make: (text: string) => JsonObject]>([
    ['logger', 64, (logger) => ({ logger })],
    ['transaction', 200, (transaction) => ({ transaction })],
    ['server_name', 256, (server_name) => ({ server_name })],
    ['release', 200, (release) => ({ release })],
    ['dist', 64, (dist) => ({ dist, release: 'r' })],
    ['environment', 64, (environment) => ({ environment })],
    ['checksum', 128, (checksum) => ({ checksum })],
    ['logentry.formatted', 8192, (formatted) => ({ logentry: { formatted } })],
    ['logentry.message', 8192, (message) => ({ logentry: { message } })],
    [`${E}.type`, 256, (type) => ({ exception: [{ type }] })],
    [`${E}.value`, 8192, (value) => ({ exception: [{ type: 'E', value }] })],
    [`${E}.module`, 256, (module) => ({ exception: [{ type: 'E', module }] })],
    [`${F}.function`, 256, (text) => frame('function', text)],
    [`${F}.module`, 256, (text) => frame('module', text)],
    [`${F}.package`, 256, (text) => frame('package', text)],
    [`${F}.abs_path`, 256, (text) => frame('abs_path', text)],
    [`${F}.context_line`, 512, (text) => frame('context_line', text)],
    ['breadcrumbs.values.0.message', 8192, (message) => ({ breadcrumbs: [{ message }] })],
    ['breadcrumbs.values.0.category', 128, (category) => ({ breadcrumbs: [{ category }] })],
    ['user.id', 128, (id) => ({ user: { id } })],
    ['user.email', 75, (email) => ({ user: { email } })],
    ['user.username', 128, (username) => ({ user: { username } })],
    ['sdk.name', 128, (name) => ({ sdk: { name, version: '1' } })],
  ])('%s is %i characters, and says so in meta', (path, max, make) => {
    const fits = read(make('x'.repeat(max)))
    expect([fits.errors, fits.meta]).toEqual([[], null])
    const event = read(make('x'.repeat(max + 500)))
    expect(event.errors).toEqual([{ type: 'value_too_long', name: path }])
    expect(at(event.meta, path)).toEqual({ '': { rem: [['!limit', 's', max - 3, max]], len: max + 500 } })
  })

  it('tag names is 200 characters, over which the tag is dropped, and of their values 200, to which they are cut', () => {
    const event = read({ tags: { ['k'.repeat(200)]: 'v'.repeat(201), ['k'.repeat(201)]: 'v' } })
    const tags = event.tags.filter(([key]) => key.startsWith('k'))
    expect(tags).toEqual([['k'.repeat(200), `${'v'.repeat(197)}...`]])
    expect(event.errors).toMatchObject([{ type: 'invalid_data' }])
  })

  it('variables is 2 KiB and five levels, of contexts 8 KiB and seven, of a value of extra 16 KiB and seven', () => {
    const deep = (levels: number): Json => (levels === 0 ? 1 : { a: deep(levels - 1) })
    const vars = readFrame({ function: 'f', vars: { deep: deep(9), long: 'x'.repeat(9_000) } })?.vars
    expect(JSON.stringify(vars).length).toBeLessThan(2_300)
    expect(at(vars, 'deep.a.a.a.a')).toBe('{"a":{"a":{"a":{"a":{"a":1}}}}}')
    const event = read({
      contexts: { c: { long: 'x'.repeat(20_000) } },
      extra: { e: 'x'.repeat(20_000), deep: deep(12) },
    })
    expect(event.contexts['c']?.['long']).toHaveLength(8_192 - 'long'.length - 2 - 2)
    expect(event.extra['e']).toHaveLength(16_384)
    expect(at(event.extra, 'deep.a.a.a.a.a.a.a')).toBe('{"a":{"a":{"a":{"a":{"a":1}}}}}')
  })

  it('a bag is told in meta where it was reached: of texts, lists, members and depths', () => {
    const event = read({
      extra: { 'a.b': { list: [1, 'x'.repeat(17_000), 2, 3], gone: 1 } },
      contexts: { deep: { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } } },
    })
    expect(event.meta).toEqual({
      extra: {
        'a.b': {
          list: {
            1: { '': { rem: [['!limit', 's', expect.any(Number), expect.any(Number)]], len: 17_000 } },
            '': { len: 4 },
          },
          gone: { '': { rem: [['!limit', 'x']] } },
        },
      },
      contexts: { deep: { a: { b: { c: { d: { e: { f: { g: { '': { rem: [['!limit', 's', 0, 7]] } } } } } } } } } },
    })
    expect(event.errors.map(({ name }) => name)).toEqual(['contexts.deep', 'extra.a.b'])
  })

  it('lists is told with how long they were', () => {
    const event = read({
      exception: Array.from({ length: 60 }, () => ({ type: 'E', stacktrace: { frames: [{ function: 'f' }] } })),
      threads: Array.from({ length: 260 }, (_, id) => ({ id })),
    })
    expect(at(event.meta, 'exception.values')).toEqual({ '': { len: 60 } })
    expect(at(event.meta, 'threads.values')).toEqual({ '': { len: 260 } })
  })

  it('remarks stands beside what the SDK remarked itself', () => {
    const remarked = { '': { len: 9_000 } }
    const event = read({
      logger: 'x'.repeat(70),
      _meta: { logger: { '': { rem: [['sdk', 'x']] } }, extra: { a: remarked } },
    })
    expect(event.meta).toEqual({
      extra: { a: remarked },
      logger: { '': { rem: [['!limit', 's', 61, 64]], len: 70 } },
    })
  })
})

describe('messages', () => {
  it.each<[JsonObject, string]>([
    [{ message: '%s of %d', params: ['a', 2] }, 'a of 2'],
    [{ message: '%(a)s', params: { a: 1 } }, '1'],
    [{ message: '100%% of %s', params: ['x'] }, '100% of x'],
    [{ message: '%x %X %i', params: [255, 255, 7] }, 'ff FF 7'],
    [{ message: '{} {}', params: ['a', 'b'] }, 'a b'],
    [{ message: '{1} {0}', params: ['a', 'b'] }, 'b a'],
    [{ message: '{a} {b}', params: { a: 1, b: true } }, '1 True'],
    [{ message: '{{}} {}', params: ['x'] }, '{} x'],
    [{ message: '%s', params: [{ a: 1 }] }, '{"a":1}'],
    [{ message: '%s', params: [null] }, 'None'],
    [{ message: '%s and %s', params: ['x'] }, 'x and %s'],
    [{ message: 'plain', params: ['x'] }, 'plain'],
    [{ message: '%s', params: ['x'], formatted: 'sent' }, 'sent'],
    [{ message: '%s', formatted: '' }, '%s'],
  ])('%j read as %j', (logentry, formatted) => {
    expect(read({ logentry }).message?.formatted).toBe(formatted)
  })
})

describe('exceptions', () => {
  it('of old clients keep all that their mechanism says', () => {
    const mechanism = {
      posix_signal: { signal: 11, name: 'SIGSEGV', code: 1, code_name: 'SEGV_MAPERR' },
      mach_exception: { exception: 1, exception_name: 'EXC_BAD_ACCESS', code: 0, subcode: 8 },
      relevant_address: '0x1',
    }
    expect(readException({ type: 'E', mechanism })?.mechanism).toMatchObject({
      type: 'generic',
      data: { relevant_address: '0x1' },
      meta: {
        signal: { number: 11, name: 'SIGSEGV', code: 1, code_name: 'SEGV_MAPERR' },
        mach_exception: { exception: 1, name: 'EXC_BAD_ACCESS', code: 0, subcode: 8 },
      },
    })
  })

  it('without a type are called Error, those that were made up by their function', () => {
    expect(read({ exception: [{ value: 'two words: x' }] })).toMatchObject({
      title: 'Error: two words: x',
      type: 'error',
    })
    const stacktrace = { frames: [{ function: 'pay' }] }
    const synthetic = { value: 'x y', mechanism: { type: 'g', synthetic: true }, stacktrace }
    expect(read({ exception: [{ ...synthetic, type: 'E' }] }).title).toBe('pay')
    expect(read({ exception: [synthetic], message: 'said' })).toMatchObject({ title: 'said', type: 'default' })
  })

  it('that are no objects are noted by their place', () => {
    const event = read({ exception: { values: [{ type: 'E' }, 'x', null] } })
    expect(event.exceptions).toHaveLength(1)
    expect(event.errors).toEqual([{ type: 'invalid_data', name: 'exception.values.1', value: 'x' }])
  })
})

describe('frames', () => {
  it.each<[Json, string | null]>([
    ['0xABCDEF', '0xabcdef'],
    [4096, '0x1000'],
    ['4096', '0x1000'],
    ['18446744073709551615', '0xffffffffffffffff'],
    ['nowhere', null],
    [-1, null],
  ])('have the address %j as %j', (sent, address) => {
    const frame = readFrame({ function: 'f', instruction_addr: sent, image_addr: sent })
    expect(frame?.instructionAddr).toBe(address)
    expect(frame?.data?.['image_addr'] ?? null).toBe(address)
  })

  it('keep what resolving them later needs', () => {
    const rare = {
      symbol: '_Zf',
      symbol_addr: '0x1',
      addr_mode: 'rel:1',
      trust: 'scan',
      function_id: '0x2',
      lang: 'rust',
    }
    const lock = { type: 8, address: '0x1', class_name: 'Object' }
    expect(readFrame({ function: 'f', ...rare, lock, data: { sourcemap: 'a.map' } })?.data).toEqual({
      ...rare,
      lock,
      sourcemap: 'a.map',
    })
  })

  it.each([
    ['https://a.example/b/c.js?x#y', '/b/c.js'],
    ['file:///a/b.js', '/a/b.js'],
    ['app:///a/b.js', 'app:///a/b.js'],
    ['webpack:///./a/b.js', 'webpack:///./a/b.js'],
    ['blob:http://a/b', 'blob:http://a/b'],
    ['node:internal/timers', 'node:internal/timers'],
    ['C:\\a\\b.js', 'C:\\a\\b.js'],
  ])('sent as %s alone are of the file %s', (abs_path, filename) => {
    expect(readFrame({ function: 'f', abs_path })).toMatchObject({ filename, absPath: abs_path })
  })

  it('are there when nothing but a line of code or variables was sent', () => {
    expect(readFrame({ context_line: 'x = 1' })?.contextLine).toBe('x = 1')
    expect(readFrame({ vars: { a: 1 } })?.vars).toEqual({ a: 1 })
  })

  it('count whole lines', () => {
    expect(readFrame({ function: 'f', lineno: 7.9, colno: '3' })).toMatchObject({ lineno: 7, colno: 3 })
    expect(readFrame({ function: 'f', lineno: 0.5, colno: 1e30 })).toMatchObject({ lineno: null, colno: null })
    // GraphQL counts so far.
    expect(readFrame({ function: 'f', lineno: 2 ** 31 - 1, colno: 2 ** 31 })).toMatchObject({
      lineno: 2 ** 31 - 1,
      colno: null,
    })
  })
})

describe("the user's address", () => {
  const env = { REMOTE_ADDR: '203.0.113.9' }
  const auto = { ip_address: '{{auto}}' }
  const infer = (infer_ip: Json) => ({ sdk: { name: 'a', version: '1', settings: { infer_ip } } })
  it.each<[what: string, raw: JsonObject, ip: string | null]>([
    ['{{auto}} before the peer of the request', { user: auto, request: { env } }, '198.51.100.7'],
    ['{{auto}} as the peer of the request', { request: { env: { REMOTE_ADDR: '{{auto}}' } } }, '198.51.100.7'],
    ['legacy like a client that says nothing', { ...infer('legacy'), platform: 'python' }, null],
    ['legacy like a browser that says nothing', { ...infer('legacy'), platform: 'javascript' }, '198.51.100.7'],
    ['auto on any platform', { ...infer('auto'), platform: 'python' }, '198.51.100.7'],
    ['auto, where there is a peer of the request', { ...infer('auto'), request: { env } }, '203.0.113.9'],
    ['never, whatever there is', { ...infer('never'), user: auto, request: { env }, platform: 'javascript' }, null],
    ['what is none of these, as never', { ...infer('maybe'), user: auto, platform: 'javascript' }, null],
    ['never, but one that was sent', { ...infer('never'), user: { ip_address: '192.0.2.1' } }, '192.0.2.1'],
    ['cocoa', { platform: 'cocoa' }, '198.51.100.7'],
    ['objc', { platform: 'objc' }, '198.51.100.7'],
    ['a wrong one, as if none was sent', { user: { ip_address: 'x' }, request: { env } }, '203.0.113.9'],
  ])('is inferred for %s', (_what, raw, ip) => {
    expect(read(raw).user?.ipAddress ?? null).toBe(ip)
  })

  it('is the peer of the request for {{auto}} from a sender without an address, or none', () => {
    expect(read({ user: auto, request: { env } }, null).user?.ipAddress).toBe('203.0.113.9')
    expect(read({ user: auto }, null).user).toBeNull()
  })
})

describe('requests', () => {
  const readRequest = (request: JsonObject) => read({ request }).request

  it.each<[string, Json]>([
    ['{"a":1}', { a: 1 }],
    [' [1] ', [1]],
    ['a=1&b=x+y%21', { a: '1', b: 'x y!' }],
    ['dGVzdA==', 'dGVzdA=='],
    ['dGVzdDE=', 'dGVzdDE='],
    ['{"a":', '{"a":'],
    ['plain', 'plain'],
    ['{"id":12345678901234567890}', { id: '12345678901234567890' }],
  ])('with the body %j have %j', (data, expected) => {
    expect(readRequest({ data })?.data).toEqual(expected)
  })

  it('lose the Cookie header, whether cookies were sent besides or not', () => {
    const headers = { Cookie: 'a=1', Accept: 'x' }
    expect(readRequest({ headers })).toMatchObject({ headers: [['Accept', 'x']], cookies: [['a', '1']] })
    expect(readRequest({ headers, cookies: { b: '2' } })).toMatchObject({
      headers: [['Accept', 'x']],
      cookies: [['b', '2']],
    })
    expect(readRequest({ headers: { Cookie: '[Filtered]' } })?.headers).toEqual([['Cookie', '[Filtered]']])
  })

  it('write containers in a query as JSON', () => {
    expect(readRequest({ query_string: { a: { b: 1 }, c: [1, 2] } })?.query).toBe('a=%7B%22b%22%3A1%7D&c=1&c=2')
  })
})

describe('contexts', () => {
  it.each([
    [{ raw_description: '.NET Framework 4.8.4250.0' }, { name: '.NET Framework', version: '4.8.4250.0' }],
    [{ raw_description: 'CPython 3.8' }, { name: 'CPython', version: '3.8' }],
    [
      { name: 'Mono', raw_description: 'Mono 6.12 (tarball)' },
      { name: 'Mono', version: '6.12' },
    ],
    [
      { name: 'a', version: '1', raw_description: 'b 2' },
      { name: 'a', version: '1' },
    ],
    [{ raw_description: 'something' }, { name: 'something' }],
  ])('of a runtime that is %j say %j', (runtime, expected) => {
    expect(read({ contexts: { runtime } }).contexts['runtime']).toMatchObject(expected)
  })

  it('have ids of traces in one form, and none of zeros', () => {
    const trace = {
      trace_id: '771A43A4-1929-42C9-B23A-5FD5D5AC11D5',
      span_id: 'ABCDEF0123456789',
      parent_span_id: '0'.repeat(16),
    }
    const event = read({ contexts: { trace } })
    expect(event.contexts['trace']).toEqual({
      type: 'trace',
      trace_id: '771a43a4192942c9b23a5fd5d5ac11d5',
      span_id: 'abcdef0123456789',
    })
    expect(event.errors).toMatchObject([{ name: 'contexts.trace.parent_span_id' }])
  })
})

describe('an event that holds', () => {
  it('a report of a browser is called by it, and grouped like the report itself', () => {
    const csp = {
      effective_directive: 'img-src',
      blocked_uri: 'https://evil.example/x.png',
      document_uri: 'https://shop.example/',
    }
    const event = read({ type: 'csp', csp, tags: { own: 'x' } })
    expect(event).toMatchObject({
      title: "Blocked 'image' from 'evil.example'",
      culprit: 'img-src',
      logger: 'csp',
      request: { url: 'https://shop.example/' },
      errors: [],
    })
    expect(event.tags).toEqual(
      expect.arrayContaining([
        ['effective-directive', 'img-src'],
        ['own', 'x'],
      ]),
    )
    expect(read({ csp: { ...csp, blocked_uri: 'https://evil.example/other' } }).grouping.hash).toBe(event.grouping.hash)
    expect(read({ expectct: { hostname: 'a.example' } }).title).toBe("Expect-CT failed for 'a.example'")
    expect(read({ expectstaple: { hostname: 'a.example' } }).title).toBe("Expect-Staple failed for 'a.example'")
    expect(read({ hpkp: { hostname: 'a.example' } }).title).toBe("Public key pinning validation failed for 'a.example'")
  })

  it('a report of a script is grouped by what the policy lacks, a file of the own host by the host', () => {
    const hashOf = (report: JsonObject) =>
      read({ csp: { effective_directive: 'script-src', document_uri: 'https://shop.example/cart', ...report } })
        .grouping.hash
    const inline = { blocked_uri: '', violated_directive: "script-src 'self' 'unsafe-inline'" }
    const own = { blocked_uri: 'https://shop.example/cart.js' }
    const problems = [
      inline,
      { ...inline, violated_directive: "script-src 'unsafe-eval'" },
      { blocked_uri: 'self' },
      own,
    ]
    expect(new Set(problems.map(hashOf)).size).toBe(4)
    expect(hashOf({ ...inline, blocked_uri: 'inline', document_uri: 'https://shop.example/pay' })).toBe(hashOf(inline))
    expect(hashOf({ blocked_uri: 'https://shop.example/pay.js' })).toBe(hashOf(own))
  })

  it('a report that is none is left as it is', () => {
    expect(read({ csp: { effective_directive: 'nonsense' } }).title).toBe('<unlabeled event>')
    expect(read({ exception: [{ type: 'E' }], csp: { effective_directive: 'img-src' } }).title).toBe('E')
  })

  it('a template shows it as its one frame, and is grouped by it', () => {
    const template = { filename: 'cart.html', abs_path: '/app/cart.html', lineno: 3, context_line: '{{ total }' }
    const event = read({ template, platform: 'python', message: 'x' })
    expect(event.stacktrace?.frames).toMatchObject([{ filename: 'cart.html', lineno: 3, inApp: true }])
    expect(read({ template: { ...template, lineno: 9 }, platform: 'python', message: 'y' }).grouping.hash).toBe(
      event.grouping.hash,
    )
    expect(read({ template, exception: [{ type: 'E' }] }).stacktrace).toBeNull()
  })

  it('names that nobody knows says so, 20 of them', () => {
    const unknown = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`x${i}`, i]))
    const { errors } = read(unknown)
    expect(errors).toHaveLength(20)
    expect(errors[0]).toEqual({ type: 'invalid_attribute', name: 'x0' })
  })

  it('the parts of its SDK keeps them, in either form', () => {
    const sdk = { name: 'a', version: '1', integrations: ['x', 7], packages: { p: '1', q: null } }
    expect(read({ sdk }).sdk).toEqual({
      name: 'a',
      version: '1',
      integrations: ['x'],
      packages: [
        { name: 'p', version: '1' },
        { name: 'q', version: null },
      ],
    })
  })
})
