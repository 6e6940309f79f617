// When a monitor is due: a crontab expression, or every so many hours, in the monitor's time zone. What comes here may be
// hostile, so an expression is short, and is looked ahead in for some years only: the 31st of February would be sought for
// 400 years otherwise, which takes 30 ms each time.

import { Cron } from 'croner'
import { AppError } from '../errors.ts'
import { addDays, addMonths } from './zoned-time.ts'

export const INTERVAL_UNITS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const
export type IntervalUnit = (typeof INTERVAL_UNITS)[number]

export type MonitorSchedule =
  /** Five fields, or six with the seconds first; `@daily` and the like. */
  { type: 'crontab'; value: string } | { type: 'interval'; value: number; unit: IntervalUnit }

const CRONTAB_CHARS_MAX = 100
/** From one 29th of February to the next. */
const YEARS_AHEAD = 8
const MINUTE_MS = 60_000

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
])

/** Ten years of each. */
const INTERVAL_MAX: Record<IntervalUnit, number> = {
  minute: 5_256_000,
  hour: 87_600,
  day: 3_650,
  week: 520,
  month: 120,
  year: 10,
}

/**
 * @param timezone canonical.
 * @returns the first time after `afterMs`, in milliseconds since the epoch.
 * @throws AppError INVALID for an expression that is none, or that names no time in the next years.
 */
export function findNextTime(schedule: MonitorSchedule, timezone: string, afterMs: number): number {
  return schedule.type === 'crontab'
    ? findNextCrontabTime(schedule.value, timezone, afterMs)
    : addInterval(schedule.value, schedule.unit, timezone, afterMs)
}

/** @throws AppError INVALID, with what is wrong. */
export function checkSchedule(schedule: MonitorSchedule, timezone: string, nowMs: number): void {
  if (schedule.type === 'interval') {
    const { value, unit } = schedule
    if (Number.isInteger(value) && value >= 1 && value <= INTERVAL_MAX[unit]) return
    throw new AppError('INVALID', `An interval of ${unit}s is a whole number from 1 to ${INTERVAL_MAX[unit]}.`)
  }
  findNextTime(schedule, timezone, nowMs)
}

/** `every 2 hours`, or the expression. */
export function describeSchedule(schedule: MonitorSchedule): string {
  if (schedule.type === 'crontab') return schedule.value
  const { value, unit } = schedule
  return value === 1 ? `every ${unit}` : `every ${value} ${unit}s`
}

function addInterval(value: number, unit: IntervalUnit, timezone: string, ms: number): number {
  switch (unit) {
    case 'minute':
      return ms + value * MINUTE_MS
    case 'hour':
      return ms + value * 60 * MINUTE_MS
    case 'day':
      return addDays(ms, value, timezone)
    case 'week':
      return addDays(ms, value * 7, timezone)
    case 'month':
      return addMonths(ms, value, timezone)
    case 'year':
      return addMonths(ms, value * 12, timezone)
  }
}

function findNextCrontabTime(crontab: string, timezone: string, afterMs: number): number {
  const after = new Date(afterMs)
  const year = after.getUTCFullYear()
  // A field of our own that ends the search; the year before, since it may still be that somewhere.
  const pattern = `${splitCrontab(crontab).join(' ')} ${year - 1}-${year + YEARS_AHEAD}`
  let next: Date | null
  try {
    next = new Cron(pattern, { timezone, mode: '7-part', sloppyRanges: true }).nextRun(after)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '').replace(pattern, crontab) : ''
    throw new AppError('INVALID', `The crontab expression "${crontab}" cannot be read: ${reason}`, { cause })
  }
  if (next === null) {
    throw new AppError('INVALID', `The crontab expression "${crontab}" names no time in the next ${YEARS_AHEAD} years.`)
  }
  return next.getTime()
}

/** @returns six fields. */
function splitCrontab(crontab: string): string[] {
  if (crontab.length > CRONTAB_CHARS_MAX) {
    throw new AppError('INVALID', `A crontab expression has at most ${CRONTAB_CHARS_MAX} characters.`)
  }
  const text = crontab.trim().toLowerCase()
  const fields = (ALIASES.get(text) ?? text).split(/\s+/)
  if (fields.length === 5) return ['0', ...fields]
  if (fields.length === 6) {
    // Monitors are held to the minute: what runs more often than that is expected once a minute.
    const [seconds = '', ...others] = fields
    return [/^[1-5]?\d$/.test(seconds) ? seconds : '0', ...others]
  }
  throw new AppError(
    'INVALID',
    `The crontab expression "${crontab}" needs five fields (minute, hour, day, month, weekday), or six with the seconds first.`,
  )
}
