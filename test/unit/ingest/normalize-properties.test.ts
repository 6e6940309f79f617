// Whatever comes: normalising, scrubbing and grouping never throw, and what they give back can be stored and is bounded.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../server/domain/event.ts'
import { readTime } from '../../support/describe-event.ts'
import { expectStorable, processEvent } from '../../support/process-event.ts'

/** When what is made here is received. */
const NOW = Date.parse('2026-11-22T22:00:00Z')

const NAMES = [
  ...['event_id', 'timestamp', 'level', 'platform', 'logger', 'transaction', 'culprit', 'server_name', 'release'],
  ...['dist', 'environment', 'message', 'logentry', 'exception', 'stacktrace', 'threads', 'breadcrumbs', 'user'],
  ...['request', 'contexts', 'tags', 'extra', 'modules', 'fingerprint', 'checksum', 'sdk', 'debug_meta', '_meta'],
  ...['errors', 'site', 'values', 'frames', 'type', 'value', 'mechanism', 'function', 'filename', 'abs_path', 'module'],
  ...['lineno', 'in_app', 'vars', 'pre_context', 'context_line', 'data', 'headers', 'cookies', 'url', 'query_string'],
  ...['env', 'params', 'formatted', 'ip_address', 'id', 'exception_id', 'parent_id', 'is_exception_group', 'meta'],
  ...['password', '__proto__', 'constructor', 'toString', 'trace', 'os', 'ns_error', 'sentry.interfaces.Http'],
]

const text = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('', 'error', 'javascript', 'python', 'java', 'cocoa', '{{ default }}', '{{auto}}'),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  // Lone surrogates and NUL.
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
      .map((codes) => String.fromCharCode(...codes)),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }).map((part) => `${part}=`.repeat(300)) },
)

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constant(null),
    text,
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('json'), { maxLength: 6 }),
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), text), tie('json')), { maxLength: 8 }).map(toObject),
  ),
}))

function toObject(pairs: [string, Json][]): JsonObject {
  const object = Object.create(null) as JsonObject
  for (const [key, value] of pairs) object[key] = value
  return object
}

const event = fc.array(fc.tuple(fc.constantFrom(...NAMES), json), { maxLength: 25 }).map(toObject)

describe('arbitrary JSON', () => {
  it('is taken as an event that can be stored', () => {
    fc.assert(
      fc.property(event, (raw) => {
        const bytes = Buffer.from(JSON.stringify(raw))
        expectStorable(processEvent(bytes), bytes.length)
      }),
      { numRuns: 400 },
    )
  })

  it('gets the same hash each time', () => {
    fc.assert(
      fc.property(event, (raw) => {
        const bytes = Buffer.from(JSON.stringify(raw))
        expect(processEvent(bytes).grouping).toEqual(processEvent(bytes).grouping)
      }),
      { numRuns: 100 },
    )
  })
})

const FOLDER = join(import.meta.dirname, '../../fixtures/requests')

/** The JSON objects with the most names of ours in recorded requests that are not compressed or in chunks. */
const recorded = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.http'))
  .map((name) => {
    const request = readFileSync(join(FOLDER, name))
    const lines = request
      .subarray(request.indexOf('\r\n\r\n') + 4)
      .toString('utf8')
      .split('\n')
    return { name, line: lines.find((line) => line.startsWith('{') && line.includes('"exception"')) }
  })
  .filter((found): found is { name: string; line: string } => found.line !== undefined && isJson(found.line))

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}

describe('recorded events', () => {
  it('are there', () => {
    expect(recorded.length).toBeGreaterThan(20)
  })

  it.each(recorded)('$name is normalised without a complaint but on its size', ({ line }) => {
    const sentAt = readTime((JSON.parse(line) as JsonObject).timestamp) ?? NOW
    const grouped = processEvent(Buffer.from(line), sentAt)
    expectStorable(grouped, line.length, sentAt)
    expect(grouped.errors.filter(({ type }) => type !== 'value_too_long')).toEqual([])
    expect(grouped.platform).not.toBe('other')
  })

  it('survive damage: any value replaced by any other', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...recorded),
        fc.nat(),
        fc.array(json, { minLength: 1, maxLength: 4 }),
        ({ line }, seed, values) => {
          let raw = JSON.parse(line) as Json
          for (const [i, value] of values.entries()) raw = damage(raw, seed + i * 7919, value)
          if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return
          const bytes = Buffer.from(JSON.stringify(raw))
          expectStorable(processEvent(bytes), bytes.length)
        },
      ),
      { numRuns: 300 },
    )
  })
})

/** Replaces the value that lies at the end of a path which `seed` chooses. */
function damage(root: Json, seed: number, value: Json): Json {
  let node = root
  for (let turn = seed; typeof node === 'object' && node !== null; turn = Math.floor(turn / 3) + 1) {
    const keys = Object.keys(node)
    const key = keys[turn % keys.length]
    if (key === undefined) break
    const holder = node as JsonObject
    const child = holder[key] as Json
    if (typeof child !== 'object' || child === null || turn % 5 === 0) {
      holder[key] = value
      break
    }
    node = child
  }
  return root
}
