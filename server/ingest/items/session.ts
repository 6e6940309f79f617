// `session` and `sessions`: release health. There are many times as many of them as errors, so that they are merged in
// memory and written in large batches; of a session nothing is kept but what it counts for, and whose update comes next.

import type { Pool } from 'pg'
import { AppError } from '../../errors.ts'
import { createBatcher } from '../batcher.ts'
import { isOutage } from '../is-outage.ts'
import { toFate, type ItemContext, type ItemFate, type ItemsHandler } from '../item-handler.ts'
import { createKnownPeople } from '../known-people.ts'
import { SESSION_BYTES_MAX, SESSION_ITEMS_PER_ENVELOPE_MAX } from '../limits.ts'
import type { SessionItem } from '../merge-sessions.ts'
import { createMinuteLimit } from '../minute-limit.ts'
import type { Outcomes } from '../outcomes.ts'
import { persistSessions } from '../persist-sessions.ts'
import { overloaded } from '../read-body.ts'
import { readAggregates, readSession } from '../read-session.ts'
import type { EnvelopeItem } from '../parse-envelope.ts'
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
const BATCH_UPDATES_MAX = 2_000

type Written = 'stored' | 'refused'

export function createSessionHandler({
  pool,
  releaseNames,
  outcomes,
  eventsPerMinute,
  log,
}: SessionDependencies): ItemsHandler {
  const limit = createMinuteLimit(eventsPerMinute === 0 ? Infinity : eventsPerMinute * SESSIONS_FOR_AN_EVENT)
  const store = { pool, releaseNames, people: createKnownPeople() }
  // An envelope's sessions wait as one. Each with promises of its own, thousands of them outlived the collector's rounds, which
  // took half of the time that Node had for them.
  const batcher = createBatcher<SessionItem[], Written>({
    async write(groups) {
      await persistSessions(store, groups.flat())
      return groups.map(() => 'stored')
    },
    sizeOf: (items) => UPDATE_BYTES * sum(items, countParts),
    refuse(items, error) {
      const [item] = items
      if (items.length === 1) log.error({ err: error, projectId: item?.projectId }, 'a session could not be written')
      return 'refused'
    },
    isOutage,
    writers: 1,
    batchItemsMax: BATCH_UPDATES_MAX,
    batchBytesMax: BATCH_UPDATES_MAX * UPDATE_BYTES,
    queueItemsMax: 50_000,
    queueBytesMax: 16 * 1024 * 1024,
    gather: { quietMs: 2, expectMs: 10, longestMs: 100 },
  })

  function add(items: SessionItem[]): Promise<Written> {
    const adding = batcher.add(items)
    if (adding === null) throw overloaded()
    return adding
  }

  /** Each for itself, since one of them spoils the others. @returns how many could not be written. */
  async function writeEach(items: SessionItem[]): Promise<number> {
    if (items.length === 1) return sum(items, countParts)
    const written = await Promise.all(items.map((item) => add([item])))
    return sum(
      items.filter((_, index) => written[index] === 'refused'),
      countParts,
    )
  }

  function takeShare(item: SessionItem, { projectId, receivedAtMs }: ItemContext): ItemFate | SessionItem {
    if (limit.take(projectId, receivedAtMs)) return item
    return { outcome: 'dropped', reason: 'rate_limited', quantity: countParts(item) }
  }

  /** @returns what became of it, or what is to be written of it. @throws AppError INVALID for what cannot be read. */
  function read({ type, payload }: EnvelopeItem, context: ItemContext): ItemFate | SessionItem {
    if (type === 'session') {
      const session = readSession(payload, context)
      return findFilter(session, context) ?? takeShare(session, context)
    }
    const { problems, beyond, ...item } = readAggregates(payload, context)
    const filtered = findFilter(item, context)
    if (filtered !== null) return filtered
    const { projectId } = context
    const [problem] = problems
    if (beyond > 0) outcomes.count(projectId, 'dropped', 'too_large', 'session', beyond)
    // The last of those that cannot be counted is the item's own outcome, where nothing else is left of it.
    const isEmpty = problem !== undefined && item.aggregates.length === 0
    const invalid = problems.length - (isEmpty ? 1 : 0)
    if (invalid > 0) outcomes.count(projectId, 'dropped', 'invalid', 'session', invalid)
    if (isEmpty) throw problem
    return item.aggregates.length === 0 ? { outcome: 'accepted' } : takeShare(item, context)
  }

  function tryRead(item: EnvelopeItem, context: ItemContext): ItemFate | SessionItem {
    try {
      return read(item, context)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return toFate(error)
    }
  }

  async function write(received: SessionItem[], fates: ItemFate[]): Promise<ItemFate[]> {
    const refused = (await add(received)) === 'stored' ? 0 : await writeEach(received)
    const stored = sum(received, countParts) - refused
    if (stored > 0) fates.push({ outcome: 'accepted', quantity: stored })
    if (refused > 0) fates.push({ outcome: 'dropped', reason: 'invalid', quantity: refused })
    return fates
  }

  return {
    types: ['session', 'sessions'],
    category: 'session',
    payloadBytesMax: SESSION_BYTES_MAX,
    acceptAll(items, context) {
      const beyond = items.length - SESSION_ITEMS_PER_ENVELOPE_MAX
      const taken = beyond > 0 ? items.slice(0, SESSION_ITEMS_PER_ENVELOPE_MAX) : items
      // Of just their length, as lists that grow are not: they live until all of them is written.
      const results = taken.map((item) => tryRead(item, context))
      const fates = results.filter(isFate)
      const received = fates.length === 0 ? (results as SessionItem[]) : results.filter(isReceived)
      if (beyond > 0) fates.push({ outcome: 'dropped', reason: 'too_large', quantity: beyond })
      return received.length === 0 ? Promise.resolve(fates) : write(received, fates)
    },
    stop: () => batcher.drain(),
  }
}

function isFate(result: ItemFate | SessionItem): result is ItemFate {
  return 'outcome' in result
}

function isReceived(result: ItemFate | SessionItem): result is SessionItem {
  return !isFate(result)
}

function findFilter(item: SessionItem, { key, userAgent }: ItemContext): ItemFate | null {
  const reason = key.filters?.findReasonByNames(item.release, item.userAgent ?? userAgent) ?? null
  return reason && { outcome: 'dropped', reason, quantity: countParts(item) || 1 }
}

/** What an item counts as: a session's update is one, and so is each minute of an aggregate. */
function countParts(item: SessionItem): number {
  return 'update' in item ? 1 : item.aggregates.length
}

function sum<Item>(items: readonly Item[], count: (item: Item) => number): number {
  let total = 0
  for (const item of items) total += count(item)
  return total
}
