// Writes a batch of events with all that they count, in one statement, which is one transaction. Only an event whose
// issue does not exist yet costs more: then issues are made and the statement is run again, in a transaction around both.
//
// The order of locks is the same in every process, so that batches wait for one another instead of deadlocking: project
// (only to make issues), issues by number, events, people, hours.

import type { Pool, PoolClient } from 'pg'
import { ensurePartitions, formatDay } from '../database/partitions.ts'
import { compressBlocks, type EventPlace } from './compress-blocks.ts'
import { createIssues } from './create-issues.ts'
import { createOtherHashes, type OtherHashes } from './other-hashes.ts'
import type { PreparedEvent } from './prepare-event.ts'
import { writeBatch, type WrittenEvent } from './write-batch.ts'

export interface PersistedEvent {
  /** `sampled`: counted, not stored. `duplicate`: it was stored before, and was not counted again. */
  fate: WrittenEvent['fate']
  issueId: number
  /** `YYYY-MM-DD`: the partition it lies in. */
  day: string
  /** What happened to the issue through this batch. */
  change: 'CREATED' | 'REGRESSED' | 'UPDATED'
}

const ATTEMPTS_MAX = 3
/**
 * What was committed of a batch that then failed: it is written again, whole or in halves, and an event that was only
 * counted has no row that would tell that it was.
 */
const committed = new WeakMap<PreparedEvent, PersistedEvent>()
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * @returns one result per event, in their order. After an error some events may be written, each with its counts: to write
 * the same objects again is safe, since nothing is stored or counted twice.
 */
export async function persistBatch(
  pool: Pool,
  events: readonly PreparedEvent[],
  otherHashes: OtherHashes = createOtherHashes(),
): Promise<PersistedEvent[]> {
  const results = new Array<PersistedEvent>(events.length)
  for (const [day, indexes] of groupByDay(events)) {
    const written = await persistDay(
      pool,
      day,
      indexes.map((index) => events[index] as PreparedEvent),
      otherHashes,
    )
    for (const [position, index] of indexes.entries()) results[index] = written[position] as PersistedEvent
  }
  for (const event of events) committed.delete(event)
  return results
}

/** @returns what became of an event of a batch that failed, where the event was committed before. Asked once. */
export function takeCommitted(event: PreparedEvent): PersistedEvent | undefined {
  const result = committed.get(event)
  committed.delete(event)
  return result
}

/** Nearly always one day; at midnight two. */
function groupByDay(events: readonly PreparedEvent[]): Map<string, number[]> {
  const days = new Map<string, number[]>()
  for (const [index, event] of events.entries()) {
    const day = formatDay(event.receivedAtMs)
    const indexes = days.get(day)
    if (indexes === undefined) days.set(day, [index])
    else indexes.push(index)
  }
  return days
}

async function persistDay(
  pool: Pool,
  day: string,
  events: PreparedEvent[],
  otherHashes: OtherHashes,
): Promise<PersistedEvent[]> {
  const places: DayBatch['places'] = []
  compressBlocks(
    events,
    indexesWhere(events, ({ isRepeat }) => !isRepeat),
    places,
  )
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await persistOnce(pool, { day, events, places }, otherHashes)
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error
      const code = (error as { code?: unknown }).code
      // 42P01: a partition is missing. 40P01, 40001: a deadlock or a conflict with another process.
      if (code === '42P01') await ensurePartitions(pool, Date.parse(day) - DAY_MS, 3)
      else if (code !== '40P01' && code !== '40001') throw error
    }
  }
}

interface DayBatch {
  day: string
  events: PreparedEvent[]
  /** Of those that are to be stored. */
  places: (EventPlace | undefined)[]
}

function indexesWhere(events: readonly PreparedEvent[], matches: (event: PreparedEvent) => boolean): number[] {
  return [...events.keys()].filter((index) => matches(events[index] as PreparedEvent))
}

async function persistOnce(pool: Pool, batch: DayBatch, otherHashes: OtherHashes): Promise<PersistedEvent[]> {
  const { events, places } = batch
  const client = await pool.connect()
  let failure: unknown
  try {
    const results = events.map((event) => committed.get(event))
    const indexes = collectUniqueIndexes(events)
    const unwritten = indexes.filter((index) => results[index] === undefined)
    keep(events, results, await writeEvents(client, batch, unwritten, null))
    const unknown = unwritten.filter((index) => results[index] === undefined)
    if (unknown.length > 0) {
      // What is new, or comes again, is stored whole even where its like would only be counted.
      const unplaced = unknown.filter((index) => places[index] === undefined)
      compressBlocks(events, unplaced, places)
      await client.query('BEGIN')
      const created = await createIssues(
        client,
        unknown.map((index) => events[index] as PreparedEvent),
      )
      const made = await writeEvents(client, batch, unknown, created)
      await client.query('COMMIT')
      keep(events, results, made)
    }
    const issueIds = results.map((result) => result?.issueId)
    await otherHashes.give(client, events, issueIds).catch(ignoreOfDatabase)
    return fillRepeats(events, indexes, results)
  } catch (error) {
    failure = error
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    // A connection that failed in a way that PostgreSQL did not report itself is not given to the next batch.
    client.release(failure !== undefined && !(failure instanceof Error && 'severity' in failure))
  }
}

/** The same event may be in a batch twice, when an SDK tries again at once: only the first is sent to the database. */
function collectUniqueIndexes(events: PreparedEvent[]): number[] {
  const seen = new Set<string>()
  const indexes: number[] = []
  for (const [index, event] of events.entries()) {
    const key = keyOf(event)
    if (seen.has(key)) continue
    seen.add(key)
    indexes.push(index)
  }
  return indexes
}

function fillRepeats(
  events: PreparedEvent[],
  indexes: number[],
  results: (PersistedEvent | undefined)[],
): PersistedEvent[] {
  if (indexes.length < events.length) {
    const firsts = new Map(indexes.map((index) => [keyOf(events[index] as PreparedEvent), results[index]]))
    for (const [index, event] of events.entries()) {
      const first = firsts.get(keyOf(event))
      if (results[index] === undefined && first !== undefined) results[index] = { ...first, fate: 'duplicate' }
    }
  }
  if (results.includes(undefined)) throw new Error('an issue vanished while its events were written')
  return results as PersistedEvent[]
}

function keyOf(event: PreparedEvent): string {
  return `${event.projectId}:${event.eventId}`
}

/** By the event's index. */
type Results = Map<number, PersistedEvent>

/** After the commit, not before. */
function keep(events: PreparedEvent[], results: (PersistedEvent | undefined)[], written: Results): void {
  for (const [index, result] of written) {
    results[index] = result
    committed.set(events[index] as PreparedEvent, result)
  }
}

/** The events are committed by then, and the next one of the same issue gives the hash that is missing. */
function ignoreOfDatabase(error: unknown): void {
  if (typeof (error as { code?: unknown }).code !== 'string') throw error
}

/** Writes the events whose issue exists; the others have no result. */
async function writeEvents(
  client: PoolClient,
  { day, events, places }: DayBatch,
  indexes: number[],
  created: Set<string> | null,
): Promise<Results> {
  const results: Results = new Map()
  if (indexes.length === 0) return results
  const batch = indexes.map((index) => ({
    ord: index,
    event: events[index] as PreparedEvent,
    place: places[index],
  }))
  for (const { ord, issue_id: issueId, fate, regressed } of await writeBatch(client, day, batch)) {
    const isNew = created?.has(`${(events[ord] as PreparedEvent).projectId}:${issueId}`) ?? false
    results.set(ord, { fate, issueId, day, change: isNew ? 'CREATED' : regressed ? 'REGRESSED' : 'UPDATED' })
  }
  return results
}
