// What real SDKs send and other servers broke on. Each test is named after the quirk.

import { expect, it } from 'vitest'
import type { JsonObject, NormalizedEvent } from '../../../server/domain/event.ts'
import { normalizeEvent } from '../../../server/ingest/normalize.ts'
import { parseEventJson } from '../../../server/ingest/parse-json.ts'

function normalize(raw: JsonObject): NormalizedEvent {
  return normalizeEvent(parseEventJson(Buffer.from(JSON.stringify(raw))), {
    receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
    eventId: null,
    clockDriftMs: 0,
    clientIp: null,
    userAgent: null,
    sdkFallback: null,
  })
}

it('PHP sends every header as a list', () => {
  const event = normalize({ request: { headers: { Host: ['shop.example.com'], Accept: ['a', 'b'], '7': ['x'] } } })
  expect(event.request?.headers).toEqual([
    ['7', 'x'],
    ['Accept', 'a,b'],
    ['Host', 'shop.example.com'],
  ])
})

it('Go sends bare lists for exceptions, threads and breadcrumbs, with nulls in them', () => {
  const event = normalize({
    exception: [null, { type: 'E' }],
    threads: [null, { id: 1 }],
    breadcrumbs: [null, { message: 'b' }],
  })
  expect([event.exceptions.length, event.threads.length, event.breadcrumbs.length]).toEqual([1, 1, 1])
  expect(event.errors).toEqual([])
})

it('raven sends one object where a list belongs', () => {
  const event = normalize({ exception: { type: 'E', value: 'v', stacktrace: { frames: [{ function: 'f' }] } } })
  expect(event.exceptions).toMatchObject([{ type: 'E', value: 'v', stacktrace: { frames: [{ function: 'f' }] } }])
})

it('PHP sends an empty map as a list', () => {
  const event = normalize({
    extra: [],
    tags: [],
    contexts: [],
    modules: [],
    user: [],
    request: { env: [], cookies: [], headers: [], url: 'http://a/' },
    exception: { values: [{ type: 'E', stacktrace: { frames: [{ function: 'f', vars: [], data: [] }] } }] },
  })
  expect(event.errors).toEqual([])
  expect(event).toMatchObject({
    extra: {},
    contexts: {},
    modules: {},
    user: null,
    request: { url: 'http://a/', env: null },
  })
})

it('releases and environments come as numbers', () => {
  expect(normalize({ release: 20261122, dist: 7, environment: 3 })).toMatchObject({
    release: '20261122',
    dist: '7',
    environment: '3',
    errors: [],
  })
})

it('the SDK is missing, or its packages are a map', () => {
  expect(normalize({}).sdk).toBeNull()
  expect(normalize({ sdk: { name: 'a', version: '1', packages: { b: '2' } } }).sdk).toEqual({ name: 'a', version: '1' })
})

it('a fingerprint has numbers, booleans and nulls in it, or is a text', () => {
  expect(normalize({ fingerprint: [1, true, null, 'x'] }).fingerprint).toEqual(['1', 'True', 'x'])
  expect(normalize({ fingerprint: 'x' }).fingerprint).toEqual(['x'])
})

it('in_app is null, lineno a text, variables a list, context lines null', () => {
  const frame = { function: 'f', in_app: null, lineno: '7', vars: ['a', 'b'], pre_context: [null], post_context: null }
  const event = normalize({ exception: [{ type: 'E', stacktrace: { frames: [frame] } }] })
  expect(event.exceptions[0]?.stacktrace?.frames[0]).toMatchObject({
    inApp: false,
    lineno: 7,
    vars: { 0: 'a', 1: 'b' },
    preContext: [''],
    postContext: [],
  })
  expect(event.errors).toEqual([])
})

it('the data of a breadcrumb is a list or a text', () => {
  const event = normalize({ breadcrumbs: [{ data: [1] }, { data: 'x' }, { data: [] }, { data: {} }] })
  expect(event.breadcrumbs.map(({ data }) => data)).toEqual([{ value: [1] }, { value: 'x' }, null, null])
})

it('the parameters of a message are a map, a list or a single value', () => {
  for (const params of [{ a: 1 }, [1], 'x', 7]) {
    expect(normalize({ logentry: { message: 'm', params } }).message?.params).toEqual(params)
  }
})

it('a context is a text', () => {
  expect(normalize({ contexts: { a: 'x', b: { c: 1 } } }).contexts).toEqual({ b: { c: 1, type: 'b' } })
})

it('users are empty, or full of nulls', () => {
  expect(normalize({ user: {} }).user).toBeNull()
  expect(normalize({ user: { id: null, email: null, segment: null, data: {} } }).user).toBeNull()
})

it('JavaScript 11 sends a message with an exception without a type: it is a message', () => {
  const event = normalize({
    message: 'stock is low',
    exception: {
      values: [{ value: 'stock is low', stacktrace: { frames: [{ function: 'f' }] }, mechanism: { synthetic: true } }],
    },
  })
  expect(event.type).toBe('default')
  expect(event.message?.formatted).toBe('stock is low')
  expect(event.exceptions[0]?.stacktrace?.frames).toHaveLength(1)
})

it('Rust, Python and Ruby send the stack of a message in threads', () => {
  const threads = { values: [{ current: true, stacktrace: { frames: [{ function: 'f' }] } }] }
  expect(normalize({ logentry: { message: 'm' }, threads }).threads[0]?.stacktrace?.frames).toHaveLength(1)
})

it('hundreds of exceptions with thousands of frames come in one event', () => {
  const frames = Array.from({ length: 1000 }, (_, i) => ({ function: `f${i}`, lineno: i }))
  const event = normalize({
    exception: Array.from({ length: 60 }, (_, i) => ({ type: `E${i}`, stacktrace: { frames } })),
  })
  expect(event.exceptions).toHaveLength(50)
  expect(event.exceptions.every(({ stacktrace }) => stacktrace?.frames.length === 250)).toBe(true)
  expect(event.errors.length).toBeLessThanOrEqual(50)
})
