// `session` and `sessions`: release health. There are many times as many of them as errors, so that they are merged in
// memory and written in large batches; of a session nothing is kept but what it counts for, and whose update comes next.

import type { Pool } from 'pg'
import { createBatcher } from '../batcher.ts'
import { isOutage } from '../is-outage.ts'
import type { ItemContext, ItemFate, ItemHandler } from '../item-handler.ts'
import { createKnownPeople } from '../known-people.ts'
import { SESSION_BYTES_MAX, SESSION_ITEMS_PER_ENVELOPE_MAX } from '../limits.ts'
import type { SessionItem } from '../merge-sessions.ts'
import { createMinuteLimit } from '../minute-limit.ts'
import type { Outcomes } from '../outcomes.ts'
import { persistSessions } from '../persist-sessions.ts'
import { overloaded } from '../read-body.ts'
import { readAggregates, readSession } from '../read-session.ts'
import type { ReleaseNames } from '../release-names.ts'

export interface SessionDependencies {
  pool: Pool
  releaseNames: ReleaseNames
  outcomes: Outcomes
  /** What a project may store that sets nothing of its own; 0 for no limit. */
  eventsPerMinute: number
  log: { error(details: object, message: string): void }
}

/** Sessions do not count against the limit of events; they have one of their own, since each takes a row for some days. */
const SESSIONS_FOR_AN_EVENT = 10
/** What an update takes while it waits. */
const UPDATE_BYTES = 300

type Written = 'stored' | 'refused'

export function createSessionHandler({
  pool,
  releaseNames,
  outcomes,
  eventsPerMinute,
  log,
}: SessionDependencies): ItemHandler {
  const limit = createMinuteLimit(eventsPerMinute === 0 ? Infinity : eventsPerMinute * SESSIONS_FOR_AN_EVENT)
  /** Of each envelope that is being read; its items come with the same context. */
  const taken = new WeakMap<ItemContext, number>()
  const store = { pool, releaseNames, people: createKnownPeople() }
  const batcher = createBatcher<SessionItem, Written>({
    async write(items) {
      await persistSessions(store, items)
      return items.map(() => 'stored')
    },
    sizeOf: (item) => UPDATE_BYTES * countParts(item),
    refuse({ projectId }, error) {
      log.error({ err: error, projectId }, 'a session could not be written')
      return 'refused'
    },
    isOutage,
    writers: 1,
    batchItemsMax: 2_000,
    batchBytesMax: 1024 * 1024,
    queueItemsMax: 50_000,
    queueBytesMax: 16 * 1024 * 1024,
    gather: { quietMs: 2, longestMs: 100 },
  })

  async function write(item: SessionItem, { projectId, receivedAtMs }: ItemContext): Promise<ItemFate> {
    const quantity = countParts(item)
    if (!limit.take(projectId, receivedAtMs)) return { outcome: 'dropped', reason: 'rate_limited', quantity }
    const adding = batcher.add(item)
    if (adding === null) throw overloaded()
    return (await adding) === 'stored'
      ? { outcome: 'accepted', quantity }
      : { outcome: 'dropped', reason: 'invalid', quantity }
  }

  return {
    types: ['session', 'sessions'],
    category: 'session',
    payloadBytesMax: SESSION_BYTES_MAX,
    async accept({ type, payload }, context) {
      const { projectId } = context
      const place = (taken.get(context) ?? 0) + 1
      taken.set(context, place)
      if (place > SESSION_ITEMS_PER_ENVELOPE_MAX) return { outcome: 'dropped', reason: 'too_large' }
      if (type === 'session') {
        const session = readSession(payload, context)
        return findFilter(session, context) ?? write(session, context)
      }
      const { problems, beyond, ...item } = readAggregates(payload, context)
      const filtered = findFilter(item, context)
      if (filtered !== null) return filtered
      const [problem] = problems
      if (beyond > 0) outcomes.count(projectId, 'dropped', 'too_large', 'session', beyond)
      // The last of those that cannot be counted is the item's own outcome, where nothing else is left of it.
      const isEmpty = problem !== undefined && item.aggregates.length === 0
      const invalid = problems.length - (isEmpty ? 1 : 0)
      if (invalid > 0) outcomes.count(projectId, 'dropped', 'invalid', 'session', invalid)
      if (isEmpty) throw problem
      return item.aggregates.length === 0 ? { outcome: 'accepted' } : write(item, context)
    },
    stop: () => batcher.drain(),
  }
}

function findFilter(item: SessionItem, { key, userAgent }: ItemContext): ItemFate | null {
  const reason = key.filters?.findSessionReason(item.release, item.userAgent ?? userAgent) ?? null
  return reason && { outcome: 'dropped', reason, quantity: countParts(item) || 1 }
}

/** What an item counts as: a session's update is one, and so is each minute of an aggregate. */
function countParts(item: SessionItem): number {
  return 'update' in item ? 1 : item.aggregates.length
}
