// Parses an event's bytes once, and makes sure that nothing behind it meets what PostgreSQL cannot hold (NUL) or a browser
// cannot show (lone surrogates), nor a tree deep enough to overflow a stack. Everything after this may recurse.

import type { Json, JsonObject } from '../domain/event.ts'
import { AppError } from '../errors.ts'
import { findTextEnd, QUOTE, turnOf } from './json-bytes.ts'
import { quoteBigIntegers, replacePythonNumbers } from './repair-numbers.ts'

/** What Sentry's own ingest allows. */
const DEPTH_MAX = 128

/** @throws AppError INVALID with a sentence for whoever sent it. */
export function parseEventJson(bytes: Buffer): JsonObject {
  const text = bytes.toString('utf8')
  if (mayBeTooDeep(text) && isTooDeep(bytes)) {
    throw new AppError('INVALID', `The event is nested more than ${DEPTH_MAX} levels deep.`)
  }
  const parsed = parseLenient(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new AppError('INVALID', 'The event must be a JSON object.')
  }
  // Raw control characters and broken UTF-8 never come out of the decoder and the parser: only escapes can bring them in.
  if (text.includes('\\u') && (text.includes('\\u0000') || text.includes('\\ud') || text.includes('\\uD'))) {
    return cleanJson(parsed) as JsonObject
  }
  return parsed
}

/** Replaces NUL and lone surrogates by U+FFFD in every text and key, in place where it can. */
export function cleanJson(value: Json): Json {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = cleanJson(value[i] as Json)
    return value
  }
  for (const key of Object.keys(value)) {
    const child = cleanJson(value[key] as Json)
    const cleanKey = cleanText(key)
    if (cleanKey !== key) delete value[key]
    value[cleanKey] = child
  }
  return value
}

export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed()
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed
}

/** Few events have as many brackets at all. Measured: counting them takes a third of looking at every byte. */
function mayBeTooDeep(text: string): boolean {
  let brackets = 0
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) if (++brackets > DEPTH_MAX) return true
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) if (++brackets > DEPTH_MAX) return true
  return false
}

/** One pass over the bytes: cheaper than measuring the parsed tree, and done before the parser spends memory on it. */
function isTooDeep(bytes: Buffer): boolean {
  let depth = 0
  const end = bytes.length
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] as number
    if (byte === QUOTE) i = findTextEnd(bytes, i, end)
    else {
      depth += turnOf(byte)
      if (depth > DEPTH_MAX) return true
    }
  }
  return false
}

function parseLenient(text: string): Json {
  const source = quoteBigIntegers(text)
  try {
    return JSON.parse(source) as Json
  } catch (cause) {
    // Old Python clients write NaN and Infinity, which JSON does not have.
    const repaired = replacePythonNumbers(source)
    if (repaired !== null) {
      try {
        return JSON.parse(repaired) as Json
      } catch {
        // The first complaint is the one that tells where the sender went wrong.
      }
    }
    throw new AppError('INVALID', 'The event is not valid JSON.', { cause })
  }
}
