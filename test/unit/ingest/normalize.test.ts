// The attributes of an event: every form they come in, and what becomes of wrong ones.

import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, NormalizedEvent } from '../../../server/domain/event.ts'
import { normalizeEvent, type NormalizeContext } from '../../../server/ingest/normalize.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const CONTEXT: NormalizeContext = {
  receivedAtMs: NOW,
  eventId: null,
  clockDriftMs: 0,
  clientIp: '198.51.100.7',
  userAgent: null,
  sdkFallback: null,
}

function normalize(raw: JsonObject, context: Partial<NormalizeContext> = {}): NormalizedEvent {
  return normalizeEvent(raw, { ...CONTEXT, ...context })
}

describe('the id', () => {
  const id = '0123456789abcdef0123456789abcdef'

  it.each([id, id.toUpperCase(), '01234567-89ab-cdef-0123-456789abcdef'])('reads %s', (eventId) => {
    expect(normalize({ event_id: eventId }).eventId).toBe(id)
  })

  it('prefers the id of the envelope', () => {
    expect(normalize({ event_id: 'f'.repeat(32) }, { eventId: '01234567-89ab-cdef-0123-456789abcdef' }).eventId).toBe(
      id,
    )
  })

  it.each([undefined, 'nonsense', 7, null, '0123'])('makes one in place of %j', (eventId) => {
    const raw: JsonObject = eventId === undefined ? {} : { event_id: eventId }
    expect(normalize(raw).eventId).toMatch(/^[0-9a-f]{32}$/)
    expect(normalize(raw).eventId).not.toBe(normalize(raw).eventId)
  })

  it('that is none is noted on the event, since nobody will find it by that', () => {
    const noted = [{ type: 'invalid_data', name: 'event_id', value: 'nonsense' }]
    expect(normalize({ event_id: 'nonsense' }).errors).toEqual(noted)
    expect(normalize({ event_id: 'nonsense' }, { eventId: id }).errors).toEqual(noted)
    for (const eventId of ['', null, id]) expect(normalize({ event_id: eventId }).errors).toEqual([])
  })
})

describe('the time', () => {
  const at = Date.parse('2026-11-22T11:59:00.250Z')

  it.each([
    at / 1000,
    String(at / 1000),
    '2026-11-22T11:59:00.25Z',
    '2026-11-22T11:59:00.250000000Z',
    '2026-11-22T11:59:00.249700000Z',
    '2026-11-22T11:59:00.250',
    '2026-11-22 11:59:00.250',
    '2026-11-22T12:59:00.250+01:00',
    '2026-11-22T06:29:00.250-0530',
  ])('reads %j', (timestamp) => {
    const event = normalize({ timestamp })
    expect(event.timestampMs).toBe(at)
    expect(event.errors).toEqual([])
  })

  it('is that of receipt when it is missing, and noted when it is none', () => {
    expect(normalize({}).timestampMs).toBe(NOW)
    for (const timestamp of ['yesterday', '2026-13-01T00:00:00Z', '2026-11-22T11:61:00Z', {}, true]) {
      const event = normalize({ timestamp })
      expect(event.timestampMs).toBe(NOW)
      expect(event.errors).toMatchObject([{ type: 'invalid_data', name: 'timestamp' }])
    }
  })

  it.each([
    ['future_timestamp', NOW / 1000 + 61],
    ['past_timestamp', NOW / 1000 - 30 * 86_400 - 1],
  ])('is re-dated with %s', (type, timestamp) => {
    const event = normalize({ timestamp })
    expect(event.timestampMs).toBe(NOW)
    expect(event.errors).toEqual([{ type, name: 'timestamp', value: timestamp }])
  })

  it('has the drift of the clock taken out, for breadcrumbs too', () => {
    const event = normalize(
      { timestamp: NOW / 1000 - 7200, breadcrumbs: [{ timestamp: NOW / 1000 - 7201 }] },
      { clockDriftMs: 7_200_000 },
    )
    expect(event.timestampMs).toBe(NOW)
    expect(event.breadcrumbs[0]?.timestampMs).toBe(NOW - 1000)
  })
})

describe('the level', () => {
  it.each([
    ['debug', 'debug'],
    ['WARNING', 'warning'],
    ['warn', 'warning'],
    ['log', 'info'],
    ['critical', 'fatal'],
    [10, 'debug'],
    [40, 'error'],
    ['50', 'fatal'],
    [undefined, 'error'],
    [null, 'error'],
  ] as const)('%j is %s', (level, expected) => {
    const event = normalize(level === undefined ? {} : { level })
    expect(event.level).toBe(expected)
    expect(event.errors).toEqual([])
  })

  it('is error for what is none, with a note', () => {
    expect(normalize({ level: 'loud' })).toMatchObject({ level: 'error', errors: [{ name: 'level', value: 'loud' }] })
  })
})

describe('the names', () => {
  it.each([
    ['shop@1.4.2', 'shop@1.4.2'],
    ['  1.0 ', '1.0'],
    [12, '12'],
    [1.5, '1'],
    ['', null],
  ])('release %j is %j', (release, expected) => {
    expect(normalize({ release })).toMatchObject({ release: expected, errors: [] })
  })

  it.each(['.', '..', 'Latest', 'a/b', 'a\\b', 'a\nb', 'a\tb'])('release %j is refused with a note', (release) => {
    expect(normalize({ release })).toMatchObject({ release: null, errors: [{ name: 'release' }] })
  })

  it('keeps a dist only with a release, and only a plain one', () => {
    expect(normalize({ dist: '7' }).dist).toBeNull()
    expect(normalize({ release: 'a', dist: 101 }).dist).toBe('101')
    expect(normalize({ release: 'a', dist: 'b c' })).toMatchObject({ dist: null, errors: [{ name: 'dist' }] })
  })

  it.each(['none', 'a/b', 'a\u007fb'])('environment %j is refused with a note', (environment) => {
    const event = normalize({ environment })
    expect(event).toMatchObject({ environment: null, errors: [{ type: 'invalid_environment' }] })
  })

  it('takes the environment from the tags of old clients', () => {
    const event = normalize({ tags: { environment: 'staging' } })
    expect(event.environment).toBe('staging')
    expect(event.tags).toContainEqual(['environment', 'staging'])
  })

  it('lowers the platform, and calls what is none other', () => {
    expect(normalize({ platform: 'Python' }).platform).toBe('python')
    expect(normalize({}).platform).toBe('other')
    expect(normalize({ platform: 'a b' })).toMatchObject({ platform: 'other', errors: [{ name: 'platform' }] })
    expect(normalize({ platform: { a: 1 } }).platform).toBe('other')
  })

  it('takes a culprit for the transaction that is missing', () => {
    expect(normalize({ culprit: 'main.main' }).transaction).toBe('main.main')
    expect(normalize({ culprit: 'main.main', transaction: 'GET /' }).transaction).toBe('GET /')
  })

  it('cuts what is too long, three dots included, and says so', () => {
    const event = normalize({ server_name: 'h'.repeat(300), transaction: 't'.repeat(300), logger: 'l'.repeat(65) })
    expect(event.serverName).toBe(`${'h'.repeat(253)}...`)
    expect(event.transaction).toHaveLength(200)
    expect(event.logger).toHaveLength(64)
    expect(event.errors.map(({ type, name }) => [type, name])).toEqual([
      ['value_too_long', 'logger'],
      ['value_too_long', 'transaction'],
      ['value_too_long', 'server_name'],
    ])
  })

  it('never cuts through a surrogate pair', () => {
    const event = normalize({ server_name: `${'h'.repeat(252)}🍵${'h'.repeat(40)}` })
    expect(event.serverName).toBe(`${'h'.repeat(252)}...`)
  })
})

describe('the aliases of old clients', () => {
  it('reads every sentry.interfaces.* name', () => {
    const event = normalize({
      'sentry.interfaces.Message': { message: 'hello %s', params: ['you'] },
      'sentry.interfaces.Exception': [{ type: 'E', value: 'v' }],
      'sentry.interfaces.Stacktrace': { frames: [{ function: 'f' }] },
      'sentry.interfaces.Breadcrumbs': { values: [{ message: 'b' }] },
      'sentry.interfaces.User': { id: 1 },
      'sentry.interfaces.Http': { url: 'http://a/' },
      'sentry.interfaces.Contexts': { os: { name: 'Linux' } },
    })
    expect(event.message).toEqual({ formatted: 'hello you', template: 'hello %s', params: ['you'] })
    expect(event.exceptions[0]).toMatchObject({ type: 'E', stacktrace: { frames: [{ function: 'f' }] } })
    expect(event.breadcrumbs).toHaveLength(1)
    expect(event.user?.id).toBe('1')
    expect(event.request?.url).toBe('http://a/')
    expect(event.contexts.os).toEqual({ name: 'Linux', type: 'os' })
  })
})

describe('the fingerprint', () => {
  it.each<[Json, string[] | null]>([
    [
      ['a', 1, 1.9, true, false, null],
      ['a', '1', '1', 'True', 'False'],
    ],
    ['a', ['a']],
    [[], null],
    [[null], null],
    [{ a: 1 }, null],
    [7, null],
  ])('%j is %j', (fingerprint, expected) => {
    expect(normalize({ fingerprint }).fingerprint).toEqual(expected)
  })

  it('leaves out containers with a note', () => {
    expect(normalize({ fingerprint: ['a', ['b']] })).toMatchObject({
      fingerprint: ['a'],
      errors: [{ name: 'fingerprint' }],
    })
  })

  it('is bounded', () => {
    const event = normalize({ fingerprint: Array.from({ length: 5000 }, () => 'x'.repeat(1000)) })
    expect(event.fingerprint?.join('').length).toBeLessThanOrEqual(16_384)
  })
})

describe('tags', () => {
  it('takes a map or pairs, and writes scalars as Python does', () => {
    const expected = expect.arrayContaining([
      ['a', 'x'],
      ['b', 'True'],
      ['c', '7'],
      ['with-blank', 'y'],
    ])
    expect(normalize({ tags: { a: ' x ', b: true, c: 7, 'with blank': 'y', d: null } }).tags).toEqual(expected)
    expect(
      normalize({
        tags: [['a', 'x'], null, ['b', true], ['c', 7], ['with blank', 'y'], ['a', 'second'], ['d', null]],
      }).tags,
    ).toEqual(expected)
  })

  it.each<[string, Json]>([
    ['k'.repeat(201), 'v'],
    ['a/b', 'v'],
    ['', 'v'],
    ['a', ''],
    ['a', 'x\ny'],
    ['a', { b: 1 }],
  ])('drops %j: %j with a note', (key, value) => {
    const event = normalize({ tags: { [key]: value } })
    expect(event.tags).toEqual([['level', 'error']])
    expect(event.errors).toHaveLength(1)
  })

  it('lets no event claim what only we say', () => {
    const tags = new Map(normalize({ tags: { release: 'x', user: 'x', dist: 'x', filename: 'x', function: 'x' } }).tags)
    expect([...tags.keys()]).toEqual(['level'])
  })

  it('derives them from the rest of the event', () => {
    const event = normalize({
      platform: 'javascript',
      level: 'fatal',
      logger: 'shop',
      server_name: 'web-1',
      site: 'eu',
      environment: 'production',
      release: 'shop@1',
      dist: '7',
      transaction: 'GET /',
      user: { id: 1 },
      request: {
        url: 'http://shop.example.com/cart?a=1',
        headers: {
          'User-Agent':
            'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
        },
      },
      exception: [{ type: 'E', mechanism: { type: 'onerror', handled: false } }],
      contexts: {
        runtime: { name: 'node', version: 'v24.1.0' },
        rust: { type: 'runtime', name: 'rustc', version: '1.9' },
      },
      tags: { 'browser.name': 'own' },
    })
    expect(Object.fromEntries(event.tags)).toEqual({
      level: 'fatal',
      logger: 'shop',
      server_name: 'web-1',
      site: 'eu',
      environment: 'production',
      release: 'shop@1',
      dist: '7',
      transaction: 'GET /',
      url: 'http://shop.example.com/cart',
      mechanism: 'onerror',
      handled: 'no',
      browser: 'Mobile Safari 17.5',
      'browser.name': 'own',
      os: 'iOS 17.5',
      'os.name': 'iOS',
      device: 'iPhone',
      'device.family': 'iPhone',
      runtime: 'node v24.1.0',
      'runtime.name': 'node',
      rust: 'rustc 1.9',
      'rust.name': 'rustc',
    })
  })

  it('calls an event unhandled when one exception of its chain was', () => {
    const chain = [
      { type: 'A', mechanism: { type: 'chained', handled: true } },
      { type: 'B', mechanism: { type: 'onerror', handled: false } },
      { type: 'C', mechanism: { type: 'generic', handled: true } },
    ]
    const tags = new Map(normalize({ exception: chain }).tags)
    expect(tags.get('handled')).toBe('no')
    expect(new Map(normalize({ exception: chain.slice(2) }).tags).get('handled')).toBe('yes')
    expect(new Map(normalize({ exception: [{ type: 'A' }] }).tags).has('handled')).toBe(false)
  })

  it('keeps 200 of its own at most', () => {
    const tags = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, 'v']))
    expect(normalize({ tags }).tags.length).toBe(201)
  })
})

describe('the SDK', () => {
  it('is what the event says, else what its sender said', () => {
    const sdkFallback = { name: 'raven-go', version: '0.2' }
    expect(normalize({ sdk: { name: 'a', version: '1' } }, { sdkFallback }).sdk).toEqual({ name: 'a', version: '1' })
    expect(normalize({ sdk: { name: 'a' } }, { sdkFallback }).sdk).toEqual({ name: 'a', version: null })
    expect(normalize({ sdk: {} }, { sdkFallback }).sdk).toEqual(sdkFallback)
    expect(normalize({ sdk: [] }).sdk).toBeNull()
  })
})

describe('what the SDK found wrong', () => {
  it('is kept beside what we found', () => {
    const event = normalize({ level: 'x', errors: [{ type: 'js_no_source', name: 'a', value: 1, url: 'b' }, 7, null] })
    expect(event.errors).toEqual([
      { type: 'invalid_data', name: 'level', value: 'x' },
      { type: 'js_no_source', name: 'a', value: 1 },
    ])
  })
})

it('keeps nothing of attributes that it does not know, and says so, but of those that other servers add', () => {
  const event = normalize({ project: 1, key_id: 2, unheard_of: { a: 'secret' }, spans: [], nothing: null })
  expect(JSON.stringify(event)).not.toContain('secret')
  expect(event.errors).toEqual([{ type: 'invalid_attribute', name: 'unheard_of' }])
})

it('is a message when no exception has a type, else an error', () => {
  expect(normalize({ type: 'event' }).type).toBe('default')
  expect(normalize({ type: 'none', exception: [{ type: 'E' }] }).type).toBe('error')
  expect(normalize({ exception: { values: [{ value: 'low stock', mechanism: { synthetic: true } }] } }).type).toBe(
    'default',
  )
})
