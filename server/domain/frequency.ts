// Counts by the hour or day: every one of a period, the current one last, those in which nothing was too.

import { FREQUENCY_STEPS, type FrequencyPeriod, type FrequencyPoint } from './issue.ts'

/** @returns the start of each, and their unit as PostgreSQL's date_trunc calls it. */
export function listSteps(period: FrequencyPeriod, nowMs: number): { unit: 'hour' | 'day'; times: Date[] } {
  const { unit, unitMs, points } = FREQUENCY_STEPS[period]
  const startMs = (Math.floor(nowMs / unitMs) - points + 1) * unitMs
  return { unit, times: Array.from({ length: points }, (_, index) => new Date(startMs + index * unitMs)) }
}

/** @param rows one for each time at which something was; their counts in decimal digits. */
export function countSteps(times: readonly Date[], rows: readonly { at: Date; count: string }[]): FrequencyPoint[] {
  const counts = new Map(rows.map(({ at, count }) => [at.getTime(), BigInt(count)]))
  return times.map((at) => ({ at, count: counts.get(at.getTime()) ?? 0n }))
}
