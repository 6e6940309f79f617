// Makes the issues of events whose hash is not known yet. Runs in the batch's transaction, with the projects' rows locked:
// whoever makes issues in a project waits for its turn, and then finds what the one before made.

import type { PoolClient } from 'pg'
import type { PreparedEvent } from './prepare-event.ts'

/** @returns `<project>:<issue>` of the issues that were made; those of other events exist now as well. */
export async function createIssues(client: PoolClient, events: readonly PreparedEvent[]): Promise<Set<string>> {
  const firsts = collectFirstPerHash(events)
  const projectIds = [...new Set(firsts.map((event) => event.projectId))].sort((a, b) => a - b)
  await client.query('SELECT FROM project WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE', [projectIds])

  const missing = await dropKnown(client, firsts)
  const created = new Set<string>()
  for (const projectId of projectIds) {
    const ours = missing.filter((event) => event.projectId === projectId)
    if (ours.length === 0) continue
    const lastNumber = await takeNumbers(client, projectId, ours.length)
    const rows = ours.map((event, index) => toIssueRow(event, lastNumber - ours.length + index + 1))
    await client.query(INSERT_ISSUES, [JSON.stringify(rows)])
    for (const row of rows) created.add(`${projectId}:${row.id}`)
  }
  return created
}

function collectFirstPerHash(events: readonly PreparedEvent[]): PreparedEvent[] {
  const firsts = new Map<string, PreparedEvent>()
  for (const event of events) {
    const key = `${event.projectId}:${event.hash}`
    if (!firsts.has(key)) firsts.set(key, event)
  }
  return [...firsts.values()]
}

async function dropKnown(client: PoolClient, events: PreparedEvent[]): Promise<PreparedEvent[]> {
  const { rows } = await client.query<{ ord: number }>(
    `SELECT (i.ord - 1)::int AS ord FROM unnest($1::int[], $2::uuid[]) WITH ORDINALITY AS i (project_id, hash, ord)
     JOIN issue_hash h ON h.project_id = i.project_id AND h.hash = i.hash`,
    [events.map((event) => event.projectId), events.map((event) => event.hash)],
  )
  const known = new Set(rows.map((row) => row.ord))
  return events.filter((_event, index) => !known.has(index))
}

async function takeNumbers(client: PoolClient, projectId: number, count: number): Promise<number> {
  const { rows } = await client.query<{ issues_made: number }>(
    'UPDATE project SET issues_made = issues_made + $2 WHERE id = $1 RETURNING issues_made',
    [projectId, count],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`project ${projectId} vanished while its events were written`)
  return row.issues_made
}

function toIssueRow(event: PreparedEvent, id: number) {
  return {
    project_id: event.projectId,
    id,
    hash: event.hash,
    version: event.groupingVersion,
    title: event.title,
    type: event.exceptionType,
    message: event.exceptionValue,
    culprit: event.culprit,
    level: event.level,
    platform: event.platform,
    timestamp_ms: event.timestampMs,
    received_ms: event.receivedAtMs,
    release: event.release,
    event_id: event.eventId,
    text: `${event.title}\n${event.culprit}`.toLowerCase(),
  }
}

// Counts begin at 0: the statement that writes the batch adds the event that made the issue, like every later one.
const INSERT_ISSUES = `
WITH input AS MATERIALIZED (
  SELECT *, to_timestamp(timestamp_ms / 1000.0) AS happened_at, to_timestamp(received_ms / 1000.0) AS received_at
  FROM json_to_recordset($1::json) AS i (
    project_id int, id int, hash uuid, version int, title text, type text, message text, culprit text, level level,
    platform text, timestamp_ms float8, received_ms float8, release text, event_id uuid, text text)
),
issues AS (
  INSERT INTO issue (project_id, id, title, type, message, culprit, level, platform, first_seen_at, last_seen_at,
                     first_release, last_release, latest_received_at, latest_event_id)
  SELECT project_id, id, title, type, message, culprit, level, platform, happened_at, happened_at,
         release, release, received_at, event_id
  FROM input
),
ranks AS (
  INSERT INTO issue_rank (project_id, issue_id, status, last_seen_at, first_seen_at)
  SELECT project_id, id, 'UNRESOLVED', happened_at, happened_at FROM input
),
texts AS (
  INSERT INTO issue_text (project_id, issue_id, text) SELECT project_id, id, text FROM input
)
INSERT INTO issue_hash (project_id, hash, issue_id, version) SELECT project_id, hash, id, version FROM input`
