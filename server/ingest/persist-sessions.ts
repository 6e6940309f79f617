// Writes a batch of sessions with all that they count, in one statement, which is one transaction.
//
// What a session adds is the difference between what is known of it now and what was known before, so that updates may come
// in any order, twice, and through several processes at once. The row keeps both: PostgreSQL tells what an upsert found only
// from version 18 on. People are moved in the same way, from the hour of their last session to that of the newer one.
//
// The order of locks is the same in every process: releases, sessions, people, hours, environments, each by their keys.
// The statement is planned once, for tables of any size; columns come as texts, which PostgreSQL reads faster than JSON.

import type { Pool } from 'pg'
import { ensureSessionPartitions } from '../database/partitions.ts'
import type { KnownPeople } from './known-people.ts'
import { mergeSessions, USER_KINDS, type SessionBatch, type SessionItem } from './merge-sessions.ts'
import type { ReleaseNames } from './release-names.ts'
import { ABNORMAL, CRASHED, ERRORED, EXITED, STARTED, UNHANDLED } from './session-state.ts'

const ATTEMPTS_MAX = 5
/** People of a release in an environment that are told apart, each kind for itself. Those beyond are not counted. */
const USER_ROWS_MAX = 1_000_000

export interface SessionStore {
  pool: Pool
  releaseNames: ReleaseNames
  people: KnownPeople
}

/** All or nothing. */
export async function persistSessions(store: SessionStore, items: readonly SessionItem[]): Promise<void> {
  const { pool, releaseNames, people } = store
  for (let attempt = 1; ; attempt += 1) {
    try {
      const merged = mergeSessions(items, await releaseNames.resolve(items))
      const batch = { ...merged, users: people.leaveOut(merged.users) }
      if (await writeSessions(pool, batch)) return people.remember(batch.users)
      // A release that was deleted meanwhile: nothing was written.
      releaseNames.forget(items)
      if (attempt === ATTEMPTS_MAX) throw new Error('a release vanished while its sessions were written')
    } catch (error) {
      const code = (error as { code?: unknown }).code
      // 23514: no partition for a day. 40P01, 40001: a deadlock or a conflict with another process.
      if (attempt === ATTEMPTS_MAX || (code !== '23514' && code !== '40P01' && code !== '40001')) throw error
      if (code === '23514') await ensureSessionPartitions(pool, listDays(items))
    }
  }
}

function listDays(items: readonly SessionItem[]): string[] {
  return [...new Set(items.flatMap((item) => ('update' in item ? [item.update.startedOn] : [])))]
}

/** @returns false when a release was not there, and nothing was written. */
async function writeSessions(pool: Pool, { healths, sessions, hours, users }: SessionBatch): Promise<boolean> {
  if (healths.length === 0) return true
  const { rows } = await pool.query<{ found: number }>({
    name: 'ingest-sessions',
    text: WRITE_SESSIONS,
    values: [
      JSON.stringify(healths),
      ...toColumns(sessions, SESSION_COLUMNS),
      ...toColumns(hours, HOUR_COLUMNS),
      ...toColumns(users, USER_COLUMNS),
    ],
  })
  return rows[0]?.found === healths.length
}

type Column<Row> = [property: keyof Row, name: string, type: string]

const SESSION_COLUMNS: Column<SessionBatch['sessions'][number]>[] = [
  ['projectId', 'project_id', 'int'],
  ['startedOn', 'started_on', 'date'],
  ['sid', 'sid', 'uuid'],
  ['healthId', 'health_id', 'int'],
  ['hour', 'hour', 'int'],
  ['state', 'state', 'int2'],
  ['seq', 'seq', 'bigint'],
  ['durationMs', 'duration_ms', 'int'],
]
const HOUR_COLUMNS: Column<SessionBatch['hours'][number]>[] = [
  ['projectId', 'project_id', 'int'],
  ['healthId', 'health_id', 'int'],
  ['hour', 'hour', 'int'],
  ['sessions', 'sessions', 'bigint'],
  ['errored', 'errored', 'bigint'],
  ['crashed', 'crashed', 'bigint'],
  ['abnormal', 'abnormal', 'bigint'],
  ['unhandled', 'unhandled', 'bigint'],
  ['timed', 'timed', 'bigint'],
  ['durationMs', 'duration_ms', 'bigint'],
]
const USER_COLUMNS: Column<SessionBatch['users'][number]>[] = [
  ['projectId', 'project_id', 'int'],
  ['healthId', 'health_id', 'int'],
  ['kind', 'kind', 'int2'],
  ['user', 'user_hash', 'bigint'],
  ['hour', 'hour', 'int'],
]

/** One text for each column. Only for numbers, dates and ids, none of which has a comma in it. */
function toColumns<Row>(rows: readonly Row[], columns: Column<Row>[]): string[] {
  return columns.map(([property]) => rows.map((row) => row[property] ?? '').join(','))
}

/**
 * The rows again. Not by `unnest`: of an array PostgreSQL knows the length, and plans the whole statement anew for each batch
 * because small ones would be cheaper by a plan of their own. That took 1.9 ms of its processor, for one session too.
 * @param first number of the first column's parameter.
 */
function fromColumns<Row>(first: number, columns: Column<Row>[]): string {
  const tables = columns.map((_, index) => `string_to_table($${first + index}::text, ',', '')`)
  const names = columns.map(([, name]) => name)
  const values = columns.map(([, name, type]) => `c.${name}::${type} AS ${name}`)
  return `(SELECT ${values.join(', ')} FROM ROWS FROM (${tables.join(', ')}) AS c (${names.join(', ')}))`
}

const SESSIONS = fromColumns(2, SESSION_COLUMNS)
const HOURS = fromColumns(2 + SESSION_COLUMNS.length, HOUR_COLUMNS)
const USERS = fromColumns(2 + SESSION_COLUMNS.length + HOUR_COLUMNS.length, USER_COLUMNS)
const ENDS = CRASHED | ABNORMAL | UNHANDLED | EXITED
const IS_ALL_THERE = '(SELECT count(*) FROM healths) = json_array_length($1::json)'
const COUNTS = ['sessions', 'errored', 'crashed', 'abnormal', 'unhandled', 'timed', 'duration_ms']
const ENVIRONMENT_COUNTS = COUNTS.slice(0, 5)
const USER_COUNTS = ['users', 'errored_users', 'crashed_users', 'abnormal_users', 'anr_users']
const KINDS = [USER_KINDS.all, USER_KINDS.errored, USER_KINDS.crashed, USER_KINDS.abnormal, USER_KINDS.anr]

/** What a session counts for in each column, by its bits: as countState does in merge-sessions.ts. */
function countState(state: string, durationMs: string): string[] {
  const isTimed = `(${state} & ${ENDS} = ${EXITED} AND ${durationMs} IS NOT NULL)`
  return [
    `(${state} & ${STARTED} > 0)::int`,
    `(${state} & ${ERRORED} > 0)::int`,
    `(${state} & ${CRASHED} > 0)::int`,
    `(${state} & ${CRASHED | ABNORMAL} = ${ABNORMAL})::int`,
    `(${state} & ${CRASHED | ABNORMAL | UNHANDLED} = ${UNHANDLED})::int`,
    `${isTimed}::int`,
    `CASE WHEN ${isTimed} THEN ${durationMs} ELSE 0 END`,
  ]
}

const before = countState('was_state', 'was_duration_ms')
const changes = countState('state', 'duration_ms').map((after, index) => `${after} - ${before[index]}`)
const add = (table: string, columns: string[]): string =>
  columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`).join(', ')
const zeros = (columns: string[]): string => columns.map(() => '0').join(', ')

const WRITE_SESSIONS = `
WITH healths AS MATERIALIZED (
  SELECT l.* FROM json_to_recordset($1::json) AS d ("projectId" int, "healthId" int)
  CROSS JOIN LATERAL (
    SELECT r.project_id, r.id, r.user_rows FROM release_health r
    WHERE r.project_id = d."projectId" AND r.id = d."healthId" FOR NO KEY UPDATE
  ) l
),
written AS (
  INSERT INTO client_session AS s (project_id, started_on, sid, health_id, hour, state, seq, duration_ms)
  SELECT i.project_id, i.started_on, i.sid, i.health_id, to_timestamp(i.hour * 3600.0), i.state, i.seq, i.duration_ms
  FROM ${SESSIONS} AS i
  WHERE ${IS_ALL_THERE}
  ORDER BY 1, 2, 3
  ON CONFLICT (project_id, started_on, sid) DO UPDATE SET
    was_state = s.state, was_duration_ms = s.duration_ms, state = s.state | excluded.state,
    duration_ms = CASE WHEN excluded.duration_ms IS NOT NULL AND (s.duration_ms IS NULL OR excluded.seq >= s.seq)
                       THEN excluded.duration_ms ELSE s.duration_ms END,
    seq = CASE WHEN excluded.duration_ms IS NOT NULL AND (s.duration_ms IS NULL OR excluded.seq >= s.seq)
               THEN excluded.seq ELSE s.seq END
  WHERE s.state | excluded.state <> s.state
     OR excluded.duration_ms IS NOT NULL AND (s.duration_ms IS NULL OR excluded.seq > s.seq)
  RETURNING project_id, health_id, hour, state, was_state, duration_ms, was_duration_ms
),
people AS (
  INSERT INTO release_user AS u (project_id, health_id, kind, user_hash, hour)
  SELECT i.project_id, i.health_id, i.kind, i.user_hash, to_timestamp(i.hour * 3600.0)
  FROM ${USERS} AS i
  -- Looked up first, since an upsert writes to the row even where it leaves it as it is.
  CROSS JOIN LATERAL (SELECT (
    SELECT o.hour FROM release_user o
    WHERE o.project_id = i.project_id AND o.health_id = i.health_id AND o.kind = i.kind AND o.user_hash = i.user_hash
  ) AS hour) known
  WHERE ${IS_ALL_THERE} AND CASE WHEN known.hour IS NULL
    THEN (SELECT r.user_rows FROM release_health r WHERE r.project_id = i.project_id AND r.id = i.health_id)
         < ${USER_ROWS_MAX}
    ELSE known.hour < to_timestamp(i.hour * 3600.0) END
  ORDER BY 1, 2, 3, 4
  ON CONFLICT (project_id, health_id, kind, user_hash) DO UPDATE SET was_hour = u.hour, hour = excluded.hour
  WHERE u.hour < excluded.hour
  RETURNING project_id, health_id, kind, hour, was_hour
),
parts AS (
  SELECT project_id, health_id, hour, ${changes.join(', ')}, ${zeros(USER_COUNTS)} FROM written
  UNION ALL
  SELECT project_id, health_id, to_timestamp(hour * 3600.0), ${COUNTS.join(', ')}, ${zeros(USER_COUNTS)}
  FROM ${HOURS} AS h
  WHERE ${IS_ALL_THERE}
  UNION ALL
  SELECT project_id, health_id, hour, ${zeros(COUNTS)}, ${KINDS.map((kind) => `(kind = ${kind})::int`).join(', ')}
  FROM people
  UNION ALL
  SELECT project_id, health_id, was_hour, ${zeros(COUNTS)}, ${KINDS.map((kind) => `-(kind = ${kind})::int`).join(', ')}
  FROM people WHERE was_hour IS NOT NULL
),
sums AS MATERIALIZED (
  SELECT project_id, health_id, hour, ${[...COUNTS, ...USER_COUNTS].map((name) => `sum(${name}) AS ${name}`).join(', ')}
  FROM parts AS p (project_id, health_id, hour, ${[...COUNTS, ...USER_COUNTS].join(', ')}) GROUP BY 1, 2, 3
),
hours AS (
  INSERT INTO release_hour (project_id, health_id, hour, ${[...COUNTS, ...USER_COUNTS].join(', ')})
  SELECT * FROM sums ORDER BY 1, 2, 3
  ON CONFLICT (project_id, health_id, hour) DO UPDATE SET ${add('release_hour', [...COUNTS, ...USER_COUNTS])}
  RETURNING 1
),
environments AS (
  INSERT INTO environment_hour (project_id, environment, hour, ${ENVIRONMENT_COUNTS.join(', ')})
  SELECT s.project_id, (
           SELECT r.environment FROM release_health r WHERE r.project_id = s.project_id AND r.id = s.health_id),
         s.hour, ${ENVIRONMENT_COUNTS.map((name) => `sum(s.${name})`).join(', ')}
  FROM sums s
  -- After the hours.
  WHERE (SELECT count(*) FROM hours) >= 0
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (project_id, environment, hour) DO UPDATE SET ${add('environment_hour', ENVIRONMENT_COUNTS)}
),
seen AS (
  UPDATE release_health r SET
    first_seen_at = least(r.first_seen_at, to_timestamp(d."firstMs" / 1000.0)),
    last_seen_at = greatest(r.last_seen_at, to_timestamp(d."lastMs" / 1000.0)),
    user_rows = r.user_rows + coalesce(n.user_rows, 0)
  FROM json_to_recordset($1::json) AS d ("projectId" int, "healthId" int, "firstMs" float8, "lastMs" float8)
  -- Joined: where the row has changed meanwhile, a sub-query would be run again, which one that inserts cannot be.
  LEFT JOIN (
    SELECT project_id, health_id, count(*) AS user_rows FROM people WHERE was_hour IS NULL GROUP BY 1, 2
  ) n ON n.project_id = d."projectId" AND n.health_id = d."healthId"
  WHERE r.project_id = d."projectId" AND r.id = d."healthId" AND ${IS_ALL_THERE}
)
SELECT count(*)::int AS found FROM healths`
