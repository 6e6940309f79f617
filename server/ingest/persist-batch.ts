// Writes a batch of events with all that they count, in one statement, which is one transaction. Only an event whose
// issue does not exist yet costs more: then issues are made and the statement is run again, in a transaction around both.
//
// The order of locks is the same in every process, so that batches wait for one another instead of deadlocking: project
// (only to make issues), issues by number, events, people, hours.

import type { Pool, PoolClient } from 'pg'
import { ensurePartitions, formatDay } from '../database/partitions.ts'
import { compressBlocks, type EventBlock, type EventPlace } from './compress-blocks.ts'
import { createIssues } from './create-issues.ts'
import type { PreparedEvent } from './prepare-event.ts'

export interface PersistedEvent {
  /** False: it was stored before, and was not counted again. */
  stored: boolean
  issueId: number
  /** `YYYY-MM-DD`: the partition it lies in. */
  day: string
  /** What happened to the issue through this batch. */
  change: 'CREATED' | 'REGRESSED' | 'UPDATED'
}

interface WrittenRow {
  ord: number
  issue_id: number
  stored: boolean
  regressed: boolean
}

const DAY_MS = 24 * 60 * 60 * 1000
const ATTEMPTS_MAX = 3

/**
 * @returns one result per event, in their order. After an error some events may be stored, each with its counts: to write
 * them again is safe, since what is stored is not stored or counted twice.
 */
export async function persistBatch(pool: Pool, events: readonly PreparedEvent[]): Promise<PersistedEvent[]> {
  const results = new Array<PersistedEvent>(events.length)
  for (const [day, indexes] of groupByDay(events)) {
    const written = await persistDay(
      pool,
      day,
      indexes.map((index) => events[index] as PreparedEvent),
    )
    for (const [position, index] of indexes.entries()) results[index] = written[position] as PersistedEvent
  }
  return results
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

async function persistDay(pool: Pool, day: string, events: PreparedEvent[]): Promise<PersistedEvent[]> {
  const places = await compressBlocks(events)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await persistOnce(pool, { day, events, places })
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error
      const code = (error as { code?: unknown }).code
      // 23514: no partition for the day. 40P01, 40001: a deadlock or a conflict with another process.
      if (code === '23514') await ensurePartitions(pool, Date.parse(day), 2)
      else if (code !== '40P01' && code !== '40001') throw error
    }
  }
}

interface DayBatch {
  day: string
  events: PreparedEvent[]
  places: EventPlace[]
}

async function persistOnce(pool: Pool, batch: DayBatch): Promise<PersistedEvent[]> {
  const { events } = batch
  const client = await pool.connect()
  let failure: unknown
  try {
    const results = new Array<PersistedEvent | undefined>(events.length)
    const indexes = collectUniqueIndexes(events)
    await writeEvents(client, batch, indexes, results, null)
    const unknown = indexes.filter((index) => results[index] === undefined)
    if (unknown.length > 0) {
      await client.query('BEGIN')
      const created = await createIssues(
        client,
        unknown.map((index) => events[index] as PreparedEvent),
      )
      await writeEvents(client, batch, unknown, results, created)
      await client.query('COMMIT')
    }
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
      if (results[index] === undefined && first !== undefined) results[index] = { ...first, stored: false }
    }
  }
  if (results.includes(undefined)) throw new Error('an issue vanished while its events were written')
  return results as PersistedEvent[]
}

function keyOf(event: PreparedEvent): string {
  return `${event.projectId}:${event.eventId}`
}

/** Writes the events whose issue exists, and notes their results; the others' stay undefined. */
async function writeEvents(
  client: PoolClient,
  { day, events, places }: DayBatch,
  indexes: number[],
  results: (PersistedEvent | undefined)[],
  created: Set<string> | null,
): Promise<void> {
  // Two texts and one binary value instead of an array a column: JSON.stringify is native and the driver's encoding of
  // arrays is not, and the blocks, cut apart again by PostgreSQL, are not escaped on the way.
  const blocks = new Set<EventBlock>()
  const rows = indexes.map((index) => {
    const event = events[index] as PreparedEvent
    const { block, slot } = places[index] as EventPlace
    blocks.add(block)
    return {
      ord: index,
      project_id: event.projectId,
      id: event.eventId,
      hash: event.hash,
      received_ms: event.receivedAtMs,
      timestamp_ms: event.timestampMs,
      level: event.level,
      environment: event.environment,
      release: event.release,
      user_hash: event.userHash,
      tags: event.tags,
      block_id: block.id,
      slot,
    }
  })
  const dayBefore = formatDay(Date.parse(day) - DAY_MS)
  const { rows: written } = await client.query<WrittenRow>({
    name: 'ingest-batch',
    text: WRITE_BATCH,
    values: [
      JSON.stringify(rows),
      day,
      dayBefore,
      JSON.stringify(listBlocks(blocks)),
      Buffer.concat([...blocks].map(({ payload }) => payload)),
    ],
  })
  for (const row of written) {
    const event = events[row.ord] as PreparedEvent
    const isNew = created?.has(`${event.projectId}:${row.issue_id}`) ?? false
    const change = isNew ? 'CREATED' : row.regressed ? 'REGRESSED' : 'UPDATED'
    results[row.ord] = { stored: row.stored, issueId: row.issue_id, day, change }
  }
}

/** Where each block begins in the one value that holds all, from 1, as SQL counts. */
function listBlocks(blocks: Iterable<EventBlock>): object[] {
  let at = 1
  const rows: object[] = []
  for (const { projectId, id, payload } of blocks) {
    rows.push({ project_id: projectId, id, at, bytes: payload.length })
    at += payload.length
  }
  return rows
}

// Scalar subqueries where a join would do: they leave the planner its guess of a hundred rows, so that it hashes one step
// with the next. Behind a join it expects one row, and compares every row with every other (372 instead of 173 µs
// of PostgreSQL's processor an event in batches of 64).
const WRITE_BATCH = `
WITH input AS MATERIALIZED (
  SELECT i.ord, i.project_id, i.id, i.level, i.environment, i.release, i.user_hash, i.tags, i.block_id, i.slot,
         to_timestamp(i.received_ms / 1000.0)::timestamptz(3) AS received_at,
         to_timestamp(i.timestamp_ms / 1000.0)::timestamptz(3) AS happened_at,
         (SELECT h.issue_id FROM issue_hash h WHERE h.project_id = i.project_id AND h.hash = i.hash) AS issue_id
  FROM json_to_recordset($1::json) AS i (
    ord int, project_id int, id uuid, hash uuid, received_ms float8, timestamp_ms float8, level level,
    environment text, release text, user_hash bigint, tags text, block_id uuid, slot int2)
),
locked AS MATERIALIZED (
  SELECT project_id, id, status FROM issue
  WHERE (project_id, id) IN (SELECT project_id, issue_id FROM input)
  ORDER BY project_id, id FOR NO KEY UPDATE
),
known AS MATERIALIZED (
  SELECT i.*, l.status = 'RESOLVED' AS was_resolved
  FROM input i JOIN locked l ON l.project_id = i.project_id AND l.id = i.issue_id
),
stored AS (
  INSERT INTO event (
    project_id, received_on, id, issue_id, received_at, timestamp, level, environment, release, block_id, slot)
  SELECT k.project_id, $2::date, k.id, k.issue_id, k.received_at, k.happened_at, k.level, k.environment, k.release,
         k.block_id, k.slot
  FROM known k
  WHERE NOT EXISTS (
    SELECT FROM event e WHERE e.project_id = k.project_id AND e.received_on = $3::date AND e.id = k.id)
  ORDER BY k.project_id, k.id
  ON CONFLICT DO NOTHING
  RETURNING project_id, id
),
fresh AS MATERIALIZED (
  SELECT k.* FROM known k WHERE (k.project_id, k.id) IN (SELECT project_id, id FROM stored)
),
blocks AS (
  INSERT INTO event_block (project_id, received_on, id, payload)
  SELECT b.project_id, $2::date, b.id, substring($5::bytea FROM b.at FOR b.bytes)
  FROM json_to_recordset($4::json) AS b (project_id int, id uuid, at int, bytes int)
  WHERE b.id IN (SELECT block_id FROM fresh)
  -- The events of a new issue come in a second statement, with their neighbours' block.
  ON CONFLICT DO NOTHING
),
people AS (
  INSERT INTO issue_user (project_id, issue_id, user_hash)
  SELECT DISTINCT project_id, issue_id, user_hash FROM fresh WHERE user_hash IS NOT NULL ORDER BY 1, 2, 3
  ON CONFLICT DO NOTHING
  RETURNING project_id, issue_id
),
hours AS (
  INSERT INTO issue_hour (project_id, issue_id, hour, count)
  SELECT project_id, issue_id, date_trunc('hour', happened_at, 'UTC'), count(*) FROM fresh GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (project_id, issue_id, hour) DO UPDATE SET count = issue_hour.count + excluded.count
),
tallied AS (
  INSERT INTO tally (project_id, issue_ids, tags)
  SELECT project_id, array_agg(issue_id), array_agg(tags) FROM fresh GROUP BY project_id
),
sums AS MATERIALIZED (
  SELECT DISTINCT ON (project_id, issue_id) project_id, issue_id, id, received_at, release, level,
         count(*) OVER same AS events, min(happened_at) OVER same AS first_at, max(happened_at) OVER same AS last_at
  FROM fresh WINDOW same AS (PARTITION BY project_id, issue_id)
  ORDER BY project_id, issue_id, received_at DESC, id DESC
),
new_people AS MATERIALIZED (
  SELECT project_id, issue_id, count(*) AS people FROM people GROUP BY project_id, issue_id
),
counted AS (
  UPDATE issue SET
    event_count = issue.event_count + s.events,
    user_count = issue.user_count + s.people,
    first_seen_at = least(issue.first_seen_at, s.first_at),
    last_seen_at = greatest(issue.last_seen_at, s.last_at),
    status = CASE WHEN issue.status = 'RESOLVED' THEN 'UNRESOLVED' ELSE issue.status END,
    status_changed_at = CASE WHEN issue.status = 'RESOLVED' THEN s.last_at ELSE issue.status_changed_at END,
    regressed = issue.regressed OR issue.status = 'RESOLVED',
    latest_received_at = CASE WHEN s.is_latest THEN s.received_at ELSE issue.latest_received_at END,
    latest_event_id = CASE WHEN s.is_latest THEN s.id ELSE issue.latest_event_id END,
    last_release = CASE WHEN s.is_latest THEN s.release ELSE issue.last_release END,
    level = CASE WHEN s.is_latest THEN s.level ELSE issue.level END
  FROM (
    SELECT s.*, coalesce(p.people, 0) AS people,
           (s.received_at, s.id) >= (i.latest_received_at, i.latest_event_id) AS is_latest
    FROM sums s
    JOIN issue i ON i.project_id = s.project_id AND i.id = s.issue_id
    LEFT JOIN new_people p ON p.project_id = s.project_id AND p.issue_id = s.issue_id
  ) s
  WHERE issue.project_id = s.project_id AND issue.id = s.issue_id
)
SELECT k.ord, k.issue_id, s.id IS NOT NULL AS stored, k.was_resolved AND s.id IS NOT NULL AS regressed
FROM known k LEFT JOIN stored s ON s.project_id = k.project_id AND s.id = k.id`
