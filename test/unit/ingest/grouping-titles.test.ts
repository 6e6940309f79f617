// How an event is called: title, culprit, type and value.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../server/domain/event.ts'
import { groupEvent } from '../../../server/ingest/grouping/group-event.ts'
import { normalizeEvent } from '../../../server/ingest/normalize.ts'

function describeRaw(raw: JsonObject) {
  const { title, culprit, exceptionType, exceptionValue } = groupEvent(
    normalizeEvent(raw, {
      receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
      eventId: null,
      clockDriftMs: 0,
      clientIp: null,
      userAgent: null,
      sdkFallback: null,
    }),
  )
  return { title, culprit, exceptionType, exceptionValue }
}

describe('an error', () => {
  it('is called by the exception that was thrown last', () => {
    expect(
      describeRaw({
        exception: [
          { type: 'Cause', value: 'c' },
          { type: 'Thrown', value: 'x is undefined\nmore' },
        ],
      }),
    ).toEqual({
      title: 'Thrown: x is undefined',
      culprit: '',
      exceptionType: 'Thrown',
      exceptionValue: 'x is undefined\nmore',
    })
  })

  it('without a value is called by its type', () => {
    expect(describeRaw({ exception: [{ type: 'E' }] })).toMatchObject({
      title: 'E',
      exceptionType: 'E',
      exceptionValue: null,
    })
    expect(describeRaw({ exception: [{ type: 'E', value: ' \n ' }] }).title).toBe('E')
  })

  it('has a short title', () => {
    const { title, exceptionValue } = describeRaw({ exception: [{ type: 'T'.repeat(250), value: 'v'.repeat(5000) }] })
    expect(title).toBe(`${'T'.repeat(125)}...: ${'v'.repeat(97)}...`)
    expect(exceptionValue).toHaveLength(1024)
  })

  it('that is made up is called by its function, not by its type', () => {
    const exception = [
      {
        type: 'EXC_BAD_ACCESS',
        value: 'v',
        mechanism: { synthetic: true },
        stacktrace: { frames: [{ function: 'pay', in_app: true }] },
      },
    ]
    expect(describeRaw({ platform: 'cocoa', exception })).toMatchObject({
      title: 'pay',
      exceptionType: null,
      exceptionValue: 'v',
    })
  })
})

describe('an exception within one of a framework', () => {
  const chained = (id: number, more: JsonObject) => ({
    ...more,
    mechanism: { type: 'chained', source: 'cause', exception_id: id, parent_id: id - 1 },
  })
  const outermost = (type: string, more: JsonObject) => ({ ...more, mechanism: { type, exception_id: 0 } })
  const recovered =
    'There was an error while hydrating but React was able to recover by instead client rendering the entire root.'

  it('is what an error is called that React recovered from', () => {
    const inner = chained(1, { type: 'RangeError', value: 'no such page' })
    const title = (outer: JsonObject) => describeRaw({ exception: [inner, outermost('generic', outer)] }).title
    expect(title({ type: 'Error', value: recovered })).toBe('RangeError: no such page')
    expect(title({ type: 'Error', value: 'cart is broken' })).toBe('Error: cart is broken')
    expect(title({ type: 'RenderError', value: recovered })).toMatch(/^RenderError: There was/)
  })

  it('is what an exception is called that nobody took from RxJava', () => {
    const root = chained(2, { type: 'SocketException', value: 'closed' })
    const inner = chained(1, { type: 'SyncException', value: 'basket' })
    const module = 'io.reactivex.rxjava3.exceptions'
    const outer = { type: 'UndeliverableException', module, value: 'could not be delivered' }
    const title = (exception: JsonObject) =>
      describeRaw({ platform: 'java', exception: [root, inner, exception] }).title
    expect(title(outermost('UncaughtExceptionHandler', outer))).toBe('SyncException: basket')
    expect(title(outermost('generic', outer))).toBe('UndeliverableException: could not be delivered')
    expect(title(outermost('UncaughtExceptionHandler', { ...outer, module: 'shop.rx' }))).toMatch(/^UndeliverableExc/)
    const alone = [outermost('UncaughtExceptionHandler', outer)]
    expect(describeRaw({ platform: 'java', exception: alone }).title).toMatch(/^UndeliverableException/)
  })
})

describe('a message', () => {
  it('is called by its first line', () => {
    expect(describeRaw({ logentry: { message: '%s\nb', params: ['a'] } })).toEqual({
      title: 'a',
      culprit: '',
      exceptionType: null,
      exceptionValue: 'a\nb',
    })
    expect(describeRaw({ message: 'm'.repeat(300) }).title).toHaveLength(100)
  })

  it('with an exception without a type is called by its message', () => {
    const exception = [{ value: 'low', mechanism: { synthetic: true }, stacktrace: { frames: [{ function: 'f' }] } }]
    expect(describeRaw({ message: 'stock is low', exception }).title).toBe('stock is low')
    expect(describeRaw({ exception }).title).toBe('low')
  })

  it('that is not there has a name, too', () => {
    expect(describeRaw({})).toEqual({
      title: '<unlabeled event>',
      culprit: '',
      exceptionType: null,
      exceptionValue: null,
    })
    expect(describeRaw({ stacktrace: { frames: [{ function: 'f' }] } }).title).toBe('f')
  })
})

describe('the culprit', () => {
  const frames = [
    { function: 'outer', filename: 'a.py', module: 'shop.a', in_app: true },
    { function: 'mine', filename: 'b.py', module: 'shop.b', in_app: true },
    { function: 'lib', filename: 'c.py', module: 'lib.c', in_app: false },
  ]
  const exception = [{ type: 'E', stacktrace: { frames } }]

  it('is the transaction', () => {
    expect(describeRaw({ transaction: 'GET /pay', exception }).culprit).toBe('GET /pay')
    expect(describeRaw({ culprit: 'main.main', exception }).culprit).toBe('main.main')
  })

  it.each([
    ['python', 'shop.b in mine'],
    ['javascript', 'mine(shop.b)'],
    ['node', 'mine(shop.b)'],
    ['cocoa', 'mine'],
  ])("else the last of the program's own frames, in %s as %s", (platform, culprit) => {
    expect(describeRaw({ platform, exception }).culprit).toBe(culprit)
  })

  it('else the last frame, else the page', () => {
    expect(describeRaw({ exception: [{ type: 'E', stacktrace: { frames: [{ filename: 'x.py' }] } }] }).culprit).toBe(
      'x.py',
    )
    expect(describeRaw({ message: 'm', request: { url: 'http://a/b?c' } }).culprit).toBe('http://a/b')
  })

  it('is not made up for an exception that is', () => {
    const synthetic = [{ ...exception[0], mechanism: { type: 'generic', synthetic: true } }]
    const request = { url: 'http://a/b' }
    expect(describeRaw({ platform: 'python', request, exception: synthetic }).culprit).toBe('')
    expect(describeRaw({ platform: 'python', transaction: 'GET /pay', exception: synthetic }).culprit).toBe('GET /pay')
  })

  it('of a message comes from its thread', () => {
    expect(
      describeRaw({ platform: 'python', message: 'm', threads: [{ id: 1, stacktrace: { frames } }] }).culprit,
    ).toBe('shop.b in mine')
  })
})
