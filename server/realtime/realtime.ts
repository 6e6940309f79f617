// Carries changes, ids only, from whoever made them to whoever listens: in this process at once, to the others through
// PostgreSQL. It reads nothing and asks for no permission; both are its listeners' business.

import type { DatabaseConnection } from '../database/connection.ts'
import type { Change, Publish } from '../domain/change.ts'
import type { EventKey } from '../domain/tracker.ts'
import type { Logger } from '../log.ts'
import { createDeletionStream, type DeletionStream } from './deletion-stream.ts'
import { createEventStream, type EventFilter, type EventStream } from './event-stream.ts'
import { createIssueStream, type IssueChange, type IssueStream } from './issue-stream.ts'
import { createPeerChannel, type PeerChannel } from './peer-channel.ts'

export interface Realtime {
  publish: Publish
  /** Hears every change, of other processes too, before any subscriber is sent it. */
  onChanges(listener: Publish): () => void
  subscribeEvents(filter: EventFilter): AsyncIterableIterator<EventKey>
  subscribeIssues(filter: { projectId: number }): AsyncIterableIterator<IssueChange>
  /** The ids of issues that are gone. */
  subscribeDeletions(filter: { projectId: number }): AsyncIterableIterator<string>
  gauges(): { subscriptions: number }
  /** Ends all subscriptions, and tells other processes what they were not told yet. */
  stop(): Promise<void>
}

export interface RealtimeOptions {
  database: { connection: DatabaseConnection }
  log: Logger
  /** False where no other process can use this database: then nothing is sent through it. */
  hasPeers?: boolean
}

/**
 * UPDATED a second, for all subscribers together and for one of them. To execute and send one takes about 100 microseconds:
 * at 4,000 a second, half a core, new issues came late and ingest slowed down.
 */
const UPDATED_PER_SECOND = { total: 1_500, oneMin: 2, oneMax: 60 }

export function createRealtime({ database, log, hasPeers = true }: RealtimeOptions): Realtime {
  const listeners = new Set<Publish>()
  const events = new Map<number, Set<EventStream>>()
  const issues = new Map<number, Set<IssueStream>>()
  const deletions = new Map<number, Set<DeletionStream>>()
  let issueStreamCount = 0
  const peers: PeerChannel | null = hasPeers ? createPeerChannel({ database, log, onChanges: deliver }) : null

  function deliver(changes: readonly Change[]): void {
    for (const listener of listeners) {
      try {
        listener(changes)
      } catch (error) {
        log.error({ err: error }, 'a listener to changes failed')
      }
    }
    for (const change of changes) {
      if (change.type === 'event') {
        for (const stream of events.get(change.key.projectId) ?? []) stream.push(change.key, change.issueId)
      } else if (change.type === 'issue') {
        for (const stream of issues.get(change.projectId) ?? []) stream.push(change)
      } else if (change.type === 'deletion') {
        for (const stream of deletions.get(change.projectId) ?? []) stream.push(change.issueId)
      }
    }
  }

  function spaceUpdated(): number {
    const { total, oneMin, oneMax } = UPDATED_PER_SECOND
    return 1_000 / Math.min(Math.max(total / issueStreamCount, oneMin), oneMax)
  }

  return {
    publish(changes) {
      if (changes.length === 0) return
      deliver(changes)
      peers?.send(changes)
    },
    onChanges(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    subscribeEvents(filter) {
      const stream = createEventStream(filter, () => removeFrom(events, filter.projectId, stream))
      addTo(events, filter.projectId, stream)
      return stream.iterator
    },
    subscribeIssues({ projectId }) {
      const stream = createIssueStream({
        updatedEveryMs: spaceUpdated,
        onEnd: () => {
          issueStreamCount -= 1
          removeFrom(issues, projectId, stream)
        },
      })
      issueStreamCount += 1
      addTo(issues, projectId, stream)
      return stream.iterator
    },
    subscribeDeletions({ projectId }) {
      const stream = createDeletionStream(() => removeFrom(deletions, projectId, stream))
      addTo(deletions, projectId, stream)
      return stream.iterator
    },
    gauges: () => ({ subscriptions: countStreams(events) + issueStreamCount + countStreams(deletions) }),
    async stop() {
      for (const streams of [...events.values(), ...issues.values(), ...deletions.values()]) {
        for (const stream of [...streams]) stream.end()
      }
      await peers?.stop()
    },
  }
}

function countStreams(sets: Map<number, Set<unknown>>): number {
  let count = 0
  for (const set of sets.values()) count += set.size
  return count
}

function addTo<Value>(sets: Map<number, Set<Value>>, projectId: number, value: Value): void {
  const set = sets.get(projectId)
  if (set === undefined) sets.set(projectId, new Set([value]))
  else set.add(value)
}

function removeFrom<Value>(sets: Map<number, Set<Value>>, projectId: number, value: Value): void {
  const set = sets.get(projectId)
  set?.delete(value)
  if (set?.size === 0) sets.delete(projectId)
}
