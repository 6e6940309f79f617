// Secrets inside of texts: payment cards, US social security numbers, bearer tokens, PEM keys, passwords in URLs, names in
// home directories, `secret=value` and `"secret": "value"`. Nearly every text has none, so one pass over its characters decides which patterns
// can match at all; only those run. Nothing here takes more than linear time.

import { FILTERED } from './scrub-keys.ts'
import { scrubMembers, scrubPairs } from './scrub-pairs.ts'
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

/** Of marks while it is found out which rule made which: Unicode leaves these letters to whoever wants them. */
const TAG = 0xe000
const TAGGED = /\[Filter[\uE000-\uE006]d\]/g
const RULES = ['creditcard', 'usssn', 'bearer', 'pemkey', 'urlauth', 'password', 'userpath'].map(
  (name) => `@${name}:filter`,
)

/** Which rule the last text that changed was changed by, for its remarks; where it were several, by which each mark in it. */
let ruleApplied = ''
let rulesApplied = 0
let rulesOfMarks: string[] | null = null
let isTagging = false

/** @param index of the mark in the last text that changed. */
export function ruleOfMark(index: number): string {
  return rulesOfMarks?.[index] ?? ruleApplied
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
  rulesApplied = 0
  rulesOfMarks = null
  const scrubbed = applyRules(text, kinds, digits, mode, rules)
  if (rulesApplied > 1) rulesOfMarks = findRules(scrubbed, applyTagging(text, kinds, digits, mode, rules))
  return scrubbed
}

function applyRules(text: string, kinds: number, digits: number, mode: number, rules: ScrubRules): string {
  let scrubbed = text
  if (digits >= 9) {
    if (digits >= 15) scrubbed = apply(scrubbed, scrubbed.replace(CARD, FILTERED), '@creditcard:filter')
    if (kinds & DASH) scrubbed = apply(scrubbed, scrubbed.replace(SOCIAL_SECURITY, FILTERED), '@usssn:filter')
  }
  if (kinds & B) scrubbed = apply(scrubbed, scrubBearer(scrubbed), '@bearer:filter')
  if (kinds & DASH && text.length > 40) scrubbed = apply(scrubbed, scrubPemKeys(scrubbed), '@pemkey:filter')
  if (kinds & SLASH && kinds & AT) scrubbed = apply(scrubbed, scrubUrlLogins(scrubbed), '@urlauth:filter')
  if (kinds & EQUALS) scrubbed = apply(scrubbed, scrubPairs(scrubbed, (mode & PAIRS) === 0, rules), '@password:filter')
  if (kinds & QUOTE && kinds & COLON) scrubbed = apply(scrubbed, scrubMembers(scrubbed, rules), '@password:filter')
  if (kinds & (SLASH | BACKSLASH) && mode & PATHS) scrubbed = apply(scrubbed, scrubHomes(scrubbed), '@userpath:filter')
  return scrubbed
}

function apply(before: string, after: string, rule: string): string {
  if (after === before) return before
  rulesApplied += 1
  ruleApplied = rule
  return isTagging ? after.replaceAll(FILTERED, `[Filter${String.fromCharCode(TAG + RULES.indexOf(rule))}d]`) : after
}

/** The same once more, each mark tagged by its rule with a letter that no pattern looks for. */
function applyTagging(text: string, kinds: number, digits: number, mode: number, rules: ScrubRules): string {
  isTagging = true
  try {
    return applyRules(text, kinds, digits, mode, rules)
  } finally {
    isTagging = false
  }
}

/** @returns the rule of each mark; null where the text had such letters of its own. */
function findRules(scrubbed: string, tagged: string): string[] | null {
  const found = [...tagged.matchAll(TAGGED)].map(([mark]) => RULES[mark.charCodeAt(7) - TAG] ?? '')
  return tagged.replaceAll(TAGGED, FILTERED) === scrubbed && scrubbed.split(FILTERED).length === found.length + 1
    ? found
    : null
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
    let loginEnd = -1
    // The last `@` counts: passwords may hold one.
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === 0x40) loginEnd = end
      else if (!isLoginChar(code)) break
    }
    if (loginEnd > start) {
      scrubbed += text.slice(from, start) + FILTERED
      from = loginEnd
    }
    at = text.indexOf('//', end)
  }
  return from === 0 ? text : scrubbed + text.slice(from)
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
