// Times as a clock on a wall shows them. JavaScript knows the rules of every zone, but tells them through formatting only.

const formatters = new Map<string, Intl.DateTimeFormat>()

/**
 * @param name as IANA writes it, in any letter case: `Europe/Berlin`, `UTC`.
 * @returns its canonical name, of which there are some hundred; null for what is none. Plain offsets (`+01:00`) are none.
 */
export function findTimezone(name: string): string | null {
  if (name.length > 64 || !/^[a-z]/i.test(name)) return null
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** The same time of the day, so many days later: 23 or 25 hours where the clocks are changed in between. */
export function addDays(ms: number, days: number, timezone: string): number {
  const wall = new Date(ms + readOffset(ms, timezone))
  wall.setUTCDate(wall.getUTCDate() + days)
  return toInstant(wall.getTime(), timezone)
}

/** The same day of the month and time of the day. The 31st becomes the last day of a shorter month. */
export function addMonths(ms: number, months: number, timezone: string): number {
  const wall = new Date(ms + readOffset(ms, timezone))
  const day = wall.getUTCDate()
  wall.setUTCDate(1)
  wall.setUTCMonth(wall.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 0)).getUTCDate()
  wall.setUTCDate(Math.min(day, lastDay))
  return toInstant(wall.getTime(), timezone)
}

/** @param wallMs what the clock shows, as if it were UTC. A time that is skipped in spring is taken an hour later. */
function toInstant(wallMs: number, timezone: string): number {
  const guess = wallMs - readOffset(wallMs, timezone)
  return wallMs - readOffset(guess, timezone)
}

/** By how much the zone is ahead of UTC at that time. */
function readOffset(ms: number, timezone: string): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of findFormatter(timezone).formatToParts(ms)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000
}

function findFormatter(timezone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timezone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(timezone, formatter)
  }
  return formatter
}
