// What the tables hold of a project's monitors, for tests that look past the API.

import type { Database } from '../../server/database/client.ts'

interface SeenCheckIn {
  id: string
  status: string
  startedAt: string
  durationMs: number | null
}

export interface SeenEnvironment {
  slug: string
  environment: string
  status: string
  nextExpectedAt: string | null
  isFailing: boolean
  /** The latest first. */
  checkIns: SeenCheckIn[]
}

export async function readEnvironments({ pool }: Database, projectId = 1): Promise<SeenEnvironment[]> {
  const { rows } = await pool.query<{
    slug: string
    environment: string
    status: string
    next_expected_at: Date | null
    failing_since: Date | null
    check_ins: { id: string; status: string; started_ms: number; duration_ms: number | null }[] | null
  }>(
    `SELECT m.slug, e.name AS environment, e.status, e.next_expected_at, e.failing_since,
            (SELECT json_agg(json_build_object('id', replace(c.id::text, '-', ''), 'status', c.status,
                             'started_ms', extract(epoch FROM c.started_at) * 1000, 'duration_ms', c.duration_ms)
                             ORDER BY c.started_at DESC, c.finished_at DESC NULLS FIRST)
             FROM check_in c
             WHERE c.project_id = m.project_id AND c.monitor_id = m.id AND c.environment = e.name) AS check_ins
     FROM monitor m JOIN monitor_environment e ON e.project_id = m.project_id AND e.monitor_id = m.id
     WHERE m.project_id = $1 ORDER BY 1, 2`,
    [projectId],
  )
  return rows.map((row) => ({
    slug: row.slug,
    environment: row.environment,
    status: row.status,
    nextExpectedAt: row.next_expected_at?.toISOString() ?? null,
    isFailing: row.failing_since !== null,
    checkIns: (row.check_ins ?? []).map(({ id, status, started_ms, duration_ms }) => ({
      id,
      status,
      startedAt: new Date(started_ms).toISOString(),
      durationMs: duration_ms,
    })),
  }))
}
