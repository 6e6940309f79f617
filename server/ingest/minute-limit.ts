// So many a minute for each project, in one process: a count that begins anew with each minute of the clock.

export interface MinuteLimit {
  /** @returns false when the project has had its share of this minute. */
  take(projectId: number, nowMs: number): boolean
}

const MINUTE_MS = 60_000

export function createMinuteLimit(perMinuteMax: number): MinuteLimit {
  const taken = new Map<number, number>()
  let minute = 0

  return {
    take(projectId, nowMs) {
      const current = Math.floor(nowMs / MINUTE_MS)
      if (current !== minute) taken.clear()
      minute = current
      const count = taken.get(projectId) ?? 0
      if (count >= perMinuteMax) return false
      taken.set(projectId, count + 1)
      return true
    },
  }
}
