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

  it('of a message comes from its thread', () => {
    expect(
      describeRaw({ platform: 'python', message: 'm', threads: [{ id: 1, stacktrace: { frames } }] }).culprit,
    ).toBe('shop.b in mine')
  })
})
