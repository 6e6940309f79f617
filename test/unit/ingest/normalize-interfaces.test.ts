// The larger parts of an event: exceptions, stack traces, messages, people, requests, contexts.

import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, NormalizedEvent, StackFrame } from '../../../server/domain/event.ts'
import { normalizeEvent, type NormalizeContext } from '../../../server/ingest/normalize.ts'

function normalize(raw: JsonObject, context: Partial<NormalizeContext> = {}): NormalizedEvent {
  return normalizeEvent(raw, {
    receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
    eventId: null,
    clockDriftMs: 0,
    clientIp: '198.51.100.7',
    userAgent: null,
    sdkFallback: null,
    ...context,
  })
}

function normalizeFrame(frame: JsonObject): { frame: StackFrame | undefined; errors: NormalizedEvent['errors'] } {
  const event = normalize({ stacktrace: { frames: [frame] } })
  return { frame: event.stacktrace?.frames[0], errors: event.errors }
}

describe('exceptions', () => {
  const one = { type: 'E', value: 'v' }

  it.each<[string, Json]>([
    ['a list', [one]],
    ['{ values }', { values: [one] }],
    ['{ values } with one object', { values: one }],
    ['a single object', one],
    ['a list with holes', [null, one, null]],
  ])('come as %s', (_form, exception) => {
    expect(normalize({ exception })).toMatchObject({ exceptions: [{ type: 'E', value: 'v' }], errors: [] })
  })

  it.each<Json>([null, {}, [], { values: null }, { values: [] }, [{}], [{ module: 'm' }]])(
    '%j is none',
    (exception) => {
      expect(normalize({ exception })).toMatchObject({ exceptions: [], errors: [] })
    },
  )

  it('of a wrong type are dropped with a note', () => {
    expect(normalize({ exception: 'E' })).toMatchObject({ exceptions: [], errors: [{ name: 'exception', value: 'E' }] })
  })

  it.each<[Json, string | null]>([
    ['text', 'text'],
    [7.5, '7.5'],
    [{ a: 1 }, '{"a":1}'],
    [['x'], '["x"]'],
    [true, 'true'],
    [null, null],
  ])('write the value %j as %j', (value, expected) => {
    expect(normalize({ exception: [{ type: 'E', value }] }).exceptions[0]?.value).toBe(expected)
  })

  it.each([
    ['TypeError: x is undefined', 'TypeError', 'x is undefined'],
    ['two words: x', null, 'two words: x'],
    ['E: two\nlines', null, 'E: two\nlines'],
    [': x', null, ': x'],
  ])('without a type split the value %j', (value, type, rest) => {
    expect(normalize({ exception: [{ value }] }).exceptions[0]).toMatchObject({ type, value: rest })
  })

  it('keep the text of a message that was sent with a stack', () => {
    const exception = [{ value: 'Warning: low stock', mechanism: { type: 'generic', synthetic: true } }]
    expect(normalize({ exception }).exceptions[0]).toMatchObject({ type: null, value: 'Warning: low stock' })
  })

  it('have a mechanism with all its parts', () => {
    const mechanism = {
      type: 'chained',
      handled: 0,
      synthetic: null,
      description: 'd',
      help_link: 'h',
      source: '__cause__',
      is_exception_group: true,
      exception_id: '2',
      parent_id: 0,
      data: { function: 'setTimeout' },
      meta: { errno: { number: 2 } },
    }
    expect(normalize({ exception: [{ type: 'E', mechanism }] }).exceptions[0]?.mechanism).toEqual({
      type: 'chained',
      handled: false,
      synthetic: false,
      description: 'd',
      helpLink: 'h',
      source: '__cause__',
      isExceptionGroup: true,
      exceptionId: 2,
      parentId: 0,
      data: { function: 'setTimeout' },
      meta: { errno: { number: 2 } },
    })
  })

  it('wrap the mechanism of old clients', () => {
    const mechanism = {
      posix_signal: { signal: 11, name: 'SIGSEGV' },
      mach_exception: { exception: 1, exception_name: 'X' },
    }
    expect(normalize({ exception: [{ type: 'E', mechanism }] }).exceptions[0]?.mechanism).toMatchObject({
      type: 'generic',
      handled: null,
      meta: { signal: { number: 11, name: 'SIGSEGV' }, mach_exception: { exception: 1, name: 'X' } },
    })
  })

  it('get the stack trace of the event when there is one exception without its own', () => {
    const stacktrace = { frames: [{ function: 'f' }] }
    const alone = normalize({ stacktrace, exception: [{ type: 'E' }] })
    expect(alone.exceptions[0]?.stacktrace?.frames).toHaveLength(1)
    expect(alone.stacktrace).toBeNull()
    const two = normalize({ stacktrace, exception: [{ type: 'E' }, { type: 'F' }] })
    expect(two.exceptions[0]?.stacktrace).toBeNull()
    expect(two.stacktrace?.frames).toHaveLength(1)
  })

  it('are the last 50 of a longer chain', () => {
    const exception = Array.from({ length: 300 }, (_, i) => ({ type: `E${i}` }))
    const event = normalize({ exception })
    expect(event.exceptions).toHaveLength(50)
    expect(event.exceptions.at(-1)?.type).toBe('E299')
    expect(event.errors).toMatchObject([{ type: 'value_too_long', name: 'exception.values' }])
  })
})

describe('frames', () => {
  it('have one shape', () => {
    const { frame, errors } = normalizeFrame({
      function: 'f',
      raw_function: 'f(int)',
      module: 'm',
      package: '/lib/x.so',
      filename: 'f.py',
      abs_path: '/app/f.py',
      lineno: '12',
      colno: 3,
      platform: 'native',
      in_app: true,
      pre_context: ['a', null, 7],
      context_line: 'b',
      post_context: null,
      vars: { x: '1' },
      data: { sourcemap: 'x.map' },
      instruction_addr: 4096,
    })
    expect(errors).toEqual([])
    expect(frame).toEqual({
      function: 'f',
      rawFunction: 'f(int)',
      module: 'm',
      package: '/lib/x.so',
      filename: 'f.py',
      absPath: '/app/f.py',
      lineno: 12,
      colno: 3,
      platform: 'native',
      inApp: true,
      preContext: ['a', '', '7'],
      contextLine: 'b',
      postContext: [],
      vars: { x: '1' },
      data: { sourcemap: 'x.map' },
      instructionAddr: '0x1000',
    })
  })

  it('are named by the path of their URL when only that was sent', () => {
    const { frame } = normalizeFrame({ filename: 'https://cdn.example.com/assets/app.js?v=1#x', function: '?' })
    expect(frame).toMatchObject({
      absPath: 'https://cdn.example.com/assets/app.js?v=1#x',
      filename: '/assets/app.js',
      function: null,
    })
    expect(normalizeFrame({ filename: 'f.py' }).frame).toMatchObject({ absPath: 'f.py', filename: 'f.py' })
    expect(normalizeFrame({ abs_path: 'https://a.example/' }).frame).toMatchObject({ filename: 'https://a.example/' })
  })

  it('that say nothing are dropped', () => {
    expect(normalize({ stacktrace: { frames: [null, {}, { in_app: true }, 7] } }).stacktrace).toBeNull()
  })

  it.each<[string, JsonObject]>([
    ['lineno', { lineno: 'x' }],
    ['colno', { colno: {} }],
    ['pre_context', { pre_context: 'x' }],
    ['vars', { vars: 'x' }],
    ['function', { function: ['f'] }],
  ])('note a wrong %s by its path', (name, wrong) => {
    const { frame, errors } = normalizeFrame({ filename: 'f', ...wrong })
    expect(frame?.filename).toBe('f')
    expect(errors).toMatchObject([{ type: 'invalid_data', name: `stacktrace.frames.0.${name}` }])
  })

  it('have no line below one', () => {
    expect(normalizeFrame({ function: 'f', lineno: -1, colno: 0 })).toMatchObject({
      frame: { lineno: null, colno: null },
      errors: [],
    })
  })

  it('are cut only when they are well over the limit', () => {
    expect(normalizeFrame({ function: 'f'.repeat(276) }).frame?.function).toHaveLength(276)
    expect(normalizeFrame({ function: 'f'.repeat(277) }).frame?.function).toBe(`${'f'.repeat(253)}...`)
    expect(normalizeFrame({ filename: 'p'.repeat(400) }).frame?.absPath).toHaveLength(256)
  })

  it('are the last 250, and of more than 50 only some keep their details', () => {
    const frames = Array.from({ length: 400 }, (_, i) => ({
      function: `f${i}`,
      vars: { i },
      pre_context: ['x'],
      context_line: 'y',
      in_app: i % 50 === 0,
    }))
    const kept = normalize({ stacktrace: { frames } }).stacktrace?.frames ?? []
    expect(kept).toHaveLength(250)
    expect(kept[0]?.function).toBe('f150')
    const detailed = kept.filter((frame) => frame.vars !== null)
    expect(detailed).toHaveLength(50)
    expect(detailed.filter((frame) => frame.inApp)).toHaveLength(5)
    expect(kept.at(-1)?.vars).toEqual({ i: 399 })
    expect(kept.every((frame) => frame.contextLine === 'y')).toBe(true)
  })

  it('bound their variables', () => {
    const { frame, errors } = normalizeFrame({ function: 'f', vars: { a: 'x'.repeat(5000), b: 1, c: 2 } })
    expect(JSON.stringify(frame?.vars).length).toBeLessThan(2100)
    expect(errors).toMatchObject([{ type: 'value_too_long', name: 'stacktrace.frames.0.vars' }])
  })
})

describe('messages', () => {
  it.each<[Json, string | null]>([
    ['text', 'text'],
    ['', null],
    [7, '7'],
    [false, null],
    [null, null],
    [[], null],
    [{}, null],
    [['a', 1], '["a",1]'],
    [{ formatted: 'x' }, 'x'],
    [{ message: 'x' }, 'x'],
    [{ message: { a: 1 } }, '{"a":1}'],
  ])('%j is %j', (message, formatted) => {
    expect(normalize({ message }).message?.formatted ?? null).toBe(formatted)
  })

  it('prefer logentry', () => {
    expect(normalize({ message: 'a', logentry: { message: 'b' } }).message?.formatted).toBe('b')
    expect(normalize({ message: 'a', logentry: {} }).message?.formatted).toBe('a')
  })

  it.each<[string, Json, string]>([
    ['%s and %s', ['a', 2], 'a and 2'],
    ['%d of %05.2f, 100%%', [1, 2.5], '1 of 2.5, 100%'],
    ['%(user)s by %(n)d', { user: 'ada', n: 3 }, 'ada by 3'],
    ['%s %s', ['a'], 'a %s'],
    ['{} and {}', ['a', null], 'a and None'],
    ['{1} {0}', ['a', 'b'], 'b a'],
    ['{user}', { user: 'ada' }, 'ada'],
    ['{toString} %(toString)s', { a: 1 }, '{toString} %(toString)s'],
    ['%s', 'a', 'a'],
    ['%s', [{ a: 1 }], '{"a":1}'],
    ['no place', ['a'], 'no place'],
  ])('fill %j with %j', (message, params, formatted) => {
    const event = normalize({ logentry: { message, params } })
    expect(event.message?.formatted).toBe(formatted)
    expect(event.message?.template).toBe(message === formatted ? null : message)
  })

  it('stay short, however often a template names however large a parameter', () => {
    const event = normalize({ logentry: { message: '%s'.repeat(4000), params: Array(4000).fill('x'.repeat(9000)) } })
    expect(event.message?.formatted).toHaveLength(8192)
  })
})

describe('breadcrumbs', () => {
  it('are the last 100, oddities and all', () => {
    const crumbs: Json[] = Array.from({ length: 150 }, (_, i) => ({ message: `m${i}` }))
    crumbs.push({ ty: 'http', category: 'xhr', level: 'log', data: 'text', timestamp: '2026-11-22T11:00:00Z' })
    const event = normalize({ breadcrumbs: { values: crumbs } })
    expect(event.breadcrumbs).toHaveLength(100)
    expect(event.breadcrumbs[0]?.message).toBe('m51')
    expect(event.breadcrumbs.at(-1)).toEqual({
      timestampMs: Date.parse('2026-11-22T11:00:00Z'),
      type: 'http',
      category: 'xhr',
      level: 'info',
      message: null,
      data: { value: 'text' },
    })
  })

  it('are of the level info where they do not say one', () => {
    const event = normalize({ breadcrumbs: [{ message: 'a' }, { message: 'b', level: 'loud' }] })
    expect(event.breadcrumbs.map(({ level }) => level)).toEqual(['info', 'info'])
  })

  it('note a wrong time by its path', () => {
    const event = normalize({ breadcrumbs: [{ message: 'a', timestamp: 'x' }] })
    expect(event.breadcrumbs[0]?.timestampMs).toBeNull()
    expect(event.errors).toMatchObject([{ name: 'breadcrumbs.values.0.timestamp' }])
  })
})

describe('threads', () => {
  it('are kept with their stacks', () => {
    const threads: JsonObject = {
      values: [{ id: 1, name: 'main', crashed: true, stacktrace: { frames: [{ function: 'f' }] } }, { id: 'b' }],
    }
    expect(normalize({ threads }).threads).toMatchObject([
      { id: '1', name: 'main', crashed: true, current: false, stacktrace: { frames: [{ function: 'f' }] } },
      { id: 'b', crashed: false, stacktrace: null },
    ])
  })
})

describe('the user', () => {
  it('keeps what it does not know in data', () => {
    const user = {
      id: 7,
      email: 'a@b.c',
      username: 'ada',
      name: 'Ada',
      plan: 'gold',
      segment: null,
      geo: { city: 'X' },
      data: { a: 1 },
    }
    expect(normalize({ platform: 'python', user }).user).toEqual({
      id: '7',
      email: 'a@b.c',
      username: 'ada',
      name: 'Ada',
      ipAddress: null,
      data: { a: 1, plan: 'gold', geo: { city: 'X' } },
    })
  })

  it.each<[string, JsonObject, string | null]>([
    ['its own address', { platform: 'python', user: { ip_address: '2001:db8::1' } }, '2001:db8::1'],
    ['{{auto}}', { platform: 'python', user: { ip_address: '{{auto}}' } }, '198.51.100.7'],
    ['nothing on a server', { platform: 'python', user: { id: 1 } }, null],
    ['the sender in a browser', { platform: 'javascript', user: {} }, '198.51.100.7'],
    ['the peer of the request', { platform: 'php', request: { env: { REMOTE_ADDR: '203.0.113.9' } } }, '203.0.113.9'],
    ['the sender where asked for', { platform: 'go', sdk: { settings: { infer_ip: 'auto' } } }, '198.51.100.7'],
    [
      'nothing where forbidden',
      { platform: 'javascript', user: { ip_address: '{{auto}}' }, sdk: { settings: { infer_ip: 'never' } } },
      null,
    ],
    ['nothing for a wrong address', { platform: 'go', user: { id: 1, ip_address: 'localhost' } }, null],
  ])('has %s', (_what, raw, ip) => {
    expect(normalize(raw).user?.ipAddress ?? null).toBe(ip)
  })

  it('has no address for {{auto}} when the sender is unknown', () => {
    const event = normalize({ platform: 'javascript', user: { id: 1, ip_address: '{{auto}}' } }, { clientIp: null })
    expect(event.user?.ipAddress).toBeNull()
  })
})

describe('the request', () => {
  function normalizeRequest(request: JsonObject) {
    return normalize({ request }).request
  }

  it('has its address cut in three', () => {
    expect(normalizeRequest({ url: 'http://a/b?c=d#e', method: 'get' })).toMatchObject({
      url: 'http://a/b',
      query: 'c=d',
      fragment: 'e',
      method: 'GET',
    })
  })

  it.each<[Json, string]>([
    ['?a=1&b=2', 'a=1&b=2'],
    [{ a: '1', b: ['x', 'y'] }, 'a=1&b=x&b=y'],
    [
      [
        ['a', 'ü'],
        ['b', 2],
      ],
      'a=%C3%BC&b=2',
    ],
  ])('takes the query %j', (query, expected) => {
    expect(normalizeRequest({ url: 'http://a/?other', query_string: query })?.query).toBe(expected)
  })

  it('writes header names one way, sorts maps and keeps the order of pairs', () => {
    expect(normalizeRequest({ headers: { 'x-request-ID': 1, accept: '*' } })?.headers).toEqual([
      ['Accept', '*'],
      ['X-Request-Id', '1'],
    ])
    expect(normalizeRequest({ headers: [['B', '1'], null, ['A', '2']] })?.headers).toEqual([
      ['B', '1'],
      ['A', '2'],
    ])
  })

  it('takes cookies in any form, or from their header', () => {
    const expected = [
      ['a', '1'],
      ['b', 'x=y'],
    ]
    expect(normalizeRequest({ cookies: 'a=1; b=x=y' })?.cookies).toEqual(expected)
    expect(normalizeRequest({ cookies: { a: 1, b: 'x=y' } })?.cookies).toEqual(expected)
    const fromHeader = normalizeRequest({ headers: { Cookie: 'a=1; b=x=y', Host: 'h' } })
    expect(fromHeader).toMatchObject({ cookies: expected, headers: [['Host', 'h']] })
    expect(normalizeRequest({ headers: { Cookie: '[Filtered]' } })).toMatchObject({
      cookies: [],
      headers: [['Cookie', '[Filtered]']],
    })
  })

  it.each<[Json, Json]>([
    ['{"a":{"b":1}}', { a: { b: 1 } }],
    ['[1]', [1]],
    ['a=1&b=x+y%21', { a: '1', b: 'x y!' }],
    ['aGVsbG8=', 'aGVsbG8='],
    ['plain text = x', 'plain text = x'],
    ['{broken', '{broken'],
    [{ a: 1 }, { a: 1 }],
    ['%00=%00', { '\ufffd': '\ufffd' }],
  ])('reads the body %j', (data, expected) => {
    expect(normalizeRequest({ data })?.data).toEqual(expected)
  })

  it('drops a method that is none with a note', () => {
    expect(normalize({ request: { url: 'http://a/', method: 'G E T' } })).toMatchObject({
      request: { method: null },
      errors: [{ name: 'request.method' }],
    })
  })

  it('is none when there is nothing in it', () => {
    expect(normalizeRequest({ headers: [], env: [], data: '' })).toBeNull()
  })

  it('survives a body that is nested deeper than any', () => {
    const data = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`
    expect(JSON.stringify(normalizeRequest({ data })).length).toBeLessThan(10_000)
  })
})

describe('contexts', () => {
  it('are maps by name with a type, and nothing else', () => {
    const contexts = {
      os: { name: 'Linux' },
      app: { type: 'App' },
      bad: 'text',
      list: [],
      reprocessing: { a: 1 },
      none: null,
    }
    const event = normalize({ contexts })
    expect(event.contexts).toEqual({ os: { name: 'Linux', type: 'os' }, app: { type: 'App' } })
    expect(event.errors).toMatchObject([{ name: 'contexts.bad' }])
  })

  it('lose ids of traces that are none', () => {
    const trace = { trace_id: '0123456789abcdef0123456789abcdef', span_id: 'x', parent_span_id: null }
    const event = normalize({ contexts: { trace } })
    expect(event.contexts.trace).toEqual({
      trace_id: '0123456789abcdef0123456789abcdef',
      parent_span_id: null,
      type: 'trace',
    })
    expect(event.errors).toMatchObject([{ name: 'contexts.trace.span_id' }])
  })

  it("tell a visitor's system from the server's", () => {
    const headers = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
    const event = normalize({ platform: 'python', request: { headers }, contexts: { os: { name: 'Debian' } } })
    expect(event.contexts).toMatchObject({
      os: { name: 'Debian' },
      client_os: { name: 'Linux' },
      browser: { name: 'Firefox', version: '140.0' },
    })
  })

  it("take the sender's User-Agent for a browser's event only", () => {
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    expect(normalize({ platform: 'javascript' }, { userAgent }).contexts).toMatchObject({
      browser: { name: 'Firefox' },
    })
    expect(normalize({ platform: 'python' }, { userAgent }).contexts).toEqual({})
  })
})

describe('bags', () => {
  it('keep what is within bounds as it was', () => {
    const extra = { a: [1, 'x', null, { b: true }], c: {}, d: [] }
    expect(normalize({ extra: structuredClone(extra) }).extra).toEqual(extra)
  })

  it('write what lies too deep as text', () => {
    const event = normalize({ extra: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } } })
    expect(event.extra).toEqual({ a: { b: { c: { d: { e: { f: { g: { h: '{"i":1}' } } } } } } } })
    expect(event.errors).toMatchObject([{ type: 'value_too_long', name: 'extra.a' }])
  })

  it('bound each value, so that one does not push out the others', () => {
    const event = normalize({ extra: { big: 'x'.repeat(100_000), small: 'y' } })
    expect(event.extra.small).toBe('y')
    expect((event.extra.big as string).length).toBe(16_384)
    expect((event.extra.big as string).endsWith('...')).toBe(true)
  })

  it('bound the whole', () => {
    const extra = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, 'x'.repeat(16_000)]))
    expect(JSON.stringify(normalize({ extra }).extra).length).toBeLessThan(300_000)
  })

  it('drop names that would reach into prototypes', () => {
    const raw = JSON.parse(
      '{"extra":{"__proto__":{"polluted":1}},"modules":{"__proto__":"1"},"contexts":{"__proto__":{"a":1}}}',
    ) as JsonObject
    const event = normalize(raw)
    expect(Object.keys(event.extra)).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(event.contexts)).toBe(Object.prototype)
  })

  it('keep modules as names and versions', () => {
    expect(normalize({ modules: { a: '1', b: 2, c: null, d: {} } }).modules).toEqual({ a: '1', b: '2' })
  })

  it('keep debug_meta whole', () => {
    const debug_meta = { images: [{ type: 'sourcemap', code_file: 'http://a/b.js', debug_id: 'x' }] }
    expect(normalize({ debug_meta }).debugMeta).toEqual(debug_meta)
  })
})
