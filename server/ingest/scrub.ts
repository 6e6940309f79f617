// Takes secrets out of an event before anybody stores or sees it. By name: what stands under `password`, `token`,
// `Authorization` and their like is replaced whole. By pattern: see scrub-text.ts. What is left alone, and where this
// differs from Sentry on purpose, is in README.md. Every change leaves a remark in `meta`, where Sentry keeps it.

import type { Json, JsonObject, NormalizedEvent, NormalizedRequest, Stacktrace } from '../domain/event.ts'
import { addRemarks } from './remarks.ts'
import { FILTERED, isSecretCookie, isSecretKey } from './scrub-keys.ts'
import { FULL, lastRule, PAIRS, PROSE, scrubText } from './scrub-text.ts'

/** A card's number has 15 or 16 digits, also when it was sent as a number. */
const CARD_NUMBER_MIN = 3e14

/** In place. */
export function scrubEvent(event: NormalizedEvent): void {
  const { message, request } = event
  if (message !== null) {
    message.formatted = scrubValue(event, message.formatted, PROSE, 'logentry', 'formatted')
    if (message.template !== null) message.template = scrubText(message.template, PROSE)
    if (message.params !== null) message.params = scrubRoot(event, message.params, 'logentry', 'params')
  }
  for (let i = 0; i < event.exceptions.length; i++) {
    const exception = event.exceptions[i]
    if (exception === undefined) continue
    const path = ['exception', 'values', String(i)]
    if (exception.value !== null) exception.value = scrubValue(event, exception.value, PROSE, ...path, 'value')
    if (exception.mechanism?.data) scrubRoot(event, exception.mechanism.data, ...path, 'mechanism', 'data')
    if (exception.stacktrace !== null) scrubStacktrace(event, exception.stacktrace, path)
  }
  if (event.stacktrace !== null) scrubStacktrace(event, event.stacktrace, [])
  for (let i = 0; i < event.threads.length; i++) {
    const stacktrace = event.threads[i]?.stacktrace ?? null
    if (stacktrace !== null) scrubStacktrace(event, stacktrace, ['threads', 'values', String(i)])
  }
  scrubBreadcrumbs(event)
  if (request !== null) scrubRequest(event, request)
  if (event.user?.data) scrubRoot(event, event.user.data, 'user', 'data')
  scrubContexts(event)
  scrubRoot(event, event.extra, 'extra')
  scrubPairs(event, event.tags, isSecretKey, 'tags')
  if (event.transaction !== null) event.transaction = scrubText(event.transaction, PAIRS)
}

function scrubStacktrace(event: NormalizedEvent, stacktrace: Stacktrace, path: string[]): void {
  const { frames } = stacktrace
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]
    if (frame === undefined) continue
    if (frame.contextLine !== null) frame.contextLine = scrubText(frame.contextLine, PROSE)
    scrubLines(frame.preContext)
    scrubLines(frame.postContext)
    if (frame.vars !== null) {
      const remarks = scrubObject(frame.vars)
      if (remarks !== null) remark(event, remarks, ...path, 'stacktrace', 'frames', String(i), 'vars')
    }
  }
}

/** Source code: nothing in it has a name that says what it is, but a key or a card's number may be written into it. */
function scrubLines(lines: string[]): void {
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string
    const scrubbed = scrubText(line, PROSE)
    if (scrubbed !== line) lines[i] = scrubbed
  }
}

function scrubBreadcrumbs(event: NormalizedEvent): void {
  for (let i = 0; i < event.breadcrumbs.length; i++) {
    const crumb = event.breadcrumbs[i]
    if (crumb === undefined) continue
    if (crumb.message !== null) {
      const scrubbed = scrubText(crumb.message, FULL)
      if (scrubbed !== crumb.message) {
        remark(event, describe(scrubbed), 'breadcrumbs', 'values', String(i), 'message')
        crumb.message = scrubbed
      }
    }
    if (crumb.data !== null) {
      const remarks = scrubObject(crumb.data)
      if (remarks !== null) remark(event, remarks, 'breadcrumbs', 'values', String(i), 'data')
    }
  }
}

function scrubRequest(event: NormalizedEvent, request: NormalizedRequest): void {
  if (request.url !== null) request.url = scrubValue(event, request.url, FULL, 'request', 'url')
  if (request.query !== null) request.query = scrubValue(event, request.query, FULL, 'request', 'query_string')
  if (request.fragment !== null) request.fragment = scrubValue(event, request.fragment, FULL, 'request', 'fragment')
  scrubPairs(event, request.headers, isSecretKey, 'request', 'headers')
  scrubPairs(event, request.cookies, isSecretCookie, 'request', 'cookies')
  if (request.data !== null) request.data = scrubRoot(event, request.data, 'request', 'data')
  if (request.env !== null) scrubRoot(event, request.env, 'request', 'env')
}

/** A context is always a map: one whose own name is secret loses all it holds. */
function scrubContexts(event: NormalizedEvent): void {
  const { contexts } = event
  for (const name in contexts) {
    const context = contexts[name] as JsonObject
    if (isSecretKey(name)) {
      contexts[name] = { type: name }
      remark(event, { '': { rem: [['@password:filter', 'x']] } }, 'contexts', name)
      continue
    }
    const remarks = scrubObject(context)
    if (remarks !== null) remark(event, remarks, 'contexts', name)
  }
}

/** These say what people search by, or, like a User-Agent, have numbers and slashes in plenty that are nobody's. */
const PUBLIC_NAMES = new Set(['level', 'logger', 'server_name', 'environment', 'release', 'dist', 'User-Agent'])

function scrubPairs(
  event: NormalizedEvent,
  pairs: [key: string, value: string][],
  isSecret: (key: string) => boolean,
  ...path: string[]
): void {
  for (const pair of pairs) {
    const [key, value] = pair
    if (value === '' || PUBLIC_NAMES.has(key)) continue
    const isWhole = isSecret(key)
    const scrubbed = isWhole ? FILTERED : scrubText(value, key === 'transaction' ? PAIRS : FULL)
    if (scrubbed === value) continue
    pair[1] = scrubbed
    remark(event, isWhole ? describeWhole() : describe(scrubbed), ...path, key)
  }
}

function scrubValue(event: NormalizedEvent, value: string, mode: number, ...path: string[]): string {
  const scrubbed = scrubText(value, mode)
  if (scrubbed !== value) remark(event, describe(scrubbed), ...path)
  return scrubbed
}

function scrubRoot<Value extends Json>(event: NormalizedEvent, value: Value, ...path: string[]): Value {
  if (typeof value === 'object' && value !== null) {
    const remarks = scrubNode(value)
    if (remarks !== null) remark(event, remarks, ...path)
    return value
  }
  const scrubbed = scrubScalar(value)
  if (scrubbed === value) return value
  remark(event, describe(scrubbed as string), ...path)
  return scrubbed as Value
}

/** @returns the remarks for what was changed inside, keyed like the value; null when nothing was. */
function scrubNode(value: JsonObject | Json[]): JsonObject | null {
  return Array.isArray(value) ? scrubArray(value) : scrubObject(value)
}

function scrubObject(object: JsonObject): JsonObject | null {
  let remarks: JsonObject | null = null
  for (const key in object) {
    const value = object[key] as Json
    let found: JsonObject | null = null
    if (value === null || value === '' || typeof value === 'boolean') continue
    if (isSecretKey(key)) {
      if (value === FILTERED) continue
      object[key] = FILTERED
      found = describeWhole()
    } else if (typeof value === 'object') found = scrubNode(value)
    else {
      const scrubbed = scrubScalar(value)
      if (scrubbed !== value) {
        object[key] = scrubbed
        found = describe(scrubbed as string)
      }
    }
    if (found !== null) {
      remarks ??= {}
      remarks[key] = found
    }
  }
  return remarks
}

function scrubArray(array: Json[]): JsonObject | null {
  let remarks: JsonObject | null = null
  // `[["password", "x"], ...]` is a map in another dress.
  const isPair = array.length === 2 && typeof array[0] === 'string' && isSecretKey(array[0])
  if (isPair && typeof array[1] !== 'boolean' && array[1] !== null && array[1] !== '') {
    array[1] = FILTERED
    return { 1: describeWhole() }
  }
  for (let i = 0; i < array.length; i++) {
    const value = array[i] as Json
    let found: JsonObject | null = null
    if (typeof value === 'object') {
      if (value !== null) found = scrubNode(value)
    } else {
      const scrubbed = scrubScalar(value)
      if (scrubbed !== value) {
        array[i] = scrubbed
        found = describe(scrubbed as string)
      }
    }
    if (found !== null) {
      remarks ??= {}
      remarks[i] = found
    }
  }
  return remarks
}

function scrubScalar(value: Json): Json {
  if (typeof value === 'string') return scrubText(value, FULL)
  if (typeof value === 'number' && value >= CARD_NUMBER_MIN && Number.isSafeInteger(value)) {
    const text = String(value)
    const scrubbed = scrubText(text, PROSE)
    return scrubbed === text ? value : scrubbed
  }
  return value
}

/** For a value that was replaced for its name. */
function describeWhole(): JsonObject {
  return { '': { rem: [['@password:filter', 's', 0, FILTERED.length]] } }
}

/** Where in the text something was replaced. */
function describe(scrubbed: string): JsonObject {
  const remarks: Json[] = []
  const rule = lastRule()
  for (let at = scrubbed.indexOf(FILTERED); at >= 0 && remarks.length < 10; at = scrubbed.indexOf(FILTERED, at + 1)) {
    remarks.push([rule, 's', at, at + FILTERED.length])
  }
  return { '': { rem: remarks } }
}

/** Into `meta`, at a path. */
function remark(event: NormalizedEvent, remarks: JsonObject, ...path: string[]): void {
  addRemarks((event.meta ??= {}), path, remarks)
}
