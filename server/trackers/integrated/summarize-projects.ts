// What a list of projects shows of each, read from indexes.

import type { Pool } from 'pg'
import { ISSUE_STATUSES } from '../../domain/issue.ts'
import { UNRESOLVED_COUNT_MAX, type ProjectSummary } from '../../domain/tracker.ts'

/** In the order of `projectIds`. */
export async function summarizeProjects(pool: Pool, projectIds: readonly number[]): Promise<ProjectSummary[]> {
  const maxima = ISSUE_STATUSES.map(
    (status) => `(SELECT max(last_seen_at) FROM issue_rank WHERE project_id = p.id AND status = '${status}')`,
  )
  const { rows } = await pool.query<{ last_event_at: Date | null; unresolved: string }>({
    name: 'tracker-summaries',
    text: `SELECT greatest(${maxima.join(', ')}) AS last_event_at,
             (SELECT count(*) FROM (SELECT FROM issue_rank WHERE project_id = p.id AND status = 'UNRESOLVED'
                                    LIMIT ${UNRESOLVED_COUNT_MAX}) AS capped) AS unresolved
           FROM unnest($1::int[]) WITH ORDINALITY AS p (id, place) ORDER BY place`,
    values: [projectIds],
  })
  return rows.map((row) => ({ lastEventAt: row.last_event_at, unresolvedCount: Number(row.unresolved) }))
}
