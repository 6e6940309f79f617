// Times as people say them. English only for now; the words are short because they stand in columns.

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How long it lasted, in one unit: `12 s`, `3 min`, `2 h`, `5 d`, `3 mo`, `2 y`. */
export function formatDuration(durationMs: number): string {
  const duration = Math.max(0, durationMs)
  if (duration < MINUTE_MS) return `${Math.floor(duration / SECOND_MS)} s`
  if (duration < HOUR_MS) return `${Math.floor(duration / MINUTE_MS)} min`
  if (duration < DAY_MS) return `${Math.floor(duration / HOUR_MS)} h`
  const days = Math.floor(duration / DAY_MS)
  if (days < 100) return `${days} d`
  return days < 730 ? `${Math.floor(days / 30.44)} mo` : `${Math.floor(days / 365.25)} y`
}

/** `just now` under five seconds (and for clocks that run ahead), then `12 s ago`, `3 min ago`, ... */
export function formatRelative(time: Date, nowMs: number): string {
  const agoMs = nowMs - time.getTime()
  return agoMs < 5 * SECOND_MS ? 'just now' : `${formatDuration(agoMs)} ago`
}

/** A time that lies ahead, rounded, so that what was set to a week is not at once `in 6 d`; `now` when it has come. */
export function formatAhead(time: Date, nowMs: number): string {
  const aheadMs = time.getTime() - nowMs
  if (aheadMs <= 0) return 'now'
  const unitMs = [DAY_MS, HOUR_MS, MINUTE_MS].find((unit) => aheadMs >= unit) ?? SECOND_MS
  return `in ${formatDuration(Math.round(aheadMs / unitMs) * unitMs)}`
}

/** Exact to the second, with the zone of whoever reads: `22 Nov 2026, 23:31:07 GMT+1`. */
export function formatExact(time: Date): string {
  return time.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  })
}

/** Between two moments, to the millisecond where that matters: `−340 ms`, `−2.3 s`, `−4 min`, `+1.0 s`. */
export function formatDistance(fromMs: number, toMs: number): string {
  const distanceMs = toMs - fromMs
  const sign = distanceMs > 0 ? '+' : '−'
  const size = Math.abs(distanceMs)
  if (size < 1) return '0 ms'
  if (size < SECOND_MS) return `${sign}${Math.round(size)} ms`
  if (size < MINUTE_MS) return `${sign}${(size / SECOND_MS).toFixed(1)} s`
  return sign + formatDuration(size)
}

/** How long something took, to the millisecond where that matters: `0.4 ms`, `231 ms`, `2.3 s`, `4 min`. */
export function formatSpan(spanMs: number): string {
  if (spanMs < 10) return `${Math.round(spanMs * 10) / 10} ms`
  if (spanMs < SECOND_MS) return `${Math.round(spanMs)} ms`
  return spanMs < MINUTE_MS ? `${(spanMs / SECOND_MS).toFixed(1)} s` : formatDuration(spanMs)
}

/** What an hour's or day's bar is called: `22 Nov, 14:00`, `22 Nov`. Days are the server's, in UTC. */
export function formatBucket(time: Date, unit: 'hour' | 'day'): string {
  return unit === 'hour'
    ? time.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
    : time.toLocaleString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
}
