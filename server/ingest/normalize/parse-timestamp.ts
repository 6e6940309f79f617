// Times as SDKs write them: seconds since the epoch, or RFC 3339 with any number of decimals, with a blank instead of the
// T, or without a zone (which then means UTC). `Date.parse` takes the last for local time, so this reads the digits itself.

import type { Raw } from './coerce.ts'

const DATE_CHARS_MAX = 64
/** Within the years 1 to 9999, which every reader of a date can read. */
const MS_MIN = Date.parse('0001-01-02T00:00:00Z')
const MS_MAX = Date.parse('9999-12-30T00:00:00Z')

/** @returns milliseconds since the epoch, or null when it is no time. */
export function parseTimestamp(value: Raw): number | null {
  if (typeof value === 'number') return toMs(value)
  if (typeof value !== 'string' || value.length > DATE_CHARS_MAX) return null
  const text = value.trim()
  if (text.charCodeAt(4) !== 0x2d) return text === '' ? null : toMs(Number(text))
  return parseRfc3339(text)
}

function toMs(seconds: number): number | null {
  const ms = Math.round(seconds * 1000)
  return ms >= MS_MIN && ms <= MS_MAX ? ms : null
}

function parseRfc3339(text: string): number | null {
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  if (year < 0 || text.charCodeAt(7) !== 0x2d || month < 1 || month > 12 || day < 1 || day > 31) return null
  if (text.length === 10) return Date.UTC(year, month - 1, day)
  const separator = text[10]
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  if (separator !== 'T' && separator !== ' ' && separator !== 't') return null
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || text[13] !== ':') return null
  let at = 16
  let second = 0
  let fractionMs = 0
  if (text[at] === ':') {
    second = digits(text, 17, 2)
    if (second < 0 || second > 60) return null
    at = 19
    if (text[at] === '.' || text[at] === ',') {
      let scale = 100
      for (at++; isDigit(text.charCodeAt(at)); at++) {
        fractionMs += (text.charCodeAt(at) - 0x30) * scale
        scale /= 10
      }
    }
  }
  const offsetMinutes = parseZone(text.slice(at).trim())
  if (offsetMinutes === null) return null
  // Rounded, as numbers are: Rust writes the start of a transaction as a number and its end as a text.
  return Date.UTC(year, month - 1, day, hour, minute, second, Math.round(fractionMs)) - offsetMinutes * 60_000
}

/** @returns minutes east of Greenwich. */
function parseZone(zone: string): number | null {
  if (zone === '' || zone === 'Z' || zone === 'z' || zone === 'UTC') return 0
  const sign = zone[0] === '+' ? 1 : zone[0] === '-' ? -1 : 0
  const hours = digits(zone, 1, 2)
  const minutes = zone.length === 3 ? 0 : digits(zone, zone[3] === ':' ? 4 : 3, 2)
  if (sign === 0 || hours < 0 || minutes < 0 || zone.length > 6) return null
  return sign * (hours * 60 + minutes)
}

/** @returns -1 where a digit is missing. */
function digits(text: string, from: number, count: number): number {
  let number = 0
  for (let i = from; i < from + count; i++) {
    const code = text.charCodeAt(i)
    if (!isDigit(code)) return -1
    number = number * 10 + code - 0x30
  }
  return number
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
