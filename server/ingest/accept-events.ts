// From an event's bytes to a committed row that subscribers hear of, with an outcome for each that is not.

import type { Pool } from 'pg'
import type { Change, Publish } from '../domain/change.ts'
import type { FilterReason } from '../domain/outcome.ts'
import { createAwaitTurn } from './await-turn.ts'
import { createBatcher } from './batcher.ts'
import type { ClientKeyRecord } from './client-keys.ts'
import type { EventQuota, QuotaEvent } from './event-quota.ts'
import { createExceptionMemory } from './exception-memory.ts'
import { IngestError } from './ingest-error.ts'
import { ProjectGone } from './create-issues.ts'
import { isOutage } from './is-outage.ts'
import * as limits from './limits.ts'
import type { NormalizeContext } from './normalize.ts'
import type { Outcomes } from './outcomes.ts'
import { createOtherHashes } from './other-hashes.ts'
import { persistBatch, takeCommitted, type PersistedEvent } from './persist-batch.ts'
import { prepareEvent, type PreparedEvent } from './prepare-event.ts'
import { overloaded } from './read-body.ts'
import type { ReleaseNames } from './release-names.ts'

export interface AcceptEventsDependencies {
  pool: Pool
  publish: Publish
  outcomes: Outcomes
  quota: EventQuota
  /** Told of the releases that events come from. */
  releaseNames: Pick<ReleaseNames, 'note'>
  log: { error(details: object, message: string): void }
}

export type EventContext = NormalizeContext & { key: ClientKeyRecord }

export interface EventAcceptor {
  /**
   * Resolves when the event is committed. @returns its id; null when it was none of ours and has none.
   * @throws AppError INVALID when it cannot be read, IngestError 429 when the queue is full or a hard limit is reached,
   * the database's error when that is away.
   * @param onFiltered told before the event is written whether the project's filters drop it; not where it cannot be read.
   */
  acceptEvent(
    projectId: number,
    payload: Buffer,
    context: EventContext,
    onFiltered?: (reason: FilterReason | null) => void,
  ): Promise<string | null>
  eventsWaiting(): number
  /** Resolves when all that waits is written. */
  drain(): Promise<void>
}

export function createEventAcceptor(dependencies: AcceptEventsDependencies): EventAcceptor {
  const { pool, publish, outcomes, quota, releaseNames, log } = dependencies
  const awaitTurn = createAwaitTurn()
  const otherHashes = createOtherHashes()
  const memory = createExceptionMemory()
  const batcher = createBatcher<PreparedEvent, PersistedEvent | null>({
    write: writeAndPublish,
    sizeOf: (event) => event.bytes,
    refuse(event, error) {
      const which = { err: error, eventId: event.eventId, projectId: event.projectId }
      // It is counted as dropped all the same.
      if (!(error instanceof ProjectGone)) log.error(which, 'an event could not be written')
      return null
    },
    isOutage,
    salvage(event) {
      const result = takeCommitted(event)
      if (result !== undefined) publishLater([event], [result])
      return result
    },
    writers: limits.WRITERS,
    batchItemsMax: limits.BATCH_EVENTS_MAX,
    batchBytesMax: limits.BATCH_BYTES_MAX,
    queueItemsMax: limits.QUEUE_EVENTS_MAX,
    queueBytesMax: limits.QUEUE_BYTES_MAX,
  })

  async function writeAndPublish(events: PreparedEvent[]): Promise<PersistedEvent[]> {
    const results = await persistBatch(pool, events, otherHashes)
    publishLater(events, results)
    return results
  }

  /** After the answers: who waits for a 200 waits for the commit, not for subscribers. */
  function publishLater(events: PreparedEvent[], results: PersistedEvent[]): void {
    const changes = collectChanges(events, results)
    if (changes.length > 0) setImmediate(() => publish(changes))
  }

  function holdHardLimit(projectId: number, retryAfterSeconds: number): void {
    if (retryAfterSeconds === 0) return
    outcomes.count(projectId, 'dropped', 'rate_limited', 'error')
    throw overHardLimit(retryAfterSeconds)
  }

  async function acceptEvent(
    projectId: number,
    payload: Buffer,
    context: EventContext,
    onFiltered?: (reason: FilterReason | null) => void,
  ): Promise<string | null> {
    const { key, receivedAtMs } = context
    holdHardLimit(projectId, quota.refusedForSeconds(key, receivedAtMs))
    await awaitTurn()
    let event: ReturnType<typeof prepareEvent>
    try {
      const isRepeat = (grouped: QuotaEvent): boolean => quota.isRepeatOverLimit(key, grouped, receivedAtMs)
      event = prepareEvent(projectId, payload, context, key, isRepeat, memory)
    } catch (error) {
      outcomes.count(projectId, 'dropped', 'invalid', 'error')
      throw error
    }
    if (event === null) {
      outcomes.count(projectId, 'unsupported', '', 'transaction')
      return context.eventId
    }
    if ('filteredBy' in event) {
      outcomes.count(projectId, 'dropped', event.filteredBy, 'error')
      onFiltered?.(event.filteredBy)
      return event.eventId
    }
    holdHardLimit(projectId, quota.takeOrRefuseForSeconds(key, receivedAtMs))
    onFiltered?.(null)
    if (quota.sampledIssue(projectId, event.eventId) !== undefined) {
      outcomes.count(projectId, 'dropped', 'duplicate', 'error')
      return event.eventId
    }
    const adding = batcher.add(event)
    if (adding === null) {
      outcomes.count(projectId, 'dropped', 'queue_full', 'error')
      throw overloaded()
    }
    const result = await adding.catch((error: unknown) => {
      outcomes.count(projectId, 'dropped', 'unavailable', 'error')
      throw error
    })
    if (result === null) outcomes.count(projectId, 'dropped', 'invalid', 'error')
    else if (result.fate === 'duplicate') outcomes.count(projectId, 'dropped', 'duplicate', 'error')
    else if (result.fate === 'sampled') {
      outcomes.note('sampled', '')
      quota.noteSampled(key, event, result.issueId)
    } else {
      outcomes.note('accepted', '')
      quota.noteStored(key, event, receivedAtMs)
      releaseNames.note(projectId, event.release, event.environment, receivedAtMs)
    }
    return event.eventId
  }

  return {
    acceptEvent,
    eventsWaiting: () => batcher.waiting(),
    drain: () => batcher.drain(),
  }
}

function overHardLimit(retryAfterSeconds: number): IngestError {
  return new IngestError(429, 'the project has reached its hard limit of events per minute', {
    retryAfterSeconds,
    rateLimit: 'error:project:hard_limit',
  })
}

/** One change per issue, then one per event. */
function collectChanges(events: PreparedEvent[], results: PersistedEvent[]): Change[] {
  const issues = new Map<string, Change>()
  const stored: Change[] = []
  for (const [index, { projectId, eventId }] of events.entries()) {
    const { fate, issueId: issueNumber, day, change: kind } = results[index] as PersistedEvent
    if (fate === 'duplicate') continue
    const issueId = String(issueNumber)
    if (fate === 'stored') stored.push({ type: 'event', key: { projectId, day, eventId }, issueId })
    const name = `${projectId}:${issueId}`
    if (!issues.has(name)) issues.set(name, { type: 'issue', projectId, issueId, kind })
  }
  return [...issues.values(), ...stored]
}
