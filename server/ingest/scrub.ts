// Takes secrets out of an event before anybody stores or sees it. By name: what stands under `password`, `token`,
// `Authorization` and their like is replaced whole. By pattern: see scrub-text.ts. What is left alone, and where this
// differs from Sentry on purpose, is in README.md. Every change leaves a remark in `meta`, where Sentry keeps it.

import type { Json, JsonObject, NormalizedEvent, NormalizedRequest, Stacktrace } from '../domain/event.ts'
import { addRemarks } from './remarks.ts'
import { FILTERED } from './scrub-keys.ts'
import { DEFAULT_RULES, type ScrubRules } from './scrub-rules.ts'
import { FULL, listMarks, PAIRS, PROSE, scrubText } from './scrub-text.ts'

/** A card's number has 15 or 16 digits, also when it was sent as a number. */
const CARD_NUMBER_MIN = 3e14
/** Remarks on one text. */
const PARTS_MAX = 10

/** An event under work, and its project's rules. */
interface Scrub extends ScrubRules {
  event: NormalizedEvent
}

/** In place. @param isNew false for exceptions that were scrubbed before, by the same rules. */
export function scrubEvent(event: NormalizedEvent, rules: ScrubRules = DEFAULT_RULES, isNew = true): void {
  const { message, request } = event
  const scrub: Scrub = { event, ...rules }
  if (message !== null) {
    message.formatted = scrubValue(scrub, message.formatted, PROSE, 'logentry', 'formatted')
    if (message.template !== null) message.template = scrubText(message.template, PROSE, scrub)
    if (message.params !== null) message.params = scrubRoot(scrub, message.params, 'logentry', 'params')
  }
  if (isNew) scrubExceptions(scrub)
  if (event.stacktrace !== null) scrubStacktrace(scrub, event.stacktrace, [])
  for (let i = 0; i < event.threads.length; i++) {
    const stacktrace = event.threads[i]?.stacktrace ?? null
    if (stacktrace !== null) scrubStacktrace(scrub, stacktrace, ['threads', 'values', String(i)])
  }
  scrubBreadcrumbs(scrub)
  if (request !== null) scrubRequest(scrub, request)
  if (event.user?.data) scrubRoot(scrub, event.user.data, 'user', 'data')
  scrubContexts(scrub)
  scrubRoot(scrub, event.extra, 'extra')
  scrubPairs(scrub, event.tags, scrub.secretRule, 'tags')
  if (event.transaction !== null) event.transaction = scrubText(event.transaction, PAIRS, scrub)
}

function scrubExceptions(scrub: Scrub): void {
  const { event } = scrub
  for (let i = 0; i < event.exceptions.length; i++) {
    const exception = event.exceptions[i]
    if (exception === undefined) continue
    const path = ['exception', 'values', String(i)]
    if (exception.value !== null) exception.value = scrubValue(scrub, exception.value, PROSE, ...path, 'value')
    if (exception.mechanism?.data) scrubRoot(scrub, exception.mechanism.data, ...path, 'mechanism', 'data')
    if (exception.stacktrace !== null) scrubStacktrace(scrub, exception.stacktrace, path)
  }
}

function scrubStacktrace(scrub: Scrub, stacktrace: Stacktrace, path: string[]): void {
  const { frames } = stacktrace
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]
    if (frame === undefined) continue
    if (frame.contextLine !== null) frame.contextLine = scrubText(frame.contextLine, PROSE, scrub)
    scrubLines(scrub, frame.preContext)
    scrubLines(scrub, frame.postContext)
    if (frame.vars !== null) {
      const remarks = scrubObject(frame.vars, scrub)
      if (remarks !== null) remark(scrub.event, remarks, ...path, 'stacktrace', 'frames', String(i), 'vars')
    }
  }
}

/** Source code: nothing in it has a name that says what it is, but a key or a card's number may be written into it. */
function scrubLines(rules: ScrubRules, lines: string[]): void {
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string
    const scrubbed = scrubText(line, PROSE, rules)
    if (scrubbed !== line) lines[i] = scrubbed
  }
}

function scrubBreadcrumbs(scrub: Scrub): void {
  const { event } = scrub
  for (let i = 0; i < event.breadcrumbs.length; i++) {
    const crumb = event.breadcrumbs[i]
    if (crumb === undefined) continue
    if (crumb.message !== null) {
      const scrubbed = scrubText(crumb.message, FULL, scrub)
      if (scrubbed !== crumb.message) {
        remark(event, describeParts(), 'breadcrumbs', 'values', String(i), 'message')
        crumb.message = scrubbed
      }
    }
    if (crumb.data !== null) {
      const remarks = scrubObject(crumb.data, scrub)
      if (remarks !== null) remark(event, remarks, 'breadcrumbs', 'values', String(i), 'data')
    }
  }
}

function scrubRequest(scrub: Scrub, request: NormalizedRequest): void {
  if (request.url !== null) request.url = scrubValue(scrub, request.url, FULL, 'request', 'url')
  if (request.query !== null) request.query = scrubValue(scrub, request.query, FULL, 'request', 'query_string')
  if (request.fragment !== null) request.fragment = scrubValue(scrub, request.fragment, FULL, 'request', 'fragment')
  scrubPairs(scrub, request.headers, scrub.secretRule, 'request', 'headers')
  scrubPairs(scrub, request.cookies, scrub.cookieRule, 'request', 'cookies')
  if (request.data !== null) request.data = scrubRoot(scrub, request.data, 'request', 'data')
  if (request.env !== null) scrubRoot(scrub, request.env, 'request', 'env')
}

/** A context is always a map: one whose own name is secret loses all it holds. */
function scrubContexts(scrub: Scrub): void {
  const { event } = scrub
  const { contexts } = event
  for (const name in contexts) {
    const context = contexts[name] as JsonObject
    if (scrub.isSafe(name)) continue
    const rule = scrub.secretRule(name)
    if (rule !== null) {
      contexts[name] = { type: name }
      remark(event, { '': { rem: [[rule, 'x']] } }, 'contexts', name)
      continue
    }
    const remarks = scrubObject(context, scrub)
    if (remarks !== null) remark(event, remarks, 'contexts', name)
  }
}

/** These say what people search by, or, like a User-Agent, have numbers and slashes in plenty that are nobody's. */
const PUBLIC_NAMES = new Set(['level', 'logger', 'server_name', 'environment', 'release', 'dist', 'User-Agent'])

function scrubPairs(
  scrub: Scrub,
  pairs: [key: string, value: string][],
  ruleOf: (key: string) => string | null,
  ...path: string[]
): void {
  for (const pair of pairs) {
    const [key, value] = pair
    if (value === '' || PUBLIC_NAMES.has(key) || scrub.isSafe(key)) continue
    const rule = ruleOf(key)
    const scrubbed = rule === null ? scrubText(value, key === 'transaction' ? PAIRS : FULL, scrub) : FILTERED
    if (scrubbed === value) continue
    pair[1] = scrubbed
    remark(scrub.event, rule === null ? describeParts() : describeWhole(rule), ...path, key)
  }
}

function scrubValue(scrub: Scrub, value: string, mode: number, ...path: string[]): string {
  const scrubbed = scrubText(value, mode, scrub)
  if (scrubbed !== value) remark(scrub.event, describeParts(), ...path)
  return scrubbed
}

function scrubRoot<Value extends Json>(scrub: Scrub, value: Value, ...path: string[]): Value {
  if (typeof value === 'object' && value !== null) {
    const remarks = scrubNode(value, scrub)
    if (remarks !== null) remark(scrub.event, remarks, ...path)
    return value
  }
  const scrubbed = scrubScalar(value, scrub)
  if (scrubbed === value) return value
  remark(scrub.event, describeParts(), ...path)
  return scrubbed as Value
}

/** @returns the remarks for what was changed inside, keyed like the value; null when nothing was. */
function scrubNode(value: JsonObject | Json[], rules: ScrubRules): JsonObject | null {
  return Array.isArray(value) ? scrubArray(value, rules) : scrubObject(value, rules)
}

function scrubObject(object: JsonObject, rules: ScrubRules): JsonObject | null {
  let remarks: JsonObject | null = null
  for (const key in object) {
    const value = object[key] as Json
    let found: JsonObject | null = null
    if (value === null || value === '' || typeof value === 'boolean' || rules.isSafe(key)) continue
    const rule = rules.secretRule(key)
    if (rule !== null) {
      if (value === FILTERED) continue
      object[key] = FILTERED
      found = describeWhole(rule)
    } else if (typeof value === 'object') found = scrubNode(value, rules)
    else {
      const scrubbed = scrubScalar(value, rules)
      if (scrubbed !== value) {
        object[key] = scrubbed
        found = describeParts()
      }
    }
    if (found !== null) {
      remarks ??= {}
      remarks[key] = found
    }
  }
  return remarks
}

function scrubArray(array: Json[], rules: ScrubRules): JsonObject | null {
  let remarks: JsonObject | null = null
  // `[["password", "x"], ...]` is a map in another dress.
  const name = array.length === 2 && typeof array[0] === 'string' ? array[0] : null
  if (name !== null && rules.isSafe(name)) return null
  const rule = name === null ? null : rules.secretRule(name)
  if (rule !== null && typeof array[1] !== 'boolean' && array[1] !== null && array[1] !== '') {
    array[1] = FILTERED
    return { 1: describeWhole(rule) }
  }
  for (let i = 0; i < array.length; i++) {
    const value = array[i] as Json
    let found: JsonObject | null = null
    if (typeof value === 'object') {
      if (value !== null) found = scrubNode(value, rules)
    } else {
      const scrubbed = scrubScalar(value, rules)
      if (scrubbed !== value) {
        array[i] = scrubbed
        found = describeParts()
      }
    }
    if (found !== null) {
      remarks ??= {}
      remarks[i] = found
    }
  }
  return remarks
}

function scrubScalar(value: Json, rules: ScrubRules): Json {
  if (typeof value === 'string') return scrubText(value, FULL, rules)
  if (typeof value === 'number' && value >= CARD_NUMBER_MIN && Number.isSafeInteger(value)) {
    const text = String(value)
    const scrubbed = scrubText(text, PROSE, rules)
    return scrubbed === text ? value : scrubbed
  }
  return value
}

/** For a value that was replaced for its name. */
function describeWhole(rule: string): JsonObject {
  return { '': { rem: [[rule, 's', 0, FILTERED.length]] } }
}

/** Where in the text that was scrubbed last something was replaced. */
function describeParts(): JsonObject {
  const parts = listMarks().slice(0, PARTS_MAX)
  return { '': { rem: parts.map(({ at, rule }) => [rule, 's', at, at + FILTERED.length]) } }
}

/** Into `meta`, at a path. */
function remark(event: NormalizedEvent, remarks: JsonObject, ...path: string[]): void {
  addRemarks((event.meta ??= {}), path, remarks)
}
