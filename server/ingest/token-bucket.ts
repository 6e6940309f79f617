// So many a minute, spread over it: a bucket holds a minute's worth at most and fills evenly. So a short burst passes,
// and what passes of a long one is spread over its whole length.

export interface TokenBuckets {
  /** @param perMinute the bucket's size, 1 or more. @returns false when it is empty. */
  take(name: string, perMinute: number, nowMs: number): boolean
  /** Undoes one `take` of a moment ago. */
  giveBack(name: string): void
  /** Whole seconds, 1 or more, until an empty bucket holds one again. */
  secondsToNext(perMinute: number): number
}

interface Bucket {
  tokens: number
  perMinute: number
  atMs: number
}

const MINUTE_MS = 60_000

export function createTokenBuckets(): TokenBuckets {
  const buckets = new Map<string, Bucket>()

  return {
    take(name, perMinute, nowMs) {
      let bucket = buckets.get(name)
      if (bucket === undefined) {
        bucket = { tokens: perMinute, perMinute, atMs: nowMs }
        buckets.set(name, bucket)
      }
      // A limit that was raised holds at once, with what it has more.
      const raisedBy = Math.max(perMinute - bucket.perMinute, 0)
      const filledBy = (Math.max(nowMs - bucket.atMs, 0) / MINUTE_MS) * perMinute
      bucket.tokens = Math.min(bucket.tokens + raisedBy + filledBy, perMinute)
      bucket.perMinute = perMinute
      bucket.atMs = nowMs
      if (bucket.tokens < 1) return false
      bucket.tokens -= 1
      return true
    },
    giveBack(name) {
      const bucket = buckets.get(name)
      if (bucket !== undefined) bucket.tokens = Math.min(bucket.tokens + 1, bucket.perMinute)
    },
    secondsToNext: (perMinute) => Math.max(Math.ceil(60 / perMinute), 1),
  }
}
