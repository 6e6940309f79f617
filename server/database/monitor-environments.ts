// What a check-in does to the monitor's environment that it belongs to: its state, what is expected next, and whether it is
// failing. Ingest and the clock write through here, with the environment's row locked, so that nobody counts a check-in
// that another has not seen. What counts is read from the check-ins themselves: one that is corrected later corrects all.

import type { PoolClient } from 'pg'
import { isFailure, type CheckInStatus, type MonitorConfig } from '../domain/monitor.ts'
import { findNextTime } from '../domain/monitor-schedule.ts'

export interface MonitorRow {
  projectId: number
  id: string
  slug: string
  config: MonitorConfig
  isPaused: boolean
}

export interface EnvironmentRow {
  name: string
  nextExpectedAtMs: number | null
  missedInARow: number
  isFailing: boolean
}

/** A check-in as it has just been written. */
interface WrittenCheckIn {
  id: string
  status: CheckInStatus
  /** It was one before, and was told then. */
  wasFailure: boolean
}

/** What is expected next. */
export interface Expectation {
  nextExpectedAtMs: number | null
  deadlineAtMs: number | null
}

export const NOTHING_EXPECTED: Expectation = { nextExpectedAtMs: null, deadlineAtMs: null }

const MINUTE_MS = 60_000
/** A job's clock may be a little ahead of ours: what comes so shortly before it is due was meant for that. */
const EARLY_MS_MAX = 15_000

/** @param client in a transaction. */
export async function lockEnvironment(
  client: PoolClient,
  monitor: Pick<MonitorRow, 'projectId' | 'id'>,
  name: string,
): Promise<EnvironmentRow | null> {
  const { rows } = await client.query<{
    next_expected_at: Date | null
    missed_in_a_row: number
    failing_since: Date | null
  }>({
    name: 'monitor-lock-environment',
    text: `SELECT next_expected_at, missed_in_a_row, failing_since FROM monitor_environment
           WHERE project_id = $1 AND monitor_id = $2 AND name = $3 FOR UPDATE`,
    values: [monitor.projectId, monitor.id, name],
  })
  const [row] = rows
  return row === undefined
    ? null
    : {
        name,
        nextExpectedAtMs: row.next_expected_at?.getTime() ?? null,
        missedInARow: row.missed_in_a_row,
        isFailing: row.failing_since !== null,
      }
}

/** What a job that has checked in at `atMs` has to do next. */
export function expectAfterCheckIn(config: MonitorConfig, environment: EnvironmentRow, atMs: number): Expectation {
  const { nextExpectedAtMs } = environment
  return expectAfter(
    config,
    nextExpectedAtMs !== null && isEarly(config, nextExpectedAtMs, atMs) ? nextExpectedAtMs : atMs,
  )
}

function isEarly({ schedule }: MonitorConfig, expectedAtMs: number, atMs: number): boolean {
  return schedule.type === 'crontab' && expectedAtMs > atMs && expectedAtMs - atMs <= EARLY_MS_MAX
}

/**
 * The time that a check-in at `atMs` was meant for: the one that is due, else the last one that was missed.
 * @returns null where it was not expected.
 */
export async function findOccasion(
  client: PoolClient,
  monitor: MonitorRow,
  environment: EnvironmentRow,
  atMs: number,
): Promise<number | null> {
  const { nextExpectedAtMs, missedInARow } = environment
  if (nextExpectedAtMs !== null && (nextExpectedAtMs <= atMs || isEarly(monitor.config, nextExpectedAtMs, atMs))) {
    return nextExpectedAtMs
  }
  if (missedInARow === 0) return null
  const { rows } = await client.query<{ started_at: Date }>({
    name: 'monitor-last-missed',
    text: `SELECT started_at FROM check_in
           WHERE project_id = $1 AND monitor_id = $2 AND environment = $3 AND status = 'missed'
           ORDER BY started_at DESC LIMIT 1`,
    values: [monitor.projectId, monitor.id, environment.name],
  })
  return rows[0]?.started_at.getTime() ?? null
}

/** The first time after `atMs`. */
export function expectAfter({ schedule, timezone, checkinMarginMinutes }: MonitorConfig, atMs: number): Expectation {
  try {
    const nextExpectedAtMs = findNextTime(schedule, timezone, atMs)
    return { nextExpectedAtMs, deadlineAtMs: nextExpectedAtMs + checkinMarginMinutes * MINUTE_MS }
  } catch {
    // It was checked when it was stored; what names no time any more expects nothing.
    return NOTHING_EXPECTED
  }
}

export interface SettleOptions {
  monitor: MonitorRow
  environment: EnvironmentRow
  checkIn: WrittenCheckIn
  nowMs: number
  /** Of the job itself, not one of ours. */
  isNewFromJob: boolean
  /** Left as it is where it is absent. */
  expectation?: Expectation
}

/** @returns whether an alert was written. */
export async function settleEnvironment(client: PoolClient, options: SettleOptions): Promise<boolean> {
  const { monitor, environment, checkIn, nowMs, isNewFromJob, expectation } = options
  const { failureIssueThreshold, recoveryThreshold } = monitor.config
  const { latestStatus, finals } = await readStatuses(
    client,
    options,
    environment.isFailing ? recoveryThreshold : failureIssueThreshold,
  )
  const { isFailing } = environment
  const fails = isFailure(checkIn.status) && !monitor.isPaused
  const begins =
    fails && !isFailing && finals.length === failureIssueThreshold && finals.every((status) => isFailure(status))
  const goesOn = fails && isFailing && !checkIn.wasFailure
  const ends =
    isFailing &&
    checkIn.status === 'ok' &&
    finals.length === recoveryThreshold &&
    finals.every((status) => status === 'ok')
  await client.query({
    name: 'monitor-settle-environment',
    text: `UPDATE monitor_environment SET status = $4,
             last_check_in_at = CASE WHEN $5 THEN to_timestamp($6::float8 / 1000) ELSE last_check_in_at END,
             missed_in_a_row = CASE WHEN $5 THEN 0 WHEN $7 THEN missed_in_a_row + 1 ELSE missed_in_a_row END,
             next_expected_at = CASE WHEN $8 THEN to_timestamp($9::float8 / 1000) ELSE next_expected_at END,
             deadline_at = CASE WHEN $8 THEN to_timestamp($10::float8 / 1000) ELSE deadline_at END,
             failing_since = CASE WHEN $11 THEN to_timestamp($6::float8 / 1000) WHEN $12 THEN NULL ELSE failing_since END
           WHERE project_id = $1 AND monitor_id = $2 AND name = $3`,
    values: [
      ...[monitor.projectId, monitor.id, environment.name, latestStatus, isNewFromJob, nowMs],
      ...[checkIn.status === 'missed', expectation !== undefined],
      ...[expectation?.nextExpectedAtMs ?? null, expectation?.deadlineAtMs ?? null, begins, ends],
    ],
  })
  if (!begins && !goesOn && !ends) return false
  await client.query({
    name: 'monitor-alert',
    text: `INSERT INTO monitor_alert (project_id, monitor_id, environment, check_in_id, is_recovery)
           VALUES ($1, $2, $3, $4, $5)`,
    values: [monitor.projectId, monitor.id, environment.name, checkIn.id, ends],
  })
  return true
}

/** The state of the latest check-in, and of the latest ones that have ended. Of two at the same time, what was just written. */
async function readStatuses(
  client: PoolClient,
  { monitor, environment, checkIn }: SettleOptions,
  finalsMax: number,
): Promise<{ latestStatus: CheckInStatus; finals: CheckInStatus[] }> {
  const from = 'FROM check_in WHERE project_id = $1 AND monitor_id = $2 AND environment = $3'
  const latestFirst = 'ORDER BY started_at DESC, (id = $4) DESC, finished_at DESC NULLS FIRST'
  const { rows } = await client.query<{ latest: CheckInStatus[]; finals: CheckInStatus[] }>({
    name: 'monitor-statuses',
    text: `SELECT ARRAY(SELECT status ${from} ${latestFirst} LIMIT 1) AS latest,
                  ARRAY(SELECT status ${from} AND status <> 'in_progress' ${latestFirst} LIMIT $5) AS finals`,
    values: [monitor.projectId, monitor.id, environment.name, checkIn.id, finalsMax],
  })
  const [row] = rows
  return { latestStatus: row?.latest[0] ?? checkIn.status, finals: row?.finals ?? [] }
}
