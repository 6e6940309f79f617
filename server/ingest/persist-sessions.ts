// Writes a batch of sessions with all that they count, in one statement, which is one transaction.
//
// What a session adds is the difference between what is known of it now and what was known before, so that updates may come
// in any order, twice, and through several processes at once. The row keeps both: PostgreSQL tells what an upsert found only
// from version 18 on. People are moved in the same way, from the hour of their last session to that of the newer one.
//
// The order of locks is the same in every process: releases, sessions, people, hours, environments, each by their keys.
// The statement is planned once, for tables of any size; columns come as arrays, which PostgreSQL reads faster than JSON.

import type { Pool } from 'pg'
import { ensureSessionPartitions } from '../database/partitions.ts'
import { mergeSessions, USER_KINDS, type SessionBatch, type SessionItem } from './merge-sessions.ts'
import type { ReleaseNames } from './release-names.ts'
import { ABNORMAL, CRASHED, ERRORED, EXITED, STARTED, UNHANDLED } from './session-state.ts'

const ATTEMPTS_MAX = 5
/** People of a release in an environment that are told apart, each kind for itself. Those beyond are not counted. */
const USER_ROWS_MAX = 1_000_000

/** All or nothing. */
export async function persistSessions(
  pool: Pool,
  releaseNames: ReleaseNames,
  items: readonly SessionItem[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const batch = mergeSessions(items, await releaseNames.resolve(items))
      if (await writeSessions(pool, batch)) return
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
      toArray(healths, (row) => row.projectId),
      toArray(healths, (row) => row.healthId),
      toArray(healths, (row) => row.firstMs),
      toArray(healths, (row) => row.lastMs),
      toArray(sessions, (row) => row.projectId),
      toArray(sessions, (row) => row.startedOn),
      toArray(sessions, (row) => row.sid),
      toArray(sessions, (row) => row.healthId),
      toArray(sessions, (row) => row.hour),
      toArray(sessions, (row) => row.state),
      toArray(sessions, (row) => row.seq),
      toArray(sessions, (row) => row.durationMs),
      toArray(hours, (row) => row.projectId),
      toArray(hours, (row) => row.healthId),
      toArray(hours, (row) => row.hour),
      toArray(hours, (row) => row.sessions),
      toArray(hours, (row) => row.errored),
      toArray(hours, (row) => row.crashed),
      toArray(hours, (row) => row.abnormal),
      toArray(hours, (row) => row.unhandled),
      toArray(hours, (row) => row.timed),
      toArray(hours, (row) => row.durationMs),
      toArray(users, (row) => row.projectId),
      toArray(users, (row) => row.healthId),
      toArray(users, (row) => row.kind),
      toArray(users, (row) => row.user),
      toArray(users, (row) => row.hour),
    ],
  })
  return rows[0]?.found === healths.length
}

/** An array as PostgreSQL writes it. Only for numbers, dates and ids, in which nothing needs a quote. */
function toArray<Row>(rows: readonly Row[], valueOf: (row: Row) => number | string | null): string {
  return `{${rows.map((row) => valueOf(row) ?? 'NULL').join(',')}}`
}

const ENDS = CRASHED | ABNORMAL | UNHANDLED | EXITED
const IS_ALL_THERE = '(SELECT count(*) FROM healths) = cardinality($1::int[])'
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
  SELECT l.* FROM unnest($1::int[], $2::int[]) AS d (project_id, id)
  CROSS JOIN LATERAL (
    SELECT r.project_id, r.id, r.user_rows FROM release_health r
    WHERE r.project_id = d.project_id AND r.id = d.id FOR NO KEY UPDATE
  ) l
),
written AS (
  INSERT INTO client_session AS s (project_id, started_on, sid, health_id, hour, state, seq, duration_ms)
  SELECT i.project_id, i.started_on, i.sid, i.health_id, to_timestamp(i.hour * 3600.0), i.state, i.seq, i.duration_ms
  FROM unnest($5::int[], $6::date[], $7::uuid[], $8::int[], $9::int[], $10::int2[], $11::bigint[], $12::int[]) AS i (
    project_id, started_on, sid, health_id, hour, state, seq, duration_ms)
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
  FROM unnest($23::int[], $24::int[], $25::int2[], $26::bigint[], $27::int[]) AS i (
    project_id, health_id, kind, user_hash, hour)
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
  FROM unnest($13::int[], $14::int[], $15::int[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
              $20::bigint[], $21::bigint[], $22::bigint[]) AS h (project_id, health_id, hour, ${COUNTS.join(', ')})
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
    first_seen_at = least(r.first_seen_at, to_timestamp(d.first_ms / 1000.0)),
    last_seen_at = greatest(r.last_seen_at, to_timestamp(d.last_ms / 1000.0)),
    user_rows = r.user_rows + coalesce(n.user_rows, 0)
  FROM unnest($1::int[], $2::int[], $3::float8[], $4::float8[]) AS d (project_id, id, first_ms, last_ms)
  -- Joined: where the row has changed meanwhile, a sub-query would be run again, which one that inserts cannot be.
  LEFT JOIN (
    SELECT project_id, health_id, count(*) AS user_rows FROM people WHERE was_hour IS NULL GROUP BY 1, 2
  ) n ON n.project_id = d.project_id AND n.health_id = d.id
  WHERE r.project_id = d.project_id AND r.id = d.id AND ${IS_ALL_THERE}
)
SELECT count(*)::int AS found FROM healths`
