// Which check-ins did not come in time, and which are in progress for too long. Each is judged in a transaction of its own,
// in which the environment's row is locked: a check-in that comes at the same moment is seen, or waits.

import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database/in-transaction.ts'
import {
  expectAfter,
  lockEnvironment,
  NOTHING_EXPECTED,
  settleEnvironment,
  type EnvironmentRow,
  type Expectation,
  type MonitorRow,
} from '../database/monitor-environments.ts'
import type { MonitorConfig } from '../domain/monitor.ts'

export interface JudgeOptions {
  pool: Pool
  /** Milliseconds since the epoch. */
  nowMs: number
  /** Asked between two. */
  isStopped: () => boolean
}

interface EnvironmentKey {
  projectId: number
  monitorId: string
  name: string
}

interface FoundMonitor extends MonitorRow {
  /** Check-ins are taken, and waited for. */
  isWatched: boolean
}

const AT_A_TIME_MAX = 500
/** Then nothing more is expected until the job checks in again: who has not looked by now will not look at more of them. */
const MISSED_IN_A_ROW_MAX = 1_000

export async function judgeMissed({ pool, nowMs, isStopped }: JudgeOptions): Promise<void> {
  const due = 'deadline_at <= to_timestamp($1::float8 / 1000)'
  await forEachEnvironment({ pool, nowMs, isStopped }, due, async (client, monitor, environment) => {
    const { nextExpectedAtMs, missedInARow } = environment
    if (nextExpectedAtMs === null) return
    if (!monitor.isWatched) return moveOn(client, monitor, environment, nowMs)
    const id = randomUUID()
    await client.query({
      name: 'monitor-missed',
      text: `INSERT INTO check_in (project_id, id, monitor_id, environment, status, started_at)
             VALUES ($1, $2, $3, $4, 'missed', to_timestamp($5::float8 / 1000))`,
      values: [monitor.projectId, id, monitor.id, environment.name, nextExpectedAtMs],
    })
    const isLast = missedInARow + 1 >= MISSED_IN_A_ROW_MAX
    await settleEnvironment(client, {
      ...{ monitor, environment, nowMs, isNewFromJob: false },
      checkIn: { id, status: 'missed', wasFailure: false },
      expectation: isLast ? NOTHING_EXPECTED : expectAfter(monitor.config, nextExpectedAtMs),
    })
  })
}

export async function judgeTimeouts({ pool, nowMs, isStopped }: JudgeOptions): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ project_id: number; id: string; monitor_id: string; environment: string }>(
      `SELECT project_id, id, monitor_id, environment FROM check_in
       WHERE timeout_at <= to_timestamp($1::float8 / 1000) ORDER BY timeout_at LIMIT ${AT_A_TIME_MAX}`,
      [nowMs],
    )
    for (const row of rows) {
      if (isStopped()) return
      const key = { projectId: row.project_id, monitorId: row.monitor_id, name: row.environment }
      await inTransaction(pool, (client) => judgeTimeout(client, key, row.id, nowMs))
    }
    if (rows.length < AT_A_TIME_MAX) return
  }
}

async function judgeTimeout(client: PoolClient, key: EnvironmentKey, id: string, nowMs: number): Promise<void> {
  const found = await lockBoth(client, key)
  const { rows } = await client.query<{ started_at: Date }>({
    name: 'monitor-timeout',
    text: `UPDATE check_in SET timeout_at = NULL, status = CASE WHEN $3 THEN 'timeout' ELSE status END,
             finished_at = CASE WHEN $3 THEN timeout_at END
           WHERE project_id = $1 AND id = $2 AND status = 'in_progress' AND timeout_at <= to_timestamp($4::float8 / 1000)
           RETURNING started_at`,
    values: [key.projectId, id, found?.monitor.isWatched === true, nowMs],
  })
  const [row] = rows
  if (row === undefined || found?.monitor.isWatched !== true) return
  await settleEnvironment(client, {
    ...{ ...found, nowMs, isNewFromJob: false },
    checkIn: { id, status: 'timeout', wasFailure: false },
  })
}

/** What was expected by now while nobody watched is not judged. */
export async function passUnwatched(options: JudgeOptions): Promise<void> {
  // Those that are locked are being written at this moment.
  await options.pool.query(
    `UPDATE check_in SET timeout_at = NULL WHERE (project_id, id) IN (
       SELECT project_id, id FROM check_in WHERE timeout_at IS NOT NULL AND started_at <= to_timestamp($1::float8 / 1000)
       FOR UPDATE SKIP LOCKED)`,
    [options.nowMs],
  )
  const due = 'next_expected_at <= to_timestamp($1::float8 / 1000)'
  await forEachEnvironment(options, due, (client, monitor, environment) =>
    moveOn(client, monitor, environment, options.nowMs),
  )
}

/** @param due a condition, which `judge` makes untrue. */
async function forEachEnvironment(
  { pool, nowMs, isStopped }: JudgeOptions,
  due: string,
  judge: (client: PoolClient, monitor: FoundMonitor, environment: EnvironmentRow) => Promise<void>,
): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ project_id: number; monitor_id: string; name: string }>(
      `SELECT project_id, monitor_id, name FROM monitor_environment WHERE ${due} LIMIT ${AT_A_TIME_MAX}`,
      [nowMs],
    )
    if (rows.length === 0) return
    for (const row of rows) {
      if (isStopped()) return
      const key = { projectId: row.project_id, monitorId: row.monitor_id, name: row.name }
      await inTransaction(pool, async (client) => {
        const found = await lockBoth(client, key)
        // A check-in may have come since the list was read.
        const isDue = found?.environment.nextExpectedAtMs ?? Infinity
        if (found !== null && isDue <= nowMs) await judge(client, found.monitor, found.environment)
      })
    }
  }
}

async function moveOn(client: PoolClient, monitor: MonitorRow, { name }: EnvironmentRow, nowMs: number): Promise<void> {
  const expectation: Expectation = monitor.isPaused ? NOTHING_EXPECTED : expectAfter(monitor.config, nowMs)
  await client.query({
    name: 'monitor-move-on',
    text: `UPDATE monitor_environment SET next_expected_at = to_timestamp($4::float8 / 1000),
             deadline_at = to_timestamp($5::float8 / 1000)
           WHERE project_id = $1 AND monitor_id = $2 AND name = $3`,
    values: [monitor.projectId, monitor.id, name, expectation.nextExpectedAtMs, expectation.deadlineAtMs],
  })
}

/** In the order in which ingest locks them. @returns null when it was deleted. */
async function lockBoth(
  client: PoolClient,
  { projectId, monitorId, name }: EnvironmentKey,
): Promise<{ monitor: FoundMonitor; environment: EnvironmentRow } | null> {
  const { rows } = await client.query<{ slug: string; config: MonitorConfig; is_paused: boolean; is_taken: boolean }>({
    name: 'monitor-lock',
    text: `SELECT m.slug, m.config, m.paused_at IS NOT NULL AS is_paused,
                  p.tracking_enabled AND p.backend = 'INTEGRATED' AS is_taken
           FROM monitor m JOIN project p ON p.id = m.project_id
           WHERE m.project_id = $1 AND m.id = $2 FOR KEY SHARE OF m`,
    values: [projectId, monitorId],
  })
  const [row] = rows
  if (row === undefined) return null
  const { slug, config, is_paused: isPaused, is_taken: isTaken } = row
  const monitor = { projectId, id: monitorId, slug, config, isPaused, isWatched: isTaken && !isPaused }
  const environment = await lockEnvironment(client, monitor, name)
  return environment === null ? null : { monitor, environment }
}
