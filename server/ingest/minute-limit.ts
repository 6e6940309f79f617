// So many a minute for each project, or for whatever has a name, in one process: a count that begins anew with each minute of the clock.

export interface MinuteLimit<Key> {
  /** @returns false when the project has had its share of this minute. */
  take(key: Key, nowMs: number): boolean
}

const MINUTE_MS = 60_000

export function createMinuteLimit<Key extends number | string = number>(perMinuteMax: number): MinuteLimit<Key> {
  const taken = new Map<Key, number>()
  let minute = 0

  return {
    take(key, nowMs) {
      const current = Math.floor(nowMs / MINUTE_MS)
      if (current !== minute) taken.clear()
      minute = current
      const count = taken.get(key) ?? 0
      if (count >= perMinuteMax) return false
      taken.set(key, count + 1)
      return true
    },
  }
}
