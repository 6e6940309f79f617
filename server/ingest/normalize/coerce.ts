// From whatever an SDK sent to the type a field has. Every function accepts anything, never throws, and notes what it had
// to drop. The rules are those of Sentry's ingest: `LenientString`, `JsonLenientString`, `Values<T>`, `PairList`.

import type { Json, JsonObject } from '../../domain/event.ts'
import { describeCut } from '../remarks.ts'
import type { ProblemLog } from './problem-log.ts'

export type Raw = Json | undefined

export function isObject(value: Raw): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Cuts to `charsMax` including the three dots, never inside a surrogate pair. */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  let end = charsMax - 3
  const last = text.charCodeAt(end - 1)
  if (last >= 0xd800 && last <= 0xdbff) end--
  return `${text.slice(0, end)}...`
}

/**
 * A short text. Numbers and booleans become what Python would print, since that is what Sentry stores; empty is null.
 * @param charsOver how far a text may exceed `charsMax` before it is cut.
 */
export function toText(log: ProblemLog, value: Raw, name: string, charsMax: number, charsOver = 0): string | null {
  if (typeof value === 'string') {
    if (value.length <= charsMax + charsOver) return value === '' ? null : value
    const cut = cutText(value, charsMax)
    log.tooLong(name, describeCut(value.length, cut))
    return cut
  }
  if (value === undefined || value === null) return null
  const text = toScalarText(value)
  if (text === null) log.invalid(name, value)
  return text
}

/** Like `toText`, without white space around it. */
export function toTrimmedText(log: ProblemLog, value: Raw, name: string, charsMax: number): string | null {
  const text = toText(log, typeof value === 'string' ? value.trim() : value, name, charsMax)
  return text
}

/** A text for which anything else is written as JSON: messages and exception values. */
export function toJsonText(log: ProblemLog, value: Raw, name: string, charsMax: number, charsOver = 0): string | null {
  if (value === undefined || value === null) return null
  return toText(log, typeof value === 'string' ? value : JSON.stringify(value), name, charsMax, charsOver)
}

/** @returns null for containers and null. */
export function toScalarText(value: Raw): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number' && Number.isFinite(value)) return formatWhole(value)
  return null
}

/** JavaScript prints large numbers with an exponent, no other language does. */
function formatWhole(value: number): string {
  const whole = Math.trunc(value)
  if (whole === 0) return '0'
  return Math.abs(whole) < 1e21 ? String(whole) : BigInt(whole).toString()
}

/** As far as GraphQL counts, and further than any file has lines. */
const INT_MAX = 2 ** 31 - 1

/** A whole number above zero, also as decimal text. Lines, columns. */
export function toPositive(log: ProblemLog, value: Raw, name: string): number | null {
  if (value === undefined || value === null) return null
  const number = typeof value === 'string' && value.length <= 20 ? Number(value) : value
  if (typeof number === 'number' && number <= INT_MAX) return number >= 1 ? Math.trunc(number) : null
  log.invalid(name, value)
  return null
}

/** A whole number of any sign. */
export function toInteger(log: ProblemLog, value: Raw, name: string): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value)
  log.invalid(name, value)
  return null
}

export function toBoolean(log: ProblemLog, value: Raw, name: string): boolean | null {
  if (value === true || value === false) return value
  if (value === undefined || value === null) return null
  if (value === 0 || value === 1) return value === 1
  log.invalid(name, value)
  return null
}

/** A map; PHP writes an empty one as `[]`. */
export function toMap(log: ProblemLog, value: Raw, name: string): JsonObject | null {
  if (isObject(value)) return value
  if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)) log.invalid(name, value)
  return null
}

/** `[T]`, `{ values: [T] }`, a single T, or nothing. Elements that are no objects are left out. */
export function toValues(log: ProblemLog, value: Raw, name: string): JsonObject[] {
  if (value === undefined || value === null) return []
  const list = Array.isArray(value) ? value : isObject(value) ? listOf(log, value, name) : null
  if (list === null) {
    log.invalid(name, value)
    return []
  }
  const objects: JsonObject[] = []
  for (const [index, element] of list.entries()) {
    if (isObject(element)) objects.push(element)
    else if (element !== null) log.invalid(`${name}.values.${index}`, element)
  }
  return objects
}

function listOf(log: ProblemLog, value: JsonObject, name: string): Json[] {
  if ('values' in value) {
    const values = value.values
    if (Array.isArray(values)) return values
    if (isObject(values)) return [values]
    if (values !== null) log.invalid(name, values)
    return []
  }
  for (const _key in value) return [value]
  return []
}

/** A map, or a list of pairs, as pairs whose values are not looked at yet. */
export function toPairs(log: ProblemLog, value: Raw, name: string, pairsMax: number): [key: string, value: Json][] {
  const pairs: [string, Json][] = []
  if (value === undefined || value === null) return pairs
  if (Array.isArray(value)) {
    for (const element of value) {
      if (pairs.length >= pairsMax) break
      if (element === null) continue
      const key = Array.isArray(element) ? toScalarText(element[0]) : null
      if (key === null || !Array.isArray(element)) log.invalid(name, element)
      else pairs.push([key, element[1] ?? null])
    }
  } else if (isObject(value)) {
    for (const key in value) {
      if (pairs.length >= pairsMax) break
      pairs.push([key, value[key] as Json])
    }
  } else log.invalid(name, value)
  return pairs
}
