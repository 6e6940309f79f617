// Monitors with what they expect, and their last check-ins. The writers bound how many there are: server/domain/monitor.ts.

import type { Pool } from 'pg'
import type { CheckInStatus, MonitorConfig } from '../domain/monitor.ts'

export interface MonitorRecord {
  projectId: number
  id: string
  slug: string
  name: string
  config: MonitorConfig
  pausedAt: Date | null
  createdAt: Date
}

export interface MonitorKey {
  projectId: number
  monitorId: string
}

export interface MonitorEnvironmentRecord extends MonitorKey {
  slug: string
  name: string
  status: CheckInStatus
  lastCheckInAt: Date
  nextExpectedAt: Date | null
  failingSince: Date | null
}

export interface CheckInRecord {
  /** 32 lower-case hex digits. */
  id: string
  status: CheckInStatus
  startedAt: Date
  finishedAt: Date | null
  durationMs: number | null
  release: string | null
  expectedAt: Date | null
}

export interface CheckInsKey extends MonitorKey {
  environment: string
  first: number
}

export interface IssueHashKey {
  projectId: number
  hash: string
}

const MONITOR_COLUMNS = `project_id AS "projectId", id, slug, name, config, paused_at AS "pausedAt", created_at AS "createdAt"`

/** One list per project, in the order of `projectIds`; by slug. */
export async function readMonitors(pool: Pool, projectIds: readonly number[]): Promise<MonitorRecord[][]> {
  const { rows } = await pool.query<MonitorRecord>({
    name: 'read-monitors',
    text: `SELECT ${MONITOR_COLUMNS} FROM monitor WHERE project_id = ANY ($1) ORDER BY project_id, slug`,
    values: [projectIds],
  })
  const byProject = Map.groupBy(rows, ({ projectId }) => projectId)
  return projectIds.map((projectId) => byProject.get(projectId) ?? [])
}

/** @returns null when there is none. */
export async function findMonitor(pool: Pool, { projectId, monitorId }: MonitorKey): Promise<MonitorRecord | null> {
  const { rows } = await pool.query<MonitorRecord>({
    name: 'find-monitor',
    text: `SELECT ${MONITOR_COLUMNS} FROM monitor WHERE project_id = $1 AND id = $2`,
    values: [projectId, monitorId],
  })
  return rows[0] ?? null
}

/** One list per monitor, in the order of `keys`; by name. */
export async function readMonitorEnvironments(
  pool: Pool,
  keys: readonly MonitorKey[],
): Promise<MonitorEnvironmentRecord[][]> {
  const { rows } = await pool.query<MonitorEnvironmentRecord>({
    name: 'read-monitor-environments',
    text: `SELECT e.project_id AS "projectId", e.monitor_id AS "monitorId", m.slug, e.name, e.status,
                  e.last_check_in_at AS "lastCheckInAt", e.next_expected_at AS "nextExpectedAt",
                  e.failing_since AS "failingSince"
           FROM unnest($1::int[], $2::uuid[]) AS k (project_id, monitor_id)
           JOIN monitor m ON m.project_id = k.project_id AND m.id = k.monitor_id
           JOIN monitor_environment e ON e.project_id = k.project_id AND e.monitor_id = k.monitor_id
           ORDER BY e.name`,
    values: [keys.map(({ projectId }) => projectId), keys.map(({ monitorId }) => monitorId)],
  })
  const byMonitor = Map.groupBy(rows, ({ monitorId }) => monitorId)
  return keys.map(({ monitorId }) => byMonitor.get(monitorId) ?? [])
}

/** One list per key, in their order; the latest first. */
export async function readCheckIns(pool: Pool, keys: readonly CheckInsKey[]): Promise<CheckInRecord[][]> {
  const { rows } = await pool.query<CheckInRecord & { ord: number }>({
    name: 'read-check-ins',
    text: `SELECT k.ord::int AS ord, replace(c.id::text, '-', '') AS id, c.status, c.started_at AS "startedAt",
                  c.finished_at AS "finishedAt", c.duration_ms AS "durationMs", c.release, c.expected_at AS "expectedAt"
           FROM unnest($1::int[], $2::uuid[], $3::text[], $4::int[])
                WITH ORDINALITY AS k (project_id, monitor_id, environment, first, ord)
           CROSS JOIN LATERAL (
             SELECT * FROM check_in
             WHERE project_id = k.project_id AND monitor_id = k.monitor_id AND environment = k.environment
             ORDER BY started_at DESC, finished_at DESC NULLS FIRST, id DESC LIMIT k.first) c
           ORDER BY k.ord, c.started_at DESC, c.finished_at DESC NULLS FIRST, c.id DESC`,
    values: [
      keys.map(({ projectId }) => projectId),
      keys.map(({ monitorId }) => monitorId),
      keys.map(({ environment }) => environment),
      keys.map(({ first }) => first),
    ],
  })
  const byKey = Map.groupBy(rows, ({ ord }) => ord)
  return keys.map((_key, index) => byKey.get(index + 1) ?? [])
}

/** The numbers of the issues that own these hashes, in their order; null where none does. */
export async function findIssueIdsByHash(pool: Pool, keys: readonly IssueHashKey[]): Promise<(string | null)[]> {
  const { rows } = await pool.query<{ ord: number; issue_id: number }>({
    name: 'find-issue-ids-by-hash',
    text: `SELECT k.ord::int AS ord, h.issue_id FROM unnest($1::int[], $2::uuid[]) WITH ORDINALITY AS k (project_id, hash, ord)
           JOIN issue_hash h ON h.project_id = k.project_id AND h.hash = k.hash`,
    values: [keys.map(({ projectId }) => projectId), keys.map(({ hash }) => hash)],
  })
  const byKey = new Map(rows.map(({ ord, issue_id }) => [ord, String(issue_id)]))
  return keys.map((_key, index) => byKey.get(index + 1) ?? null)
}
