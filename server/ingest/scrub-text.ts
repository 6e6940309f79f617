// Secrets inside of texts: payment cards, US social security numbers, bearer tokens, PEM keys, passwords in URLs, names in
// home directories, and `secret=value`. Nearly every text has none, so one pass over its characters decides which patterns
// can match at all; only those run. Nothing here takes more than linear time.

import { isSecretKey } from './scrub-keys.ts'

export const FILTERED = '[Filtered]'

/** What beside the patterns that are secret anywhere is looked for. */
export const PROSE = 0
export const PAIRS = 1
export const PATHS = 2
export const FULL = PAIRS | PATHS

/** The shortest that can match is `k/home/x`. */
const CHARS_MIN = 7

const DIGIT = 1
const SLASH = 2
const BACKSLASH = 4
const AT = 8
const EQUALS = 16
const DASH = 32
const B = 64

const KIND = new Uint8Array(128)
for (const [chars, kind] of [
  ['0123456789', DIGIT],
  ['/', SLASH],
  ['\\', BACKSLASH],
  ['@', AT],
  ['=', EQUALS],
  ['-', DASH],
  ['bB', B],
] as const) {
  for (const char of chars) KIND[char.charCodeAt(0)] = kind
}

const CARD = /\b(?:3[47]\d|4\d{3}|5[1-5]\d\d|65\d\d|6011)(?:[-\s]?\d){12}\b/g
const SOCIAL_SECURITY = /\b\d{3}-\d{2}-\d{4}\b/g
const BEARER = /\bbearer[ \t]{1,10}[^\s"',;)\]}]{1,4096}/gi

/** Which rule the last text that changed was changed by, for its remark. */
let ruleApplied = ''

export function lastRule(): string {
  return ruleApplied
}

/** @returns the same string when there was nothing to hide. */
export function scrubText(text: string, mode: number): string {
  const length = text.length
  if (length < CHARS_MIN) return text
  let kinds = 0
  let digits = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 128) continue
    const kind = KIND[code] as number
    kinds |= kind
    digits += kind & DIGIT
  }
  if (kinds === 0 || (kinds === DIGIT && digits < 9)) return text
  let scrubbed = text
  if (digits >= 9) {
    if (digits >= 15) scrubbed = apply(scrubbed, scrubbed.replace(CARD, FILTERED), '@creditcard:filter')
    if (kinds & DASH) scrubbed = apply(scrubbed, scrubbed.replace(SOCIAL_SECURITY, FILTERED), '@usssn:filter')
  }
  if (kinds & B && length >= 12) scrubbed = apply(scrubbed, scrubBearer(scrubbed), '@bearer:filter')
  if (kinds & DASH && length > 40) scrubbed = apply(scrubbed, scrubPemKeys(scrubbed), '@pemkey:filter')
  if (kinds & SLASH && kinds & AT) scrubbed = apply(scrubbed, scrubUrlLogins(scrubbed), '@urlauth:filter')
  if (kinds & EQUALS && mode & PAIRS) scrubbed = apply(scrubbed, scrubPairs(scrubbed), '@password:filter')
  if (kinds & (SLASH | BACKSLASH) && mode & PATHS) scrubbed = apply(scrubbed, scrubHomes(scrubbed), '@userpath:filter')
  return scrubbed
}

function apply(before: string, after: string, rule: string): string {
  if (after !== before) ruleApplied = rule
  return after
}

function scrubBearer(text: string): string {
  return text.includes('earer') || text.includes('EARER') ? text.replace(BEARER, FILTERED) : text
}

/** What stands between the BEGIN and END lines of a key; without an END line, all the rest. */
function scrubPemKeys(text: string): string {
  let at = text.indexOf('-----BEGIN ')
  if (at < 0) return text
  let scrubbed = ''
  let from = 0
  while (at >= 0) {
    const labelEnd = text.indexOf('-----', at + 11)
    if (labelEnd < 0) break
    const isKey = text.slice(Math.max(at, labelEnd - 4), labelEnd) === ' KEY' && labelEnd - at < 64
    const bodyStart = labelEnd + 5
    let bodyEnd = bodyStart
    if (isKey) {
      const end = text.indexOf('-----END ', bodyStart)
      bodyEnd = end < 0 ? text.length : end
      if (bodyEnd > bodyStart) {
        scrubbed += `${text.slice(from, bodyStart)}\n${FILTERED}${end < 0 ? '' : '\n'}`
        from = bodyEnd
      }
    }
    at = text.indexOf('-----BEGIN ', bodyEnd)
  }
  return from === 0 ? text : scrubbed + text.slice(from)
}

/** `//user:password@host` */
function scrubUrlLogins(text: string): string {
  let at = text.indexOf('//')
  let scrubbed = ''
  let from = 0
  while (at >= 0) {
    const start = at + 2
    let end = start
    while (end < text.length && isLoginChar(text.charCodeAt(end))) end++
    if (end > start && text.charCodeAt(end) === 0x40) {
      scrubbed += text.slice(from, start) + FILTERED
      from = end
    }
    at = text.indexOf('//', end)
  }
  return from === 0 ? text : scrubbed + text.slice(from)
}

/** Anything but what ends the login part of a URL: `/`, `?`, `#`, `@`, white space, quotes, brackets. */
function isLoginChar(code: number): boolean {
  if (code <= 0x20) return false
  switch (code) {
    case 0x22: // "
    case 0x23: // #
    case 0x27: // '
    case 0x2f: // /
    case 0x3c: // <
    case 0x3e: // >
    case 0x3f: // ?
    case 0x40: // @
    case 0x5b: // [
    case 0x5d: // ]
    case 0x60: // `
      return false
  }
  return true
}

/** `?token=x`, `&api_key=x`, `--password=x`, `Password=x;` */
function scrubPairs(text: string): string {
  let at = text.indexOf('=')
  let scrubbed = ''
  let from = 0
  while (at >= 0) {
    let keyStart = at
    while (keyStart > from && at - keyStart < 64 && isKeyChar(text.charCodeAt(keyStart - 1))) keyStart--
    let valueEnd = at + 1
    if (keyStart < at && isSecretKey(text.slice(keyStart, at))) {
      valueEnd = findValueEnd(text, at + 1)
      if (valueEnd > at + 1 && text.slice(at + 1, valueEnd) !== FILTERED) {
        scrubbed += text.slice(from, at + 1) + FILTERED
        from = valueEnd
      }
    }
    at = text.indexOf('=', Math.max(valueEnd, at + 1))
  }
  return from === 0 ? text : scrubbed + text.slice(from)
}

function isKeyChar(code: number): boolean {
  const isWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)
  return isWord || code === 0x5f || code === 0x2d || code === 0x2e || code === 0x5b || code === 0x5d
}

/** Up to what separates pairs; a quoted value up to its quote. */
function findValueEnd(text: string, start: number): number {
  const quote = text[start]
  if (quote === '"' || quote === "'") {
    const close = text.indexOf(quote, start + 1)
    return close < 0 ? text.length : close + 1
  }
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // White space, quotes, `&`, `#`, `)`, `,`, `;`, `}`
    if (code <= 0x20 || code === 0x26 || code === 0x23 || code === 0x3b || code === 0x2c) return i
    if (code === 0x22 || code === 0x27 || code === 0x29 || code === 0x7d) return i
  }
  return text.length
}

const HOMES = ['/home/', '/Users/', '\\Users\\', '\\users\\', '\\Documents and Settings\\', '/Documents and Settings/']

/** The name after `/home/`, `/Users/` or `C:\Users\`. Not in web addresses, where `/home/` and `/users/` are pages. */
function scrubHomes(text: string): string {
  let scrubbed = text
  for (const home of HOMES) {
    let at = scrubbed.indexOf(home)
    if (at < 0 || isWebAddress(scrubbed)) continue
    let rebuilt = ''
    let from = 0
    while (at >= 0) {
      const start = at + home.length
      const end = findNameEnd(scrubbed, start, home.charCodeAt(0) === 0x5c)
      if (end > start && scrubbed.slice(start, end) !== FILTERED) {
        rebuilt += scrubbed.slice(from, start) + FILTERED
        from = end
      }
      at = scrubbed.indexOf(home, end)
    }
    scrubbed = rebuilt + scrubbed.slice(from)
  }
  return scrubbed
}

function isWebAddress(text: string): boolean {
  return text.startsWith('http://') || text.startsWith('https://')
}

function findNameEnd(text: string, start: number, isWindows: boolean): number {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2f || code === 0x5c || code < 0x20 || code === 0x22 || code === 0x27 || code === 0x3a) return i
    // Windows has blanks in names, the others end a path with one.
    if (!isWindows && (code === 0x20 || code === 0x29 || code === 0x2c || code === 0x3b)) return i
  }
  return text.length
}
