// `monitor_config`: how a job is scheduled, as it tells with its check-ins. What is absent, null or odd has its default;
// without a schedule that can be kept there is no monitor.

import type { Json } from '../domain/event.ts'
import type { MonitorConfig } from '../domain/monitor.ts'
import { checkSchedule, INTERVAL_UNITS, type IntervalUnit, type MonitorSchedule } from '../domain/monitor-schedule.ts'
import { findTimezone } from '../domain/zoned-time.ts'
import { AppError } from '../errors.ts'
import { isObject } from './normalize/coerce.ts'

/** Four weeks, as in Sentry. */
const MINUTES_MAX = 40_320
/** Each check-in of a failing monitor reads as many. */
const THRESHOLD_MAX = 720
const DEFAULT_MARGIN_MINUTES = 1
const DEFAULT_RUNTIME_MINUTES = 30
const SHOWN_CHARS_MAX = 40

/** @returns null where there is none. @throws AppError INVALID, with a sentence that says what to send. */
export function readMonitorConfig(raw: Json | undefined, nowMs: number): MonitorConfig | null {
  if (raw === undefined || raw === null) return null
  // Python sends an empty map where there is none, which PHP would write as a list.
  if (typeof raw === 'object' && Object.keys(raw).length === 0) return null
  if (!isObject(raw)) throw new AppError('INVALID', '"monitor_config" must be an object.')
  const schedule = readSchedule(raw['schedule'])
  const timezone = readTimezone(raw['timezone'])
  checkSchedule(schedule, timezone, nowMs)
  return {
    schedule,
    timezone,
    checkinMarginMinutes: readCount(raw['checkin_margin'], DEFAULT_MARGIN_MINUTES, MINUTES_MAX),
    maxRuntimeMinutes: readCount(raw['max_runtime'], DEFAULT_RUNTIME_MINUTES, MINUTES_MAX),
    failureIssueThreshold: readCount(raw['failure_issue_threshold'], 1, THRESHOLD_MAX),
    recoveryThreshold: readCount(raw['recovery_threshold'], 1, THRESHOLD_MAX),
  }
}

function readSchedule(raw: Json | undefined): MonitorSchedule {
  const { type, value, unit } = isObject(raw) ? raw : {}
  if (type === 'crontab' && typeof value === 'string') return { type, value: value.trim() }
  if (type === 'interval') {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
    if (typeof number === 'number') return { type, value: number, unit: readUnit(unit) }
  }
  throw new AppError(
    'INVALID',
    'The schedule of "monitor_config" must be {"type": "crontab", "value": "0 3 * * *"} or {"type": "interval", "value": 2, "unit": "hour"}.',
  )
}

function readUnit(raw: Json | undefined): IntervalUnit {
  const name = typeof raw === 'string' ? raw.toLowerCase().replace(/s$/, '') : ''
  const unit = INTERVAL_UNITS.find((known) => known === name)
  if (unit !== undefined) return unit
  throw new AppError('INVALID', `The unit of an interval is one of ${INTERVAL_UNITS.join(', ')}.`)
}

function readTimezone(raw: Json | undefined): string {
  if (raw === undefined || raw === null || raw === '') return 'UTC'
  const timezone = typeof raw === 'string' ? findTimezone(raw.trim()) : null
  if (timezone !== null) return timezone
  const shown = typeof raw === 'string' ? raw.slice(0, SHOWN_CHARS_MAX).toWellFormed() : typeof raw
  throw new AppError('INVALID', `The timezone "${shown}" is not known. Use a name like "Europe/Berlin", or "UTC".`)
}

function readCount(raw: Json | undefined, byDefault: number, max: number): number {
  const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw
  if (typeof number !== 'number' || !Number.isFinite(number)) return byDefault
  return Math.min(Math.max(Math.round(number), 1), max)
}
