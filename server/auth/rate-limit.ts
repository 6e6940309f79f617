// Counts by key in fixed windows, in memory: with several processes each counts alone, so that limits are that many times
// as high. What a limit is for says who uses it.

import ipaddr from 'ipaddr.js'
import { AppError } from '../errors.ts'

/** Of each counter. To push out a victim's entry takes that many tries, from as many addresses or for as many accounts. */
const ENTRIES_MAX = 10_000

export class TooManyTries extends AppError {
  readonly retryAfterSeconds: number

  /** @param what a sentence. */
  constructor(what: string, retryAfterMs: number) {
    super('RATE_LIMITED', `${what} Try again in ${describeWait(retryAfterMs)}.`)
    this.name = 'TooManyTries'
    this.retryAfterSeconds = Math.ceil(retryAfterMs / 1000)
  }
}

function describeWait(waitMs: number): string {
  if (waitMs <= 10_000) return 'a few seconds'
  const minutes = Math.ceil(waitMs / 60_000)
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}

export interface WindowCounter {
  /** How long to wait in milliseconds; 0 for not at all. */
  remainingMs(key: string): number
  add(key: string): void
  forget(key: string): void
}

export function createWindowCounter(options: {
  windowMs: number
  countMax: number
  clock: () => number
}): WindowCounter {
  const { windowMs, countMax, clock } = options
  const entries = new Map<string, { count: number; untilMs: number }>()

  return {
    remainingMs(key) {
      const entry = entries.get(key)
      return entry === undefined || entry.count < countMax ? 0 : Math.max(0, entry.untilMs - clock())
    },

    add(key) {
      const entry = entries.get(key)
      if (entry !== undefined && clock() < entry.untilMs) {
        entry.count += 1
        return
      }
      entries.delete(key)
      dropOldest(entries)
      entries.set(key, { count: 1, untilMs: clock() + windowMs })
    },

    forget: (key) => void entries.delete(key),
  }
}

/** One household or server has a whole /64 of IPv6 addresses, so only the first four groups count. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv6' ? parsed.toNormalizedString().split(':').slice(0, 4).join(':') : parsed.toString()
}

/** Makes room for one more. */
export function dropOldest(entries: Map<string, unknown> | Set<string>): void {
  if (entries.size < ENTRIES_MAX) return
  const oldest = entries.keys().next()
  if (!oldest.done) entries.delete(oldest.value)
}
