// Dates and times as they stand in messages. All patterns are sticky and bounded: each is tried at one place only, and
// none can take longer than the text it matches.

const DAY = '(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)'
const LONG_DAY = '(?:Sun(?:day)?|Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?)'
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const ZONE = '(?:[-+]\\d{2}[0-5]\\d|UT|GMT|[ECMP][SD]T|[A-IK-Z])'
const OFFSET = '(?:[+-][0-2]\\d:?[0-5]\\d|Z)'
const CALENDAR = '\\d{4}-?[01]\\d-?[0-3]\\d[\\sT][0-2]\\d:?[0-5]\\d'

function compile(...patterns: string[]): RegExp[] {
  return patterns.map((pattern) => new RegExp(pattern, 'y'))
}

/** They begin with a letter: the name of a day or a month. */
const WORDED = compile(
  `${DAY},\\s\\d{1,2}\\s${MONTH}\\s\\d{2,4}\\s\\d{1,2}:\\d{1,2}(?::\\d{1,2})?\\s${ZONE}`,
  `(?:${DAY}\\s)?${MONTH}\\s[0-3]\\d,\\s\\d{2,4}`,
  `${LONG_DAY},\\s\\d{2}-${MONTH}-\\d{2}\\s\\d{2}:\\d{2}:\\d{2}\\s${ZONE}`,
  `${DAY}\\s${MONTH}\\s\\d{2}\\s\\d{4}\\s\\d{2}:\\d{2}:\\d{2}\\sGMT[+-]\\d{4}(?:\\s\\([^)]{1,64}\\))?`,
  `(?:${DAY}\\s{1,4})?${MONTH}\\s{1,4}\\d{1,2}\\s{1,4}\\d{2}:\\d{2}:\\d{2}\\s{1,4}\\d{4}`,
  `${DAY},\\s{1,4}\\d{1,2}\\s{1,4}${MONTH}\\s{1,4}\\d{4}\\s{1,4}[0-2]\\d:[0-5]\\d(?::[0-6]\\d)?\\s{1,4}${ZONE}`,
)

/** They begin with a digit. */
const NUMBERED = compile(
  `\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?Z?(?:[+-]?\\d{2}:\\d{2})?`,
  `${CALENDAR}:?[0-5]\\d\\.\\d+${OFFSET}`,
  `${CALENDAR}:?[0-5]\\d${OFFSET}`,
  `${CALENDAR}${OFFSET}`,
  `${CALENDAR}:?[0-5]\\d\\.\\d+`,
  `${CALENDAR}:?[0-5]\\d`,
  CALENDAR,
  `(?<!\\d)(?:1[0-2]|[1-9]):[0-5]\\d(?::[0-5]\\d)?(?![\\d:])(?:\\s?[aApP][Mm])?`,
  `(?<!\\d)(?:2[0-3]|1\\d|0?\\d):[0-5]\\d(?::[0-5]\\d)?(?![\\d:])`,
  `\\d{4}-[01]\\d-[0-3]\\d`,
  `[0-2]\\d:[0-5]\\d:[0-5]\\d`,
  `(?:0[1-9]|[12]?\\d|3[01])\\s{1,4}${MONTH}\\s{1,4}(?:19\\d{2}|[2-9]\\d{3})\\s{1,4}[0-2]\\d:[0-5]\\d(?::[0-6]\\d)?\\s{1,4}${ZONE}`,
)

/** First letters of days and months. */
const INITIALS = new Set('SMTWFJAOND')

/** @returns where the date that begins at `at` ends, or -1. */
export function findDateEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  const isDigit = code >= 0x30 && code <= 0x39
  if (isDigit) {
    // A date's first number has at most four digits, unless it is written without hyphens (`20240102T1504`).
    const second = text.charCodeAt(at + 1)
    if (!(second >= 0x30 && second <= 0x3a) && second !== 0x20) return -1
    return matchAny(NUMBERED, text, at)
  }
  if (INITIALS.has(text[at] as string)) return matchAny(WORDED, text, at)
  if (code === 0x64 && text.startsWith('datetime.datetime(', at)) {
    const close = text.indexOf(')', at)
    const newline = text.indexOf('\n', at)
    if (close >= 0 && (newline < 0 || close < newline)) return close + 1
  }
  return -1
}

function matchAny(patterns: RegExp[], text: string, at: number): number {
  for (const pattern of patterns) {
    pattern.lastIndex = at
    if (pattern.test(text)) return pattern.lastIndex
  }
  return -1
}
