// Secrets inside of texts: payment cards, US social security numbers, bearer tokens, PEM keys, passwords in URLs, names in
// home directories, `secret=value` and `"secret": "value"`. Nearly every text has none, so one pass over its characters
// decides which patterns can match at all; only those run. Nothing here takes more than linear time.

import { FILTERED } from './scrub-keys.ts'
import { findMembers, findPairs } from './scrub-pairs.ts'
import { DEFAULT_RULES, type ScrubRules } from './scrub-rules.ts'

/** What beside the patterns that are secret anywhere is looked for. */
export const PROSE = 0
export const PAIRS = 1
const PATHS = 2
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
const COLON = 128
const QUOTE = 256

const KIND = new Uint16Array(128)
for (const [chars, kind] of [
  ['0123456789', DIGIT],
  ['/', SLASH],
  ['\\', BACKSLASH],
  ['@', AT],
  ['=', EQUALS],
  ['-', DASH],
  ['bB', B],
  [':', COLON],
  ['"\'', QUOTE],
] as const) {
  for (const char of chars) KIND[char.charCodeAt(0)] = kind
}

const CARD = /\b(?:3[47]\d|4\d{3}|5[1-5]\d\d|65\d\d|6011)(?:[-\s]?\d){12}\b/g
const SOCIAL_SECURITY = /\b\d{3}-\d{2}-\d{4}\b/g
const BEARER = /\bbearer[ \t]{1,10}[^\s"',;)\]}]{1,4096}/gi

interface Mark {
  at: number
  rule: string
}

let marks: Mark[] = []

/** What was hidden in the last text that changed, and by which rule: not what was hidden when it came. */
export function listMarks(): readonly Mark[] {
  return marks
}

/** @returns the same string when there was nothing to hide. */
export function scrubText(text: string, mode: number, rules: ScrubRules = DEFAULT_RULES): string {
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
  marks = []
  return applyRules(text, kinds, digits, mode, rules)
}

/** Each rule sees the marks of those before it. */
function applyRules(text: string, kinds: number, digits: number, mode: number, rules: ScrubRules): string {
  let scrubbed = text
  if (digits >= 9) {
    if (digits >= 15) scrubbed = hide(scrubbed, findMatches(scrubbed, CARD), '@creditcard:filter')
    if (kinds & DASH) scrubbed = hide(scrubbed, findMatches(scrubbed, SOCIAL_SECURITY), '@usssn:filter')
  }
  if (kinds & B) scrubbed = hide(scrubbed, findBearers(scrubbed), '@bearer:filter')
  if (kinds & DASH && text.length > 40) scrubbed = hide(scrubbed, findPemKeys(scrubbed), '@pemkey:filter', '\n')
  if (kinds & SLASH && kinds & AT) scrubbed = hide(scrubbed, findUrlLogins(scrubbed), '@urlauth:filter')
  for (const rule of rules.byName) {
    if (kinds & EQUALS) scrubbed = hide(scrubbed, findPairs(scrubbed, (mode & PAIRS) === 0, rules, rule), rule)
    if (kinds & QUOTE && kinds & COLON) scrubbed = hide(scrubbed, findMembers(scrubbed, rules, rule), rule)
  }
  if (kinds & (SLASH | BACKSLASH) && mode & PATHS) {
    for (const home of HOMES) scrubbed = hide(scrubbed, findHomes(scrubbed, home), '@userpath:filter')
  }
  return scrubbed
}

/**
 * Puts a mark in the place of each span. Marks of earlier rules move with their text, and end where a span takes it away.
 *
 * @param spans beginnings and ends by turns.
 * @param lineEnd around the mark: before it, and behind it unless it is the last of the text.
 */
function hide(text: string, spans: readonly number[], rule: string, lineEnd = ''): string {
  if (spans.length === 0) return text
  const earlier = marks
  marks = []
  let hidden = ''
  let from = 0
  let next = 0
  const keepUpTo = (end: number): void => {
    for (let mark = earlier[next]; mark !== undefined && mark.at < end; mark = earlier[++next]) {
      const isWhole = mark.at >= from && mark.at + FILTERED.length <= end
      if (isWhole) marks.push({ ...mark, at: mark.at - from + hidden.length })
    }
    hidden += text.slice(from, end)
  }
  for (let index = 0; index < spans.length; index += 2) {
    keepUpTo(spans[index] as number)
    hidden += lineEnd
    marks.push({ at: hidden.length, rule })
    from = spans[index + 1] as number
    hidden += from < text.length ? FILTERED + lineEnd : FILTERED
  }
  keepUpTo(text.length)
  return hidden
}

function findMatches(text: string, pattern: RegExp): number[] {
  const spans: number[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    spans.push(match.index, pattern.lastIndex)
  }
  return spans
}

function findBearers(text: string): number[] {
  return text.includes('earer') || text.includes('EARER') ? findMatches(text, BEARER) : []
}

/** What stands between the BEGIN and END lines of a key; without an END line, all the rest. */
function findPemKeys(text: string): number[] {
  const spans: number[] = []
  let at = text.indexOf('-----BEGIN ')
  while (at >= 0) {
    const labelEnd = text.indexOf('-----', at + 11)
    if (labelEnd < 0) break
    const isKey = text.slice(Math.max(at, labelEnd - 4), labelEnd) === ' KEY' && labelEnd - at < 64
    const bodyStart = labelEnd + 5
    let bodyEnd = bodyStart
    if (isKey) {
      const end = text.indexOf('-----END ', bodyStart)
      bodyEnd = end < 0 ? text.length : end
      const isHidden = text.slice(bodyStart, bodyEnd) === (end < 0 ? `\n${FILTERED}` : `\n${FILTERED}\n`)
      if (bodyEnd > bodyStart && !isHidden) spans.push(bodyStart, bodyEnd)
    }
    at = text.indexOf('-----BEGIN ', bodyEnd)
  }
  return spans
}

/** `//user:password@host` */
function findUrlLogins(text: string): number[] {
  const spans: number[] = []
  let at = text.indexOf('//')
  while (at >= 0) {
    const start = at + 2
    let end = start
    let loginEnd = -1
    // The last `@` counts: passwords may hold one.
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === 0x40) loginEnd = end
      else if (!isLoginChar(code)) break
    }
    if (loginEnd > start) spans.push(start, loginEnd)
    at = text.indexOf('//', end)
  }
  return spans
}

/** Anything but what ends the first part of a URL: `/`, `?`, `#`, white space, quotes, brackets. */
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
    case 0x5b: // [
    case 0x5d: // ]
    case 0x60: // `
      return false
  }
  return true
}

const HOMES = ['/home/', '/Users/', '\\Users\\', '\\users\\', '\\Documents and Settings\\', '/Documents and Settings/']

/** The name after `/home/`, `/Users/` or `C:\Users\`. Not in web addresses, where `/home/` and `/users/` are pages. */
function findHomes(text: string, home: string): number[] {
  const spans: number[] = []
  let at = text.indexOf(home)
  if (at < 0 || isWebAddress(text)) return spans
  while (at >= 0) {
    const start = at + home.length
    const end = findNameEnd(text, start, home.charCodeAt(0) === 0x5c)
    if (end > start && text.slice(start, end) !== FILTERED) spans.push(start, end)
    at = text.indexOf(home, end)
  }
  return spans
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
