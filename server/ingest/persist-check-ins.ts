// Writes check-ins in one transaction, one after the other: what each becomes depends on those before it. Rows are locked
// in the order of their names (monitor, then its environment), so that processes wait for one another and never in a circle.

import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database/in-transaction.ts'
import {
  expectAfterCheckIn,
  findOccasion,
  lockEnvironment,
  NOTHING_EXPECTED,
  settleEnvironment,
  type EnvironmentRow,
  type MonitorRow,
} from '../database/monitor-environments.ts'
import { ENVIRONMENTS_MAX, isFailure, PROJECT_ENVIRONMENTS_MAX, type CheckInStatus } from '../domain/monitor.ts'
import { findMonitor } from './find-monitor.ts'
import type { ReceivedCheckIn } from './read-check-in.ts'

export interface PersistedCheckIn {
  /**
   * `duplicate`: it had ended before, and this would have it begin. `other_monitor`: its id belongs to one of another
   * monitor, or of another environment.
   */
  fate: 'stored' | 'duplicate' | 'unknown_monitor' | 'too_many_monitors' | 'too_many_environments' | 'other_monitor'
  hasAlert: boolean
}

interface KnownCheckIn {
  id: string
  monitorId: string
  environment: string
  status: CheckInStatus
  startedAtMs: number
  durationMs: number | null
}

const MINUTE_MS = 60_000

/** @returns in their order. */
export async function persistCheckIns(pool: Pool, checkIns: readonly ReceivedCheckIn[]): Promise<PersistedCheckIn[]> {
  const placed = await placeByIds(pool, checkIns)
  const order = [...placed.keys()].sort((a, b) => compare(placed[a] as ReceivedCheckIn, placed[b] as ReceivedCheckIn))
  return inTransaction(pool, async (client) => {
    const results = new Array<PersistedCheckIn>(placed.length)
    for (const index of order) results[index] = await persistOne(client, placed[index] as ReceivedCheckIn)
    return results
  })
}

/** By name; of the same environment, as they came. */
function compare(a: ReceivedCheckIn, b: ReceivedCheckIn): number {
  if (a.projectId !== b.projectId) return a.projectId - b.projectId
  if (a.slug !== b.slug) return a.slug < b.slug ? -1 : 1
  return a.environment === b.environment ? 0 : a.environment < b.environment ? -1 : 1
}

/** Whoever ends a check-in by its id need not say again in which environment it began. */
async function placeByIds(pool: Pool, checkIns: readonly ReceivedCheckIn[]): Promise<ReceivedCheckIn[]> {
  const sought = checkIns.filter(({ id, namesEnvironment }) => id !== null && !namesEnvironment)
  if (sought.length === 0) return [...checkIns]
  const { rows } = await pool.query<{ project_id: number; id: string; environment: string }>({
    name: 'ingest-check-in-places',
    text: `SELECT c.project_id, replace(c.id::text, '-', '') AS id, c.environment FROM check_in c
           JOIN unnest($1::int[], $2::uuid[]) AS s (project_id, id) ON s.project_id = c.project_id AND s.id = c.id`,
    values: [sought.map(({ projectId }) => projectId), sought.map(({ id }) => id)],
  })
  const places = new Map(rows.map((row) => [`${row.project_id}:${row.id}`, row.environment]))
  return checkIns.map((checkIn) => {
    const environment = checkIn.namesEnvironment ? undefined : places.get(`${checkIn.projectId}:${checkIn.id}`)
    return environment === undefined ? checkIn : { ...checkIn, environment }
  })
}

async function persistOne(client: PoolClient, received: ReceivedCheckIn): Promise<PersistedCheckIn> {
  const monitor = await findMonitor(client, received)
  if (typeof monitor === 'string') return { fate: monitor, hasAlert: false }
  const environment =
    (await lockEnvironment(client, monitor, received.environment)) ?? (await addEnvironment(client, monitor, received))
  if (environment === null) return { fate: 'too_many_environments', hasAlert: false }

  const known = await findCheckIn(client, monitor, received)
  if (known === null) return { fate: 'stored', hasAlert: await begin(client, monitor, environment, received) }
  if (known.monitorId !== monitor.id || known.environment !== environment.name) {
    return { fate: 'other_monitor', hasAlert: false }
  }
  if (known.status !== 'in_progress' && received.status === 'in_progress') return { fate: 'duplicate', hasAlert: false }
  return { fate: 'stored', hasAlert: await goOn(client, monitor, environment, received, known) }
}

async function addEnvironment(
  client: PoolClient,
  monitor: MonitorRow,
  { environment, receivedAtMs }: ReceivedCheckIn,
): Promise<EnvironmentRow | null> {
  await client.query({
    name: 'ingest-monitor-environment',
    text: `INSERT INTO monitor_environment (project_id, monitor_id, name, status, last_check_in_at)
           SELECT $1::int, $2::uuid, $3::text, 'in_progress', to_timestamp($4::float8 / 1000)
           WHERE (SELECT count(*) FROM monitor_environment WHERE project_id = $1 AND monitor_id = $2) < $5
             AND (SELECT count(*) FROM monitor_environment WHERE project_id = $1) < $6
           ON CONFLICT DO NOTHING`,
    values: [
      ...[monitor.projectId, monitor.id, environment, receivedAtMs],
      ...[ENVIRONMENTS_MAX, PROJECT_ENVIRONMENTS_MAX],
    ],
  })
  return lockEnvironment(client, monitor, environment)
}

/**
 * Without an id, what ends is the latest one in progress that may still run: not one that is not waited for any more and is
 * older than any run may be. What begins is new: one that never ended is to time out, and not to be taken for this one.
 */
async function findCheckIn(
  client: PoolClient,
  monitor: MonitorRow,
  { id, status, environment, receivedAtMs }: ReceivedCheckIn,
): Promise<KnownCheckIn | null> {
  if (id === null && status === 'in_progress') return null
  const { rows } = await client.query<{
    id: string
    monitor_id: string
    environment: string
    status: CheckInStatus
    started_at: Date
    duration_ms: number | null
  }>({
    name: id === null ? 'ingest-check-in-latest' : 'ingest-check-in-known',
    text: `SELECT id, monitor_id, environment, status, started_at, duration_ms FROM check_in WHERE project_id = $1 ${
      id === null
        ? `AND monitor_id = $2 AND environment = $3 AND status = 'in_progress'
           AND (timeout_at IS NOT NULL OR started_at > to_timestamp($4::float8 / 1000)) ORDER BY started_at DESC LIMIT 1`
        : 'AND id = $2'
    }`,
    values:
      id === null
        ? [monitor.projectId, monitor.id, environment, receivedAtMs - monitor.config.maxRuntimeMinutes * MINUTE_MS]
        : [monitor.projectId, id],
  })
  const [row] = rows
  if (row === undefined) return null
  return {
    id: row.id,
    monitorId: row.monitor_id,
    environment: row.environment,
    status: row.status,
    startedAtMs: row.started_at.getTime(),
    durationMs: row.duration_ms,
  }
}

async function begin(
  client: PoolClient,
  monitor: MonitorRow,
  environment: EnvironmentRow,
  { id: sentId, status, receivedAtMs, durationMs, release, traceId }: ReceivedCheckIn,
): Promise<boolean> {
  const id = sentId ?? randomUUID()
  const isRunning = status === 'in_progress'
  await client.query({
    name: 'ingest-check-in',
    text: `INSERT INTO check_in (project_id, id, monitor_id, environment, status, started_at, finished_at, timeout_at,
                                 duration_ms, release, trace_id, expected_at)
           VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000),
                   to_timestamp($8::float8 / 1000), $9, $10, $11, to_timestamp($12::float8 / 1000))`,
    values: [
      ...[monitor.projectId, id, monitor.id, environment.name, status, receivedAtMs],
      ...[isRunning ? null : receivedAtMs, isRunning ? timeoutOf(monitor, receivedAtMs) : null],
      ...[isRunning ? null : durationMs, release, traceId],
      await findOccasion(client, monitor, environment, receivedAtMs),
    ],
  })
  return settleEnvironment(client, {
    ...{ monitor, environment, nowMs: receivedAtMs, isNewFromJob: true },
    checkIn: { id, status, wasFailure: false },
    expectation: monitor.isPaused ? NOTHING_EXPECTED : expectAfterCheckIn(monitor.config, environment, receivedAtMs),
  })
}

/** It ends, is still alive, or is corrected: the last word counts. */
async function goOn(
  client: PoolClient,
  monitor: MonitorRow,
  environment: EnvironmentRow,
  { status, receivedAtMs, durationMs, release, traceId }: ReceivedCheckIn,
  known: KnownCheckIn,
): Promise<boolean> {
  const isRunning = status === 'in_progress'
  const isEnding = !isRunning && (known.status === 'in_progress' || known.status === 'timeout')
  const measuredMs = isEnding ? Math.max(0, receivedAtMs - known.startedAtMs) : known.durationMs
  await client.query({
    name: 'ingest-check-in-goes-on',
    text: `UPDATE check_in SET status = $3, timeout_at = to_timestamp($4::float8 / 1000),
             finished_at = CASE WHEN $5 THEN to_timestamp($6::float8 / 1000) ELSE finished_at END, duration_ms = $7,
             release = coalesce($8, release), trace_id = coalesce($9, trace_id)
           WHERE project_id = $1 AND id = $2`,
    values: [
      ...[monitor.projectId, known.id, status, isRunning ? timeoutOf(monitor, receivedAtMs) : null],
      ...[isEnding, receivedAtMs, isRunning ? null : (durationMs ?? measuredMs), release, traceId],
    ],
  })
  return settleEnvironment(client, {
    ...{ monitor, environment, nowMs: receivedAtMs, isNewFromJob: false },
    checkIn: { id: known.id, status, wasFailure: isFailure(known.status) },
  })
}

function timeoutOf({ config }: MonitorRow, atMs: number): number {
  return atMs + config.maxRuntimeMinutes * MINUTE_MS
}
