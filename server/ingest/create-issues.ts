// Makes the issues of events whose hash is not known yet, unless their other hash is. Runs in the batch's transaction, with the projects' rows locked:
// whoever makes issues in a project waits for its turn, and then finds what the one before made.

import type { PoolClient } from 'pg'
import { GROUPING_VERSION } from './grouping/group-event.ts'
import type { PreparedEvent } from './prepare-event.ts'

/** No bug: what was accepted just before has nowhere to go. */
export class ProjectGone extends Error {}

/** @returns `<project>:<issue>` of the issues that were made; those of other events exist now as well. */
export async function createIssues(client: PoolClient, events: readonly PreparedEvent[]): Promise<Set<string>> {
  const firsts = collectFirstPerHash(events)
  const projectIds = [...new Set(firsts.map((event) => event.projectId))].sort((a, b) => a - b)
  await client.query('SELECT FROM project WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE', [projectIds])

  const known = await findKnown(client, firsts)
  const created = new Set<string>()
  for (const projectId of projectIds) {
    const { founders, owners } = chooseOwners(
      firsts.filter((event) => event.projectId === projectId),
      known,
    )
    if (founders.length > 0) {
      const lastNumber = await takeNumbers(client, projectId, founders.length)
      const rows = founders.map((event, index) => toIssueRow(event, lastNumber - founders.length + index + 1))
      await client.query(INSERT_ISSUES, [JSON.stringify(rows)])
      for (const [index, { id }] of rows.entries()) {
        created.add(`${projectId}:${id}`)
        known.set(keyOf(projectId, (founders[index] as PreparedEvent).hash), id)
      }
    }
    await addHashes(client, projectId, owners, known)
  }
  return created
}

function keyOf(projectId: number, hash: string): string {
  return `${projectId}:${hash}`
}

function collectFirstPerHash(events: readonly PreparedEvent[]): PreparedEvent[] {
  const firsts = new Map<string, PreparedEvent>()
  for (const event of events) {
    const key = keyOf(event.projectId, event.hash)
    if (!firsts.has(key)) firsts.set(key, event)
  }
  return [...firsts.values()]
}

function listHashes({ hash, otherHash }: PreparedEvent): string[] {
  return otherHash === null ? [hash] : [hash, otherHash]
}

/** @returns the issue of each hash of the events that has one. */
async function findKnown(client: PoolClient, events: readonly PreparedEvent[]): Promise<Map<string, number>> {
  const asked = events.flatMap((event) => listHashes(event).map((hash) => ({ projectId: event.projectId, hash })))
  const { rows } = await client.query<{ ord: number; issue_id: number }>(
    `SELECT (i.ord - 1)::int AS ord, h.issue_id
     FROM unnest($1::int[], $2::uuid[]) WITH ORDINALITY AS i (project_id, hash, ord)
     JOIN issue_hash h ON h.project_id = i.project_id AND h.hash = i.hash`,
    [asked.map(({ projectId }) => projectId), asked.map(({ hash }) => hash)],
  )
  return new Map(
    rows.map(({ ord, issue_id: issueId }) => {
      const { projectId, hash } = asked[ord] as (typeof asked)[number]
      return [keyOf(projectId, hash), issueId]
    }),
  )
}

interface Owners {
  /** Events that make an issue of their own. */
  founders: PreparedEvent[]
  /** Hashes that are nobody's yet, each with a hash whose issue gets it. */
  owners: Map<string, string>
}

/** In their order, as if each event had come alone: it joins the issue of its first hash that has one, and gives it the rest. */
function chooseOwners(events: readonly PreparedEvent[], known: ReadonlyMap<string, number>): Owners {
  const founders: PreparedEvent[] = []
  const owners = new Map<string, string>()
  for (const event of events) {
    const hashes = listHashes(event)
    const isOwned = (hash: string): boolean => known.has(keyOf(event.projectId, hash)) || owners.has(hash)
    const found = hashes.find(isOwned)
    if (found === undefined) founders.push(event)
    const owner = found === undefined ? event.hash : (owners.get(found) ?? found)
    for (const hash of hashes) if (!isOwned(hash)) owners.set(hash, owner)
  }
  return { founders, owners }
}

async function addHashes(
  client: PoolClient,
  projectId: number,
  owners: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = [...owners].filter(([hash]) => !known.has(keyOf(projectId, hash)))
  if (rows.length === 0) return
  await client.query(
    `INSERT INTO issue_hash (project_id, hash, issue_id, version)
     SELECT $1, hash, issue_id, $4 FROM unnest($2::uuid[], $3::int[]) AS i (hash, issue_id) ON CONFLICT DO NOTHING`,
    [
      projectId,
      rows.map(([hash]) => hash),
      rows.map(([, owner]) => known.get(keyOf(projectId, owner))),
      GROUPING_VERSION,
    ],
  )
}

async function takeNumbers(client: PoolClient, projectId: number, count: number): Promise<number> {
  const { rows } = await client.query<{ issues_made: number }>(
    'UPDATE project SET issues_made = issues_made + $2 WHERE id = $1 RETURNING issues_made',
    [projectId, count],
  )
  const [row] = rows
  if (row === undefined) throw new ProjectGone(`project ${projectId} was deleted while its events were written`)
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
