// A monitor watches a job that runs by the clock: the job checks in when it begins and when it ends, and a check-in that
// does not come is told. Each environment in which the job runs has a state of its own.

import { hash } from 'node:crypto'
import type { MonitorSchedule } from './monitor-schedule.ts'

/** `missed` and `timeout` are ours, the others are what a job sends. */
export type CheckInStatus = 'in_progress' | 'ok' | 'error' | 'missed' | 'timeout'

export interface MonitorConfig {
  schedule: MonitorSchedule
  /** Canonical. */
  timezone: string
  /** How late a check-in may come before it counts as missed. */
  checkinMarginMinutes: number
  /** How long a check-in may be in progress. */
  maxRuntimeMinutes: number
  /** So many failures in a row open an issue. */
  failureIssueThreshold: number
  /** So many successes in a row resolve it. */
  recoveryThreshold: number
}

/** What an issue is told of a check-in that failed. */
export interface MonitorFailure {
  projectId: number
  slug: string
  name: string
  environment: string
  config: MonitorConfig
  checkIn: {
    /** 32 lower-case hex digits. */
    id: string
    status: 'error' | 'missed' | 'timeout'
    startedAtMs: number
    durationMs: number | null
    release: string | null
    traceId: string | null
  }
}

/** A job that begins a few seconds after its time is not late. */
const LATE_FROM_MS = 60_000

/** @returns how much later than meant it came; null where it was in time, or not expected. */
export function measureLateness(startedAtMs: number, expectedAtMs: number | null): number | null {
  if (expectedAtMs === null) return null
  const lateMs = startedAtMs - expectedAtMs
  return lateMs >= LATE_FROM_MS ? lateMs : null
}

/** Of a project. */
export const MONITORS_MAX = 500
/** Of a monitor. */
export const ENVIRONMENTS_MAX = 20
/** Of all monitors of a project together: what a page has to show at most. */
export const PROJECT_ENVIRONMENTS_MAX = 1_000
export const DEFAULT_ENVIRONMENT = 'production'

export function isFailure(status: CheckInStatus): status is MonitorFailure['checkIn']['status'] {
  return status === 'error' || status === 'missed' || status === 'timeout'
}

/** Under which an environment of a monitor has its issue, however often it fails. 32 lower-case hex digits. */
export function hashMonitorIssue(slug: string, environment: string): string {
  return hash('md5', `monitor\0${slug}\0${environment}`)
}
