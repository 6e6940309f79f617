// What one subscriber of `eventReceived` is still to be sent. Who lags by more than 1,000 loses the oldest.

import type { EventKey } from '../domain/tracker.ts'
import { createStream } from './stream.ts'

export const LAG_MAX = 1_000

export interface EventFilter {
  projectId: number
  /** null: of all issues. */
  issueId: string | null
  /** Called with each event as it comes, so that it can be read before the subscriber asks for it. */
  prepare?: (key: EventKey) => void
}

export interface EventStream {
  iterator: AsyncIterableIterator<EventKey>
  push(key: EventKey, issueId: string): void
  end(): void
}

export function createEventStream(filter: EventFilter, onEnd: () => void): EventStream {
  // A ring: dropping the oldest of a full array would move all others for every event of a burst.
  const ring: (EventKey | undefined)[] = []
  let start = 0
  let size = 0

  const stream = createStream<EventKey>(() => {
    if (size === 0) return undefined
    const key = ring[start]
    ring[start] = undefined
    start = (start + 1) % LAG_MAX
    size -= 1
    return key
  }, onEnd)

  return {
    iterator: stream.iterator,
    end: stream.end,
    push(key, issueId) {
      if (filter.issueId !== null && filter.issueId !== issueId) return
      filter.prepare?.(key)
      ring[(start + size) % LAG_MAX] = key
      if (size < LAG_MAX) size += 1
      else start = (start + 1) % LAG_MAX
      stream.wake()
    },
  }
}
