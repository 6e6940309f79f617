import { describe, expect, it } from 'vitest'
import { checkSchedule, describeSchedule, findNextTime } from '../../server/domain/monitor-schedule.ts'
import { findTimezone } from '../../server/domain/zoned-time.ts'

const NOW = '2026-11-25T10:00:00.000Z' // a Wednesday

function next(value: string, timezone = 'UTC', after = NOW): string {
  return new Date(findNextTime({ type: 'crontab', value }, timezone, Date.parse(after))).toISOString()
}

describe('a crontab expression', () => {
  it.each([
    ['*/5 * * * *', '2026-11-25T10:05:00.000Z'],
    ['0 3 * * *', '2026-11-26T03:00:00.000Z'],
    ['0 0 * * 7', '2026-11-29T00:00:00.000Z'],
    ['0 0 * * SUN', '2026-11-29T00:00:00.000Z'],
    ['30 9-17/4 * * mon-fri', '2026-11-25T13:30:00.000Z'],
    ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
    ['@hourly', '2026-11-25T11:00:00.000Z'],
    ['@daily', '2026-11-26T00:00:00.000Z'],
    ['@midnight', '2026-11-26T00:00:00.000Z'],
    ['@weekly', '2026-11-29T00:00:00.000Z'],
    ['@monthly', '2026-12-01T00:00:00.000Z'],
    ['@yearly', '2027-01-01T00:00:00.000Z'],
    ['@ANNUALLY', '2027-01-01T00:00:00.000Z'],
    ['  15   *  * * * ', '2026-11-25T10:15:00.000Z'],
  ])('%s is due at %s', (crontab, expected) => {
    expect(next(crontab)).toBe(expected)
  })

  it('is due on the day of the month or on the weekday where it names both, as cron has it', () => {
    expect(next('0 0 1 * 1')).toBe('2026-11-30T00:00:00.000Z')
    expect(next('0 0 1 * 1', 'UTC', '2026-11-30T00:00:00Z')).toBe('2026-12-01T00:00:00.000Z')
  })

  it('may have six fields, the seconds first', () => {
    expect(next('30 0 3 ? * MON-FRI')).toBe('2026-11-26T03:00:30.000Z')
  })

  it('is expected once a minute at most', () => {
    expect(next('* * * * * *')).toBe('2026-11-25T10:01:00.000Z')
    expect(next('0/15 30 3 * * *')).toBe('2026-11-26T03:30:00.000Z')
    expect(next('0/15 30 3 * * *', 'UTC', '2026-11-26T03:30:00Z')).toBe('2026-11-27T03:30:00.000Z')
  })

  it('goes by the clock of its time zone', () => {
    expect(next('0 3 * * *', 'Europe/Berlin')).toBe('2026-11-26T02:00:00.000Z')
    expect(next('0 3 * * *', 'America/New_York')).toBe('2026-11-26T08:00:00.000Z')
    expect(next('0 0 1 1 *', 'Pacific/Auckland', '2026-12-31T10:59:59Z')).toBe('2026-12-31T11:00:00.000Z')
  })

  it('is due once in the night in which its time is skipped, and once where it comes twice', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2027-03-27T12:00:00Z')).toBe('2027-03-28T01:00:00.000Z')
    expect(next('30 2 * * *', 'Europe/Berlin', '2027-03-28T01:00:00Z')).toBe('2027-03-29T00:30:00.000Z')
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z')
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z')
  })

  it('is due each hour, also in the one that comes twice', () => {
    expect(next('0 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z')).toBe('2026-10-25T01:00:00.000Z')
    expect(next('0 * * * *', 'Europe/Berlin', '2026-10-25T01:00:00Z')).toBe('2026-10-25T02:00:00.000Z')
  })

  it.each([
    ['* * * *', 'five fields'],
    ['', 'five fields'],
    ['0 0 1 1 * * 2030', 'five fields'],
    ['@reboot', 'five fields'],
    ['61 * * * *', 'Invalid value for minute: 61'],
    ['1-99999999999 * * * *', 'Invalid value'],
    ['*/0 * * * *', 'stepping'],
    ['__proto__ * * * *', 'illegal characters'],
    ['constructor 0 0 * *', 'illegal characters'],
    ['0 0 31 2 *', 'names no time'],
    ['0 0 31 2,4,6,9,11 *', 'names no time'],
    [`${'1,'.repeat(60)}1 * * * *`, 'at most 100 characters'],
  ])('%j is refused: %s', (crontab, reason) => {
    expect(() => next(crontab)).toThrow(reason)
  })

  it('is looked ahead in for eight years, so that one that is never due costs little', () => {
    // Next in 2036: the fifth Friday of a February.
    expect(() => next('0 0 29 2 +5#5')).toThrow('names no time in the next 8 years')
    expect(next('0 0 29 2 +5#5', 'UTC', '2030-01-01T00:00:00Z')).toBe('2036-02-29T00:00:00.000Z')
  })
})

describe('an interval', () => {
  const after = (
    value: number,
    unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year',
    from: string,
    zone = 'UTC',
  ) => new Date(findNextTime({ type: 'interval', value, unit }, zone, Date.parse(from))).toISOString()

  it.each([
    [10, 'minute', '2026-11-25T10:10:00.000Z'],
    [2, 'hour', '2026-11-25T12:00:00.000Z'],
    [1, 'day', '2026-11-26T10:00:00.000Z'],
    [2, 'week', '2026-12-09T10:00:00.000Z'],
    [3, 'month', '2027-02-25T10:00:00.000Z'],
    [1, 'year', '2027-11-25T10:00:00.000Z'],
  ] as const)('of %i %s ends at %s', (value, unit, expected) => {
    expect(after(value, unit, NOW)).toBe(expected)
  })

  it('of days keeps the time of the day when the clocks are changed', () => {
    expect(after(1, 'day', '2026-10-24T01:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T02:00:00.000Z')
    expect(after(1, 'day', '2027-03-27T08:00:00Z', 'Europe/Berlin')).toBe('2027-03-28T07:00:00.000Z')
    expect(after(24, 'hour', '2026-10-24T01:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T01:00:00.000Z')
  })

  it('of days ends an hour later where its time is skipped', () => {
    expect(after(1, 'day', '2027-03-27T01:30:00Z', 'Europe/Berlin')).toBe('2027-03-28T01:30:00.000Z')
  })

  it('of months ends on the last day of a shorter month', () => {
    expect(after(1, 'month', '2027-01-31T12:00:00Z')).toBe('2027-02-28T12:00:00.000Z')
    expect(after(1, 'year', '2028-02-29T12:00:00Z')).toBe('2029-02-28T12:00:00.000Z')
  })

  it.each([0, -1, 1.5, Number.NaN, 1e9])('of %d days is refused', (value) => {
    expect(() => checkSchedule({ type: 'interval', value, unit: 'day' }, 'UTC', 0)).toThrow(
      'whole number from 1 to 3650',
    )
  })

  it('reads as people say it', () => {
    expect(describeSchedule({ type: 'interval', value: 1, unit: 'hour' })).toBe('every hour')
    expect(describeSchedule({ type: 'interval', value: 3, unit: 'day' })).toBe('every 3 days')
    expect(describeSchedule({ type: 'crontab', value: '@daily' })).toBe('@daily')
  })
})

describe('a time zone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/BERLIN', 'Europe/Berlin'],
    ['UTC', 'UTC'],
    ['US/Eastern', 'America/New_York'],
  ])('%s is %s', (name, canonical) => {
    expect(findTimezone(name)).toBe(canonical)
  })

  it.each(['', 'Mars/Olympus', '+01:00', '-03', 'x'.repeat(10_000), '../etc/passwd'])('%j is none', (name) => {
    expect(findTimezone(name)).toBeNull()
  })
})
