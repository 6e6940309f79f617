// What a session adds is the difference between what is known of it now and what was known before, so that updates may come
// in any order, twice, and through several processes at once. The row keeps both: PostgreSQL tells what an upsert found only
// from version 18 on. People are moved in the same way, from the hour of their last session to that of the newer one.
//
// The order of locks is the same in every process: releases, sessions, people, hours, environments, each by their keys.
// The statement is planned once, for tables of any size. Starting it takes longer than writing ten sessions by it: what a
// batch has nothing of is left out.

import { hash } from 'node:crypto'
import type { QueryConfig } from 'pg'
import { decodeColumns, encodeColumns, type Column } from './encode-array.ts'
import { USER_KINDS, type SessionBatch } from './merge-sessions.ts'
import { ABNORMAL, CRASHED, ERRORED, EXITED, STARTED, UNHANDLED } from './session-state.ts'

/** People of a release in an environment that are told apart, each kind for itself. Those beyond are not counted. */
const USER_ROWS_MAX = 1_000_000
const HOUR_SECONDS = 3_600

type HourRow = SessionBatch['hours'][number]

const HEALTH_COLUMNS: Column<SessionBatch['healths'][number]>[] = [
  ['project_id', 'int4', (row) => row.projectId],
  ['health_id', 'int4', (row) => row.healthId],
  ['first_ms', 'float8', (row) => row.firstMs],
  ['last_ms', 'float8', (row) => row.lastMs],
]
const SESSION_COLUMNS: Column<SessionBatch['sessions'][number]>[] = [
  ['project_id', 'int4', (row) => row.projectId],
  ['started_on', 'date', (row) => row.startedOn],
  ['sid', 'uuid', (row) => row.sid],
  ['health_id', 'int4', (row) => row.healthId],
  ['hour', 'float8', (row) => row.hour * HOUR_SECONDS],
  ['state', 'int2', (row) => row.state],
  ['seq', 'float8', (row) => row.seq],
  ['duration_ms', 'int4', (row) => row.durationMs],
]
const USER_COLUMNS: Column<SessionBatch['users'][number]>[] = [
  ['project_id', 'int4', (row) => row.projectId],
  ['health_id', 'int4', (row) => row.healthId],
  ['kind', 'int2', (row) => row.kind],
  ['user_hash', 'int8', (row) => hash('md5', row.user).slice(0, 16)],
  ['hour', 'float8', (row) => row.hour * HOUR_SECONDS],
]
const HOUR_COLUMNS: Column<HourRow>[] = [
  ['project_id', 'int4', (row) => row.projectId],
  ['health_id', 'int4', (row) => row.healthId],
  ['hour', 'float8', (row) => row.hour * HOUR_SECONDS],
  ...(['sessions', 'errored', 'crashed', 'abnormal', 'unhandled', 'timed'] as const).map((name): Column<HourRow> => [
    name,
    'float8',
    (row) => row[name],
  ]),
  ['duration_ms', 'float8', (row) => row.durationMs],
]

interface Parts {
  hasUsers: boolean
  hasHours: boolean
}

const texts = new Map<string, string>()

/** Of a batch with a release at least. Its row says how many of them were `found`; where one is missing, nothing is written. */
export function writeStatement({ healths, sessions, hours, users }: SessionBatch): QueryConfig {
  const parts = { hasUsers: users.length > 0, hasHours: hours.length > 0 }
  const name = `ingest-sessions${parts.hasUsers ? '-users' : ''}${parts.hasHours ? '-hours' : ''}`
  let text = texts.get(name)
  if (text === undefined) texts.set(name, (text = writeText(parts)))
  const values = [
    ...encodeColumns(healths, HEALTH_COLUMNS),
    ...encodeColumns(sessions, SESSION_COLUMNS),
    ...(parts.hasUsers ? encodeColumns(users, USER_COLUMNS) : []),
    ...(parts.hasHours ? encodeColumns(hours, HOUR_COLUMNS) : []),
  ]
  return { name, text, values }
}

const SESSIONS_AT = 1 + HEALTH_COLUMNS.length
const USERS_AT = SESSIONS_AT + SESSION_COLUMNS.length
const ENDS = CRASHED | ABNORMAL | UNHANDLED | EXITED
const IS_ALL_THERE = '(SELECT count(*) FROM healths) = cardinality($1::int4[])'
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
const list = (terms: string[]): string => terms.join(', ')
const add = (table: string, columns: string[]): string =>
  list(columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`))

function writeText({ hasUsers, hasHours }: Parts): string {
  const userCounts = hasUsers ? USER_COUNTS : []
  const counts = [...COUNTS, ...userCounts]
  const nobody = userCounts.map(() => '0')
  const hoursAt = USERS_AT + (hasUsers ? USER_COLUMNS.length : 0)
  return `
WITH healths AS MATERIALIZED (
  SELECT l.* FROM ${decodeColumns(1, HEALTH_COLUMNS.slice(0, 2), 'd')} CROSS JOIN LATERAL (
    SELECT r.project_id, r.id, r.user_rows FROM release_health r
    WHERE r.project_id = d.project_id AND r.id = d.health_id FOR NO KEY UPDATE
  ) l
),
written AS (
  INSERT INTO client_session AS s (project_id, started_on, sid, health_id, hour, state, seq, duration_ms)
  SELECT i.project_id, i.started_on, i.sid, i.health_id, to_timestamp(i.hour), i.state, i.seq, i.duration_ms
  FROM ${decodeColumns(SESSIONS_AT, SESSION_COLUMNS, 'i')}
  WHERE ${IS_ALL_THERE}
  ORDER BY 1, 3, 2
  ON CONFLICT (project_id, sid, started_on) DO UPDATE SET
    was_state = s.state, was_duration_ms = s.duration_ms, state = s.state | excluded.state,
    duration_ms = CASE WHEN excluded.duration_ms IS NOT NULL AND (s.duration_ms IS NULL OR excluded.seq >= s.seq)
                       THEN excluded.duration_ms ELSE s.duration_ms END,
    seq = CASE WHEN excluded.duration_ms IS NOT NULL AND (s.duration_ms IS NULL OR excluded.seq >= s.seq)
               THEN excluded.seq ELSE s.seq END
  WHERE s.state | excluded.state <> s.state
     OR excluded.duration_ms IS NOT NULL AND (s.duration_ms IS NULL OR excluded.seq > s.seq)
  RETURNING project_id, health_id, hour, state, was_state, duration_ms, was_duration_ms
),
${hasUsers ? PEOPLE : ''}
parts AS (
  SELECT project_id, health_id, hour, ${list([...changes, ...nobody])} FROM written
  ${hasHours ? `UNION ALL ${selectHours(hoursAt, nobody)}` : ''}
  ${hasUsers ? `UNION ALL ${selectPeople('hour', '')} UNION ALL ${selectPeople('was_hour', '-')}` : ''}
),
sums AS MATERIALIZED (
  SELECT project_id, health_id, hour, ${list(counts.map((name) => `sum(${name}) AS ${name}`))}
  FROM parts AS p (project_id, health_id, hour, ${list(counts)}) GROUP BY 1, 2, 3
),
hours AS (
  INSERT INTO release_hour (project_id, health_id, hour, ${list([...COUNTS, ...USER_COUNTS])})
  SELECT ${list(['s.*', ...(hasUsers ? [] : USER_COUNTS.map(() => '0'))])} FROM sums s ORDER BY 1, 2, 3
  ON CONFLICT (project_id, health_id, hour) DO UPDATE SET ${add('release_hour', counts)}
  RETURNING 1
),
environments AS (
  INSERT INTO environment_hour (project_id, environment, hour, ${list(ENVIRONMENT_COUNTS)})
  SELECT s.project_id, (
           SELECT r.environment FROM release_health r WHERE r.project_id = s.project_id AND r.id = s.health_id),
         s.hour, ${list(ENVIRONMENT_COUNTS.map((name) => `sum(s.${name})`))}
  FROM sums s
  -- After the hours.
  WHERE (SELECT count(*) FROM hours) >= 0
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (project_id, environment, hour) DO UPDATE SET ${add('environment_hour', ENVIRONMENT_COUNTS)}
),
seen AS (
  UPDATE release_health r SET
    ${hasUsers ? 'user_rows = r.user_rows + coalesce(n.user_rows, 0),' : ''}
    first_seen_at = least(r.first_seen_at, to_timestamp(d.first_ms / 1000.0)),
    last_seen_at = greatest(r.last_seen_at, to_timestamp(d.last_ms / 1000.0))
  FROM ${decodeColumns(1, HEALTH_COLUMNS, 'd')}
  ${hasUsers ? NEW_PEOPLE : ''}
  WHERE r.project_id = d.project_id AND r.id = d.health_id AND ${IS_ALL_THERE}
)
SELECT count(*)::int AS found FROM healths`
}

const PEOPLE = `people AS (
  INSERT INTO release_user AS u (project_id, health_id, kind, user_hash, hour)
  SELECT i.project_id, i.health_id, i.kind, i.user_hash, to_timestamp(i.hour)
  FROM ${decodeColumns(USERS_AT, USER_COLUMNS, 'i')}
  -- Looked up first, since an upsert writes to the row even where it leaves it as it is.
  CROSS JOIN LATERAL (SELECT (
    SELECT o.hour FROM release_user o
    WHERE o.project_id = i.project_id AND o.health_id = i.health_id AND o.kind = i.kind AND o.user_hash = i.user_hash
  ) AS hour) known
  WHERE ${IS_ALL_THERE} AND CASE WHEN known.hour IS NULL
    THEN (SELECT h.user_rows FROM healths h WHERE h.project_id = i.project_id AND h.id = i.health_id) < ${USER_ROWS_MAX}
    ELSE known.hour < to_timestamp(i.hour) END
  ORDER BY 1, 2, 3, 4
  ON CONFLICT (project_id, health_id, kind, user_hash) DO UPDATE SET was_hour = u.hour, hour = excluded.hour
  WHERE u.hour < excluded.hour
  RETURNING project_id, health_id, kind, hour, was_hour
),`

/** Joined: where the row has changed meanwhile, a sub-query would be run again, which one that inserts cannot be. */
const NEW_PEOPLE = `LEFT JOIN (
    SELECT project_id, health_id, count(*) AS user_rows FROM people WHERE was_hour IS NULL GROUP BY 1, 2
  ) n ON n.project_id = d.project_id AND n.health_id = d.health_id`

/** They come to one hour, and leave the one in which they were. */
function selectPeople(hour: 'hour' | 'was_hour', sign: '' | '-'): string {
  const counts = KINDS.map((kind) => `${sign}(kind = ${kind})::int`)
  return `SELECT project_id, health_id, ${hour}, ${list([...COUNTS.map(() => '0'), ...counts])} FROM people
  WHERE ${hour} IS NOT NULL`
}

function selectHours(first: number, nobody: string[]): string {
  const counts = COUNTS.map((name) => `${name}::bigint`)
  return `SELECT project_id, health_id, to_timestamp(hour), ${list([...counts, ...nobody])}
  FROM ${decodeColumns(first, HOUR_COLUMNS, 'h')} WHERE ${IS_ALL_THERE}`
}
