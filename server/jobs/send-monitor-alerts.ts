// Lets issues know of failures and recoveries, in the order in which they happened. An alert is deleted when it has arrived;
// what is told twice is stored once.

import type { Pool } from 'pg'
import {
  hashMonitorIssue,
  isFailure,
  type CheckInStatus,
  type MonitorConfig,
  type MonitorFailure,
} from '../domain/monitor.ts'

export interface SendMonitorAlertsOptions {
  pool: Pool
  reportFailure: (failure: MonitorFailure) => Promise<void>
  resolveIssue: (projectId: number, hash: string) => Promise<void>
  isStopped: () => boolean
}

interface AlertRow {
  project_id: number
  id: string
  environment: string
  is_recovery: boolean
  slug: string
  name: string
  config: MonitorConfig
  check_in_id: string
  status: CheckInStatus
  started_at: Date
  duration_ms: number | null
  release: string | null
  trace_id: string | null
}

const AT_A_TIME_MAX = 100

export async function sendMonitorAlerts({ pool, reportFailure, resolveIssue, isStopped }: SendMonitorAlertsOptions) {
  for (;;) {
    const { rows } = await pool.query<AlertRow>(SELECT_ALERTS)
    for (const alert of rows) {
      if (isStopped()) return
      const { project_id: projectId, slug, environment } = alert
      if (alert.is_recovery) await resolveIssue(projectId, hashMonitorIssue(slug, environment))
      else if (isFailure(alert.status)) await reportFailure(toFailure(alert, alert.status))
      await pool.query('DELETE FROM monitor_alert WHERE project_id = $1 AND id = $2', [projectId, alert.id])
    }
    if (rows.length < AT_A_TIME_MAX) return
  }
}

const SELECT_ALERTS = `
  SELECT a.project_id, a.id, a.environment, a.is_recovery, m.slug, m.name, m.config,
         replace(c.id::text, '-', '') AS check_in_id, c.status, c.started_at, c.duration_ms, c.release,
         replace(c.trace_id::text, '-', '') AS trace_id
  FROM monitor_alert a
  JOIN monitor m ON m.project_id = a.project_id AND m.id = a.monitor_id
  JOIN check_in c ON c.project_id = a.project_id AND c.id = a.check_in_id
  ORDER BY a.id LIMIT ${AT_A_TIME_MAX}`

function toFailure(row: AlertRow, status: MonitorFailure['checkIn']['status']): MonitorFailure {
  return {
    projectId: row.project_id,
    slug: row.slug,
    name: row.name,
    environment: row.environment,
    config: row.config,
    checkIn: {
      id: row.check_in_id,
      status,
      startedAtMs: row.started_at.getTime(),
      durationMs: row.duration_ms,
      release: row.release,
      traceId: row.trace_id,
    },
  }
}
