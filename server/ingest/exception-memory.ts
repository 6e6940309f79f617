// Remembers the exceptions of events that come again. In a storm of errors nearly all events are of the same few, and the
// exceptions are most of an event's bytes: those that were gone through before, byte for byte the same, are not parsed,
// normalised, scrubbed, grouped and written as JSON once more. What differs from event to event (its id, time, user, tags,
// request) is, every time. Why so: docs/decisions/022.

import { randomUUID } from 'node:crypto'
import { writeProblemJson } from '../domain/event-json.ts'
import type { EventException, GroupedEvent, JsonObject } from '../domain/event.ts'
import { findBuiltInFingerprint } from './grouping/expand-fingerprint.ts'
import type { FoundGroup } from './grouping/group-event.ts'
import { findTextEnd, QUOTE, turnOf } from './json-bytes.ts'
import { parseEventJson } from './parse-json.ts'
import { createRecentMap } from './recent-map.ts'
import type { ScrubRules } from './scrub-rules.ts'

/** Exceptions as they are kept, with what was made of them. All of it is shared by events: nobody may change it. */
export interface KnownExceptions {
  exceptions: EventException[]
  group: FoundGroup
  /** Both of them, as an event keeps them: what `writeProblemJson` made, as bytes. */
  json: Buffer
}

/** Where in a payload the exceptions' JSON stands. */
interface Place {
  start: number
  end: number
  /** Of the same exceptions under the same rules the same; of others nearly always another. */
  key: string
}

interface Entry extends KnownExceptions {
  bytes: Buffer
  platform: unknown
}

/** What the memory says of one event. */
export interface Recollection {
  /** What to parse: with a mark in the place of the exceptions where they seem to be known, else the payload as it came. */
  payload: Buffer
  /** @returns null where they are not known after all; then the payload as it came is to be gone through. */
  confirm(raw: JsonObject): KnownExceptions | null
  /** To be told what was made of an event whose exceptions were not known. @param raw its payload, parsed. */
  note(raw: JsonObject, event: GroupedEvent, group: FoundGroup): void
}

export interface ExceptionMemory {
  /** @param scrubbing the rules by which the event is scrubbed. @returns null for an event that it has no use for. */
  recall(payload: Buffer, scrubbing: ScrubRules | null): Recollection | null
}

const NAME = Buffer.from('"exception":')
/** Shorter ones cost less than to remember them. */
const BYTES_MIN = 512
const BYTES_MAX = 64 * 1024
/** As JSON; the objects beside it take about twice as much, six times where they are many and empty. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024
const SEEN_MAX = 4_000
const KEY_HEAD_BYTES = 64
const KEY_TAIL_BYTES = 192

const SPACE = 0x20
const BRACE = 0x7b
const BRACKET = 0x5b

export function createExceptionMemory(): ExceptionMemory {
  // A text that no client can guess, so that none can pass something else for exceptions that are known.
  const mark = randomUUID()
  const markBytes = Buffer.from(JSON.stringify(mark))
  const entries = createRecentMap<Entry>(KEPT_BYTES_MAX, ({ bytes, json }) => bytes.length + json.length)
  /** Keys that came once: what never comes again is not kept. */
  const seen = createRecentMap<true>(SEEN_MAX)
  const numbersOfRules = new WeakMap<ScrubRules, number>()
  let rulesMade = 0

  function numberOf(rules: ScrubRules | null): number {
    if (rules === null) return 0
    let number = numbersOfRules.get(rules)
    if (number === undefined) numbersOfRules.set(rules, (number = rulesMade += 1))
    return number
  }

  function find({ key, start, end }: Place, payload: Buffer): Entry | null {
    const entry = entries.get(key)
    if (entry === undefined || entry.bytes.length !== end - start) return null
    return entry.bytes.compare(payload, start, end) === 0 ? entry : null
  }

  /** What comes for the first time is only marked: most of that never comes again. */
  function keep(payload: Buffer, place: Place, made: Omit<Entry, 'bytes' | 'json'>): void {
    const { key, start, end } = place
    // Of two that take turns under one key, the first stays: to replace it each time would cost more than it saves.
    if (entries.get(key) !== undefined) return
    if (seen.get(key) === undefined) return seen.set(key, true)
    // What was found may be somebody's `exception` deep inside of the event, and no more than look like its own.
    if (parseEventJson(replace(payload, place, markBytes))['exception'] !== mark) return
    const { exceptions, group } = made
    const json = Buffer.from(writeProblemJson({ exceptions, grouping: group.grouping }))
    entries.set(key, { ...made, ...keepAlone(payload.subarray(start, end), json) })
  }

  return {
    recall(payload, scrubbing) {
      const place = locate(payload, numberOf(scrubbing))
      if (place === null) return null
      const entry = find(place, payload)
      return {
        payload: entry === null ? payload : replace(payload, place, markBytes),
        confirm: (raw) => (entry !== null && isSame(raw, entry) ? entry : null),
        note(raw, event, group) {
          const { platform } = raw
          if (isPlain(raw) && dependsOnExceptions(event)) {
            keep(payload, place, { exceptions: event.exceptions, group, platform })
          }
        },
      }
    },
  }

  function isSame(raw: JsonObject, { platform }: Entry): boolean {
    return raw['exception'] === mark && raw['platform'] === platform && isPlain(raw)
  }
}

function replace(payload: Buffer, { start, end }: Place, by: Buffer): Buffer {
  return Buffer.concat([payload.subarray(0, start), by, payload.subarray(end)])
}

/** Node's small buffers are parts of pieces of 64 KiB: one that is kept would hold a whole piece. */
function keepAlone(bytes: Buffer, json: Buffer): Pick<Entry, 'bytes' | 'json'> {
  const room = Buffer.allocUnsafeSlow(bytes.length + json.length)
  bytes.copy(room)
  json.copy(room, bytes.length)
  return { bytes: room.subarray(0, bytes.length), json: room.subarray(bytes.length) }
}

/** What has a say in what the exceptions become, and in how the event is grouped. Few events have any. */
const OTHERS = ['stacktrace', 'sentry.interfaces.Stacktrace', 'threads', 'fingerprint', 'checksum']

function isPlain(raw: JsonObject): boolean {
  for (const name of OTHERS) if (raw[name] !== undefined && raw[name] !== null) return false
  return true
}

/** Of so many, some may not have been noted. */
const ERRORS_MAX = 20

/** Whether the exceptions alone made what was made of them, and no note on them stands elsewhere in the event. */
function dependsOnExceptions(event: GroupedEvent): boolean {
  const { exceptions, grouping, errors, meta, platform } = event
  if (!grouping.strategy.startsWith('exceptions') || meta?.['exception'] !== undefined) return false
  if (errors.length > ERRORS_MAX || errors.some(({ name }) => name?.startsWith('exception') !== false)) return false
  // How Python's chains are read goes by the SDK's version; some of the web's errors are one problem for each page.
  if (platform === 'python' && exceptions.length > 1) return false
  return findBuiltInFingerprint({ ...event, transaction: '' }) === null
}

/** Of the first attribute of that name, wherever it is: that it is the event's own is seen when the event is parsed. */
function locate(payload: Buffer, rules: number): Place | null {
  const at = payload.indexOf(NAME)
  if (at < 0) return null
  let start = at + NAME.length
  while (payload[start] === SPACE) start += 1
  const end = findEnd(payload, start, Math.min(payload.length, start + BYTES_MAX))
  if (end - start < BYTES_MIN) return null
  const head = payload.toString('latin1', start, start + KEY_HEAD_BYTES)
  return { start, end, key: `${rules} ${end - start} ${head}${payload.toString('latin1', end - KEY_TAIL_BYTES, end)}` }
}

/** @returns the index after the value that begins at `start`; `start` where none ends before `limit`. */
function findEnd(payload: Buffer, start: number, limit: number): number {
  if (payload[start] !== BRACE && payload[start] !== BRACKET) return start
  let depth = 0
  for (let i = start; i < limit; i++) {
    const byte = payload[i] as number
    if (byte === QUOTE) i = findTextEnd(payload, i, limit)
    else {
      depth += turnOf(byte)
      if (depth === 0) return i + 1
    }
  }
  return start
}
