// The statement that writes a batch with all that it counts. It is one transaction by itself, and takes its locks in the
// same order in every process: issues by number, events, people, hours.
//
// How it is written follows from what the planner does with it. It is planned once, when the tables may still be empty, and
// guesses one row for each step that follows from a join. So nothing here is left for it to compare row by row:
// membership is asked inside of CASE, which makes it a hashed look-up, and counts are put together by one GROUP BY. With
// joins instead, a batch of 64 took 24 ms of PostgreSQL's processor; like this it takes a third of that.
//
// It names the partitions of its day and of the day before. Through the partitioned tables every statement would look at, and
// lock, each of the partitions that there are: with those of 97 days that cost 1.4 ms a batch.

import type { PoolClient } from 'pg'
import { formatDay, namePartition } from '../database/partitions.ts'
import type { EventBlock, EventPlace } from './compress-blocks.ts'
import type { PreparedEvent } from './prepare-event.ts'

export interface BatchEvent {
  /** Comes back with its result. */
  ord: number
  event: PreparedEvent
  /** Undefined: it is counted only, unless its issue is resolved. */
  place: EventPlace | undefined
}

export interface WrittenEvent {
  ord: number
  issue_id: number
  fate: 'stored' | 'sampled' | 'duplicate'
  regressed: boolean
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * @returns one result for each event whose issue exists; none for an event without a place whose issue is resolved.
 * @throws the database's 42P01 when a partition of the day or of the day before is missing.
 */
export async function writeBatch(
  client: PoolClient,
  day: string,
  events: readonly BatchEvent[],
): Promise<WrittenEvent[]> {
  const blocks = new Set<EventBlock>()
  for (const { place } of events) if (place !== undefined) blocks.add(place.block)
  // Texts and one binary value instead of an array a column: JSON.stringify is native and the driver's encoding of
  // arrays is not, and the blocks, cut apart again by PostgreSQL, are not escaped on the way. Many events have the same tags.
  const tagSets = new Map<string, number>()
  const rows = events.map((event) => toRow(event, indexOfTags(tagSets, event.event.tags)))
  const written = await client.query<WrittenEvent>({
    name: `ingest-batch-${day}`,
    text: statementOf(day),
    values: [
      JSON.stringify(rows),
      day,
      JSON.stringify(listBlocks(blocks)),
      Buffer.concat([...blocks].map(({ payload }) => payload)),
      JSON.stringify([...tagSets.keys()]),
    ],
  })
  return written.rows
}

/** @returns its place among the sets, from 1, as SQL counts. */
function indexOfTags(tagSets: Map<string, number>, tags: string): number {
  const known = tagSets.get(tags)
  if (known !== undefined) return known
  tagSets.set(tags, tagSets.size + 1)
  return tagSets.size
}

function toRow({ ord, event, place }: BatchEvent, tagSet: number) {
  return {
    ord,
    project_id: event.projectId,
    id: event.eventId,
    hash: event.hash,
    received_ms: event.receivedAtMs,
    timestamp_ms: event.timestampMs,
    level: event.level,
    environment: event.environment,
    release: event.release,
    user_hash: event.userHash,
    tag_set: tagSet,
    block_id: place?.block.id,
    slot: place?.slot,
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

let latest = { day: '', text: '' }

function statementOf(day: string): string {
  if (latest.day !== day) latest = { day, text: writeStatement(day, formatDay(Date.parse(day) - DAY_MS)) }
  return latest.text
}

function writeStatement(day: string, dayBefore: string): string {
  const today = namePartition('event', day)
  const yesterday = namePartition('event', dayBefore)
  return `
WITH input AS MATERIALIZED (
  SELECT i.ord, i.project_id, i.id, i.level, i.environment, i.release, i.user_hash, i.tag_set, i.block_id, i.slot,
         to_timestamp(i.received_ms / 1000.0)::timestamptz(3) AS received_at,
         to_timestamp(i.timestamp_ms / 1000.0)::timestamptz(3) AS happened_at,
         (SELECT h.issue_id FROM issue_hash h WHERE h.project_id = i.project_id AND h.hash = i.hash) AS issue_id
  FROM json_to_recordset($1::json) AS i (
    ord int, project_id int, id uuid, hash uuid, received_ms float8, timestamp_ms float8, level level,
    environment text, release text, user_hash bigint, tag_set int, block_id uuid, slot int2)
),
-- Each is looked up by its key, in order: a join could read all issues, and would lock them in the order it likes.
locked AS MATERIALIZED (
  SELECT l.* FROM (
    SELECT DISTINCT project_id, issue_id FROM input WHERE issue_id IS NOT NULL ORDER BY project_id, issue_id
  ) d
  CROSS JOIN LATERAL (
    SELECT i.project_id, i.id, i.status FROM issue i
    WHERE i.project_id = d.project_id AND i.id = d.issue_id FOR NO KEY UPDATE
  ) l
),
known AS MATERIALIZED (
  SELECT i.*, l.status = 'RESOLVED' AS was_resolved
  FROM input i JOIN locked l ON l.project_id = i.project_id AND l.id = i.issue_id
  WHERE i.block_id IS NOT NULL OR l.status <> 'RESOLVED'
),
stored AS (
  INSERT INTO ${today} (
    project_id, received_on, id, issue_id, received_at, timestamp, level, environment, release, block_id, slot)
  SELECT k.project_id, $2::date, k.id, k.issue_id, k.received_at, k.happened_at, k.level, k.environment, k.release,
         k.block_id, k.slot
  FROM known k
  WHERE k.block_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM ${yesterday} e WHERE e.project_id = k.project_id AND e.received_on = $2::date - 1 AND e.id = k.id)
  ORDER BY k.project_id, k.id
  ON CONFLICT DO NOTHING
  RETURNING project_id, id
),
fates AS MATERIALIZED (
  SELECT k.*, CASE
    WHEN (k.project_id, k.id) IN (SELECT project_id, id FROM stored) THEN 'stored'
    WHEN k.block_id IS NULL AND NOT EXISTS (
      SELECT FROM ${today} e WHERE e.project_id = k.project_id AND e.received_on = $2::date AND e.id = k.id)
    AND NOT EXISTS (
      SELECT FROM ${yesterday} e WHERE e.project_id = k.project_id AND e.received_on = $2::date - 1 AND e.id = k.id)
    THEN 'sampled'
    ELSE 'duplicate' END AS fate
  FROM known k
),
fresh AS MATERIALIZED (
  SELECT * FROM fates WHERE fate <> 'duplicate'
),
blocks AS (
  INSERT INTO ${namePartition('event_block', day)} (project_id, received_on, id, payload)
  SELECT b.project_id, $2::date, b.id, substring($4::bytea FROM b.at FOR b.bytes)
  FROM json_to_recordset($3::json) AS b (project_id int, id uuid, at int, bytes int)
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
  INSERT INTO tally (project_id, issue_ids, tags, sampled)
  SELECT project_id, array_agg(issue_id), array_agg((ARRAY(SELECT json_array_elements_text($5::json)))[tag_set]),
         count(*) FILTER (WHERE fate = 'sampled')
  FROM fresh GROUP BY project_id
),
parts AS (
  SELECT project_id, issue_id, received_at, id, happened_at, release, level, fate, 1 AS events, 0 AS people FROM fresh
  UNION ALL
  SELECT project_id, issue_id, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1 FROM people
),
sums AS MATERIALIZED (
  SELECT project_id, issue_id, sum(events) AS events, sum(people) AS people,
         min(happened_at) AS first_at, max(happened_at) AS last_at,
         (array_agg(received_at ORDER BY received_at DESC NULLS LAST, id DESC))[1] AS received_at,
         (array_agg(id ORDER BY received_at DESC NULLS LAST, id DESC))[1] AS id,
         (array_agg(release ORDER BY received_at DESC NULLS LAST, id DESC))[1] AS release,
         (array_agg(level ORDER BY received_at DESC NULLS LAST, id DESC))[1] AS level,
         (array_agg(received_at ORDER BY received_at DESC NULLS LAST, id DESC) FILTER (WHERE fate = 'stored'))[1] AS stored_at,
         (array_agg(id ORDER BY received_at DESC NULLS LAST, id DESC) FILTER (WHERE fate = 'stored'))[1] AS stored_id
  FROM parts GROUP BY project_id, issue_id
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
    last_release = CASE WHEN (s.received_at, s.id) >= (issue.latest_received_at, issue.latest_event_id)
                        THEN s.release ELSE issue.last_release END,
    level = CASE WHEN (s.received_at, s.id) >= (issue.latest_received_at, issue.latest_event_id)
                 THEN s.level ELSE issue.level END,
    -- An event that was only counted cannot be opened.
    latest_received_at = CASE WHEN (s.stored_at, s.stored_id) >= (issue.latest_received_at, issue.latest_event_id)
                              THEN s.stored_at ELSE issue.latest_received_at END,
    latest_event_id = CASE WHEN (s.stored_at, s.stored_id) >= (issue.latest_received_at, issue.latest_event_id)
                           THEN s.stored_id ELSE issue.latest_event_id END
  FROM sums s
  WHERE issue.project_id = s.project_id AND issue.id = s.issue_id
),
reopened AS (
  UPDATE issue_rank SET status = 'UNRESOLVED'
  FROM (SELECT DISTINCT project_id, issue_id FROM fresh WHERE was_resolved) f
  WHERE issue_rank.project_id = f.project_id AND issue_rank.issue_id = f.issue_id
)
SELECT ord, issue_id, fate, was_resolved AND fate <> 'duplicate' AS regressed FROM fates`
}
