// Exceptions that come again are not gone through again. Whatever comes, and in whatever order, the event that is kept is the
// one that it would be without that memory.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../server/domain/event.ts'
import { readProjectSettings } from '../../../server/domain/project-settings.ts'
import { AppError } from '../../../server/errors.ts'
import { createExceptionMemory, type ExceptionMemory } from '../../../server/ingest/exception-memory.ts'
import { prepareEvent } from '../../../server/ingest/prepare-event.ts'
import { compileRules } from '../../../server/ingest/project-rules.ts'
import { damageValues } from '../../support/damage.ts'
import { fuzz } from '../../support/fuzz-times.ts'
import { generateFromSchema, type RootSchema } from '../../support/generate-from-schema.ts'
import { readRequest } from '../../support/read-request.ts'
import { listRecordings, readRecording } from '../../support/replay.ts'

const CONTEXT = {
  receivedAtMs: Date.parse('2026-11-22T22:00:00Z'),
  eventId: '0123456789abcdef0123456789abcdef',
  ...{ clockDriftMs: 0, clientIp: '198.51.100.7', userAgent: null, sdkFallback: null },
}
const RULES = compileRules(readProjectSettings({}))

/** @returns what is told to whoever sent it, for what is refused. */
function takeOrRefuse<Value>(take: () => Value): Value | { refusal: string } {
  try {
    return take()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { refusal: error.message }
  }
}

/** Everything that ingest takes from an event. */
function prepare(payload: Buffer, memory: ExceptionMemory | null, rules = RULES) {
  const prepared = takeOrRefuse(() => prepareEvent(1, payload, CONTEXT, rules, () => false, memory))
  if (prepared === null || !('toJson' in prepared)) return { prepared, isShared: false }
  const { toJson, ...columns } = prepared
  const { own, shared } = toJson()
  const event = JSON.parse(own + (shared?.toString() ?? '')) as JsonObject
  return { prepared: { columns, event }, isShared: shared !== null }
}

/** @returns of each payload, whether its exceptions were known. */
function expectSame(payloads: readonly Buffer[], memory = createExceptionMemory(), rules = RULES): boolean[] {
  return payloads.map((payload) => {
    const { prepared, isShared } = prepare(payload, memory, rules)
    expect(prepared).toEqual(prepare(payload, null, rules).prepared)
    return isShared
  })
}

const FRAMES = Array.from({ length: 12 }, (_, index) => ({
  ...{ filename: `/srv/app/step${index}.js`, function: `step${index}`, lineno: index, in_app: index > 5 },
  context_line: `  return step${index + 1}(order)`,
}))

function makeException(others: object = {}) {
  return { values: [{ type: 'TypeError', value: 'x is not a function', stacktrace: { frames: FRAMES }, ...others }] }
}

let count = 0
/** An event like its neighbours, and not the same. */
function makePayload(others: object = {}): Buffer {
  count += 1
  return Buffer.from(
    JSON.stringify({
      event_id: String(count).padStart(32, '0'),
      platform: 'node',
      user: { id: `user-${count}` },
      exception: makeException(),
      tags: { turn: String(count) },
      ...others,
    }),
  )
}

function fill(others: object = {}, memory = createExceptionMemory()): ExceptionMemory {
  expectSame([makePayload(others), makePayload(others), makePayload(others)], memory)
  return memory
}

describe('exceptions that come again', () => {
  it('are known from the third time on', () => {
    expect(expectSame([makePayload(), makePayload(), makePayload(), makePayload()])).toEqual([false, false, true, true])
  })

  it('are known with spaces in the JSON, as some SDKs write it', () => {
    const spaced = (): Buffer => Buffer.from(makePayload().toString().replace('"exception":', '"exception": '))
    expect(expectSame([spaced(), spaced(), spaced()])).toEqual([false, false, true])
  })

  it('are told from those that differ in one byte of their middle', () => {
    const memory = fill()
    const frames = FRAMES.with(6, { ...FRAMES[6]!, context_line: '  return step8(order)' })
    const other = { exception: makeException({ stacktrace: { frames } }) }
    expect(expectSame([makePayload(other), makePayload()], memory)).toEqual([false, true])
  })

  it.each<[string, object]>([
    ['another platform', { platform: 'python' }],
    ['a stack trace of its own', { stacktrace: { frames: [{ function: 'elsewhere', in_app: true }] } }],
    ['threads', { threads: { values: [{ id: 1, crashed: true, stacktrace: { frames: FRAMES } }] } }],
    ['a fingerprint', { fingerprint: ['{{ default }}', 'mine'] }],
    ['a checksum', { checksum: 'a'.repeat(32) }],
  ])('are gone through again in an event with %s', (_name, others) => {
    expect(expectSame([makePayload(others), makePayload()], fill())).toEqual([false, true])
  })

  it.each<[string, object]>([
    ['what was cut in them', { exception: makeException({ type: 'T'.repeat(1000) }) }],
    ['what was wrong in them', { exception: makeException({ mechanism: { type: 'x', handled: 'perhaps' } }) }],
    [
      'a secret in their variables',
      { exception: makeException({ stacktrace: { frames: [...FRAMES, { vars: { password: 'x' } }] } }) },
    ],
    ['remarks that the SDK made on them', { _meta: { exception: { values: { 0: { value: { '': { len: 9 } } } } } } }],
  ])('are never taken for known with %s', (_name, others) => {
    expect(expectSame([makePayload(others), makePayload(others), makePayload(others)])).toEqual([false, false, false])
  })

  it('are scrubbed by the rules of their own project', () => {
    const secret = {
      exception: makeException({ stacktrace: { frames: [...FRAMES, { vars: { colour: 'ultramarine' } }] } }),
    }
    const memory = fill(secret)
    const strict = compileRules(readProjectSettings({ scrubbing: { sensitiveFields: ['colour'] } }))
    const { prepared } = prepare(makePayload(secret), memory, strict)
    expect(JSON.stringify(prepared)).not.toContain('ultramarine')
    expectSame([makePayload(secret), makePayload(secret), makePayload(secret)], memory, strict)
  })

  it('hold no more room than they take', () => {
    const exception = { values: [{ type: 'TypeError', value: 'x'.repeat(500) }] }
    const prepared = prepareEvent(1, makePayload({ exception }), CONTEXT, RULES, () => false, fill({ exception }))
    const shared = prepared !== null && 'toJson' in prepared ? prepared.toJson().shared : null
    expect(shared?.buffer.byteLength).toBe(JSON.stringify(exception).length + (shared?.length ?? 0))
  })

  it('keep a page of their own where that is what one problem is', () => {
    const hydration = {
      platform: 'javascript',
      exception: makeException({
        type: 'Error',
        value: 'Hydration failed because the initial UI does not match what was rendered on the server.',
      }),
    }
    const pages = ['/', '/', '/', '/cart', '/cart'].map((transaction) => makePayload({ ...hydration, transaction }))
    expectSame([makePayload(hydration), makePayload(hydration), ...pages, makePayload(hydration)])
  })
})

describe('what only looks like the event’s exceptions', () => {
  const nested = (): Buffer =>
    makePayload({ exception: undefined, extra: { exception: makeException() }, message: 'nested' })

  it('is not taken for them, neither before they are known nor afterwards', () => {
    const mixed = [nested(), nested(), nested(), makePayload(), makePayload(), makePayload(), nested()]
    expect(expectSame(mixed)).toEqual([false, false, false, false, false, true, false])
  })

  it('does not bring in those of another event', () => {
    const both = (): Buffer => {
      const other = makeException({ type: 'Planted', value: 'by somebody else' })
      const text = JSON.stringify({ extra: { exception: makeException() }, exception: other })
      return Buffer.from(text)
    }
    const twice = (): Buffer =>
      Buffer.from(
        `{"exception":${JSON.stringify(makeException())},"exception":${JSON.stringify(makeException({ type: 'Planted' }))}}`,
      )
    const memory = createExceptionMemory()
    expectSame([both(), both(), both(), twice(), twice(), twice()], memory)
    expectSame([makePayload(), makePayload(), makePayload(), both(), twice()], memory)
  })

  it.each(['{"exception":', '{"exception":[[[', '{"exception":{"values":["', '{"exception":}'])(
    'is refused as ever: %s',
    (start) => {
      const payload = Buffer.from(start + ' '.repeat(600))
      expectSame([payload, payload, payload])
      expect(prepare(payload, createExceptionMemory()).prepared).toEqual({ refusal: 'The event is not valid JSON.' })
    },
  )
})

it('makes no difference to the recorded events of the SDKs', () => {
  const payloads = listRecordings().flatMap((name) => {
    const { items } = readRequest(readRecording(name))
    return items.filter(({ type }) => type === 'event').map(({ payload }) => payload)
  })
  expect(payloads.length).toBeGreaterThan(100)
  const known = expectSame([...payloads, ...payloads, ...payloads])
  expect(known.slice(-payloads.length).filter(Boolean).length).toBeGreaterThan(20)
})

it('makes no difference to events of every shape', { timeout: fuzz(40).timeoutMs }, () => {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../fixtures/relay-event-schema/event.schema.json'), 'utf8'),
  ) as RootSchema
  const memory = createExceptionMemory()
  fc.assert(
    fc.property(damageValues(generateFromSchema(schema)), (raw) => {
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return
      const padded = Buffer.from(JSON.stringify({ event_id: 'f'.repeat(32), ...raw, extra: { padding: 'x' } }))
      expectSame([padded, padded, padded], memory)
    }),
    fuzz(40),
  )
})
