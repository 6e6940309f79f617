// What was counted of events and sessions, by the hour, and what users said: deleted in small batches, so that ingest never
// waits long. Issues stay, with their counts.

import type { Pool } from 'pg'

export interface CountScope {
  /** `2026-11-22`: what is older goes. */
  oldestDay: string
  /** null: of all projects. */
  projectIds: readonly number[] | null
}

const BATCH_ROWS_MAX = 5_000
/** Not partitioned; each with its time. */
const TIMED_TABLES = [
  ['issue_hour', 'hour'],
  ['outcome', 'hour'],
  ['client_key_hour', 'hour'],
  ['release_hour', 'hour'],
  ['environment_hour', 'hour'],
  ['feedback', 'created_at'],
  ['check_in', 'started_at'],
] as const

/** @param isStopped asked between batches. */
export async function deleteCounts(pool: Pool, scope: CountScope, isStopped: () => boolean): Promise<void> {
  for (const [table, column] of TIMED_TABLES) {
    while (!isStopped() && (await deleteBatch(pool, table, column, scope)) === BATCH_ROWS_MAX);
  }
  await deleteReleaseUsers(pool, scope, isStopped)
  // A batch that counts for one meanwhile finds that it is gone, and makes it anew.
  await pool.query(
    `DELETE FROM release_health WHERE last_seen_at < $1::date AND created_at < $1::date ${ofProjects(scope)}`,
    parametersOf(scope),
  )
}

/** @returns how many rows went. */
async function deleteBatch(pool: Pool, table: string, column: string, scope: CountScope): Promise<number> {
  // An array of row addresses, since a sub-query would be planned as a scan of the whole table for each.
  const { rowCount } = await pool.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table} WHERE ${column} < $1::date ${ofProjects(scope)} LIMIT ${BATCH_ROWS_MAX}))`,
    parametersOf(scope),
  )
  return rowCount ?? 0
}

/** Release by release, since each knows how many people it has: its row is locked first, as by the writer of sessions. */
async function deleteReleaseUsers(pool: Pool, scope: CountScope, isStopped: () => boolean): Promise<void> {
  const { rows: releases } = await pool.query<{ project_id: number; health_id: number }>(
    `SELECT DISTINCT project_id, health_id FROM release_user WHERE hour < $1::date ${ofProjects(scope)}`,
    parametersOf(scope),
  )
  for (const { project_id: projectId, health_id: healthId } of releases) {
    for (let count = BATCH_ROWS_MAX; !isStopped() && count === BATCH_ROWS_MAX;) {
      const { rows } = await pool.query<{ count: number }>(DELETE_USERS, [scope.oldestDay, projectId, healthId])
      count = rows[0]?.count ?? 0
    }
  }
}

const DELETE_USERS = `
WITH locked AS MATERIALIZED (
  SELECT 1 FROM release_health WHERE project_id = $2 AND id = $3 FOR NO KEY UPDATE
),
deleted AS (
  DELETE FROM release_user WHERE (SELECT count(*) FROM locked) >= 0 AND ctid = ANY (ARRAY(
    SELECT ctid FROM release_user WHERE project_id = $2 AND health_id = $3 AND hour < $1::date LIMIT ${BATCH_ROWS_MAX}))
  RETURNING 1
),
freed AS (
  UPDATE release_health r SET user_rows = r.user_rows - d.count FROM (SELECT count(*)::int AS count FROM deleted) d
  WHERE r.project_id = $2 AND r.id = $3
)
SELECT count(*)::int AS count FROM deleted`

function ofProjects({ projectIds }: CountScope): string {
  return projectIds === null ? '' : 'AND project_id = ANY ($2::int[])'
}

function parametersOf({ oldestDay, projectIds }: CountScope): unknown[] {
  return projectIds === null ? [oldestDay] : [oldestDay, projectIds]
}
