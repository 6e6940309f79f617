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

/** A year, with or without hyphens after it. */
const CALENDARS = compile(
  `\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?Z?(?:[+-]?\\d{2}:\\d{2})?`,
  `${CALENDAR}:?[0-5]\\d\\.\\d+${OFFSET}`,
  `${CALENDAR}:?[0-5]\\d${OFFSET}`,
  `${CALENDAR}${OFFSET}`,
  `${CALENDAR}:?[0-5]\\d\\.\\d+`,
  `${CALENDAR}:?[0-5]\\d`,
  CALENDAR,
  `\\d{4}-[01]\\d-[0-3]\\d`,
)

/** An hour. */
const CLOCKS = compile(
  `(?<!\\d)(?:1[0-2]|[1-9]):[0-5]\\d(?::[0-5]\\d)?(?![\\d:])(?:\\s?[aApP][Mm])?`,
  `(?<!\\d)(?:2[0-3]|1\\d|0?\\d):[0-5]\\d(?::[0-5]\\d)?(?![\\d:])`,
  `[0-2]\\d:[0-5]\\d:[0-5]\\d`,
)

/** A day of a month that is called by its name. */
const DAYS = compile(
  `(?:0[1-9]|[12]?\\d|3[01])\\s{1,4}${MONTH}\\s{1,4}(?:19\\d{2}|[2-9]\\d{3})\\s{1,4}[0-2]\\d:[0-5]\\d(?::[0-6]\\d)?\\s{1,4}${ZONE}`,
)

/** First letters of days and months. */
const INITIALS = new Set('SMTWFJAOND')

/**
 * @param digitsEnd where the digits that begin at `at` end; `at` when there is none.
 * @returns where the date that begins at `at` ends, or -1.
 */
export function findDateEnd(text: string, at: number, digitsEnd: number): number {
  if (digitsEnd > at) return findNumberedEnd(text, at, digitsEnd)
  if (INITIALS.has(text[at] as string)) return matchAny(WORDED, text, at)
  if (text.charCodeAt(at) === 0x64 && text.startsWith('datetime.datetime(', at)) {
    const close = text.indexOf(')', at)
    const newline = text.indexOf('\n', at)
    if (close >= 0 && (newline < 0 || close < newline)) return close + 1
  }
  return -1
}

/** How many digits there are, and what follows them, tells which patterns are worth trying. */
function findNumberedEnd(text: string, at: number, digitsEnd: number): number {
  const digits = digitsEnd - at
  const next = text.charCodeAt(digitsEnd)
  if (digits <= 2) {
    if (next === 0x3a) return matchAny(CLOCKS, text, at)
    return next === 0x20 || next === 0x09 ? matchAny(DAYS, text, at) : -1
  }
  const isCalendar =
    ((digits === 4 || digits === 6) && next === 0x2d) || (digits === 8 && (next === 0x54 || next === 0x20))
  return isCalendar ? matchAny(CALENDARS, text, at) : -1
}

function matchAny(patterns: RegExp[], text: string, at: number): number {
  for (const pattern of patterns) {
    pattern.lastIndex = at
    if (pattern.test(text)) return pattern.lastIndex
  }
  return -1
}
