// What one subscriber of `issueChanged` is still to be sent. CREATED, STATUS and REGRESSED are always sent, in their order.
// UPDATED is merged: for each issue it comes at most four times a second, and for all issues together no faster than a
// browser can draw, so that a burst does not keep the server busy with sending. The last one of a burst always comes.

import type { IssueChangeKind } from '../domain/change.ts'
import { createStream } from './stream.ts'

export interface IssueChange {
  issueId: string
  kind: IssueChangeKind
}

export interface IssueStreamOptions {
  onEnd: () => void
  /** Between two UPDATED of any issues; asked anew each time, since it depends on how many subscribers there are. */
  updatedEveryMs: () => number
  clock?: () => number
}

export interface IssueStream {
  iterator: AsyncIterableIterator<IssueChange>
  push(change: IssueChange): void
  end(): void
}

/** More than 250, so that no second holds five, whatever the network does to their spacing. */
export const UPDATED_OF_ISSUE_EVERY_MS = 275
/** A subscriber that is so far behind has stopped reading: it is sent off, and reads the list when it comes back. */
export const QUEUE_MAX = 10_000

export function createIssueStream({
  onEnd,
  updatedEveryMs,
  clock = () => performance.now(),
}: IssueStreamOptions): IssueStream {
  const queue: IssueChange[] = []
  let queueStart = 0
  /** Issues with an UPDATED to send, the longest waiting first. */
  const updated = new Set<string>()
  const sentAtMs = new Map<string, number>()
  let lastUpdatedAtMs = -Infinity
  let timer: NodeJS.Timeout | undefined

  const stream = createStream<IssueChange>(
    () => takeQueued() ?? takeUpdated(),
    () => {
      clearTimeout(timer)
      onEnd()
    },
  )

  function takeQueued(): IssueChange | undefined {
    const change = queue[queueStart]
    if (change === undefined) return undefined
    queueStart += 1
    if (queueStart > 1_000 || queueStart === queue.length) {
      queue.splice(0, queueStart)
      queueStart = 0
    }
    // Whoever reads the issue for this change reads the newest state, so an UPDATED of before has nothing to add.
    updated.delete(change.issueId)
    return change
  }

  function takeUpdated(): IssueChange | undefined {
    if (updated.size === 0) return undefined
    const now = clock()
    let dueAtMs = lastUpdatedAtMs + updatedEveryMs()
    if (dueAtMs <= now) {
      dueAtMs = Infinity
      for (const issueId of updated) {
        const issueDueAtMs = (sentAtMs.get(issueId) ?? -Infinity) + UPDATED_OF_ISSUE_EVERY_MS
        if (issueDueAtMs <= now) return sendUpdated(issueId, now)
        dueAtMs = Math.min(dueAtMs, issueDueAtMs)
      }
    }
    timer ??= setTimeout(
      () => {
        timer = undefined
        stream.wake()
      },
      Math.max(1, dueAtMs - now),
    )
    return undefined
  }

  function sendUpdated(issueId: string, now: number): IssueChange {
    updated.delete(issueId)
    // In the order of sending, so that those which matter no longer are at the beginning.
    sentAtMs.delete(issueId)
    sentAtMs.set(issueId, now)
    for (const [oldId, atMs] of sentAtMs) {
      if (atMs + UPDATED_OF_ISSUE_EVERY_MS > now) break
      sentAtMs.delete(oldId)
    }
    lastUpdatedAtMs = now
    return { issueId, kind: 'UPDATED' }
  }

  return {
    iterator: stream.iterator,
    end: stream.end,
    push(change) {
      if (change.kind === 'UPDATED') {
        updated.add(change.issueId)
        if (updated.size > QUEUE_MAX) updated.delete(updated.values().next().value as string)
      } else {
        queue.push(change)
        if (queue.length - queueStart > QUEUE_MAX) return stream.end()
      }
      stream.wake()
    },
  }
}
