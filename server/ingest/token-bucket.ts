// So many a minute, spread over it: a bucket holds a minute's worth at most and fills evenly. So a short burst passes,
// and what passes of a long one is spread over its whole length.

export interface TokenBuckets {
  /** @param perMinute the bucket's size, 1 or more. @returns false when it is empty. */
  take(name: string, perMinute: number, nowMs: number): boolean
  /** @returns whether there is one to take. */
  has(name: string, perMinute: number, nowMs: number): boolean
  /** Whole seconds, 1 or more, until a bucket that has none holds one again. */
  secondsToNext(name: string, perMinute: number, nowMs: number): number
}

interface Bucket {
  tokens: number
  perMinute: number
  atMs: number
}

const MINUTE_MS = 60_000
/** Who waited as long as they were told finds one, whatever was lost in the sum of fractions. */
const WHOLE = 1 - 1e-9

export function createTokenBuckets(): TokenBuckets {
  const buckets = new Map<string, Bucket>()

  function fill(name: string, perMinute: number, nowMs: number): Bucket {
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
    return bucket
  }

  return {
    take(name, perMinute, nowMs) {
      const bucket = fill(name, perMinute, nowMs)
      if (bucket.tokens < WHOLE) return false
      bucket.tokens -= 1
      return true
    },
    has: (name, perMinute, nowMs) => fill(name, perMinute, nowMs).tokens >= WHOLE,
    secondsToNext(name, perMinute, nowMs) {
      const missing = WHOLE - fill(name, perMinute, nowMs).tokens
      return Math.max(Math.ceil((missing * 60) / perMinute), 1)
    },
  }
}
