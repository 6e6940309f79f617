import type { Pool } from 'pg'
import { countSteps, listSteps } from '../../domain/frequency.ts'
import type { FrequencyPeriod, FrequencyPoint } from '../../domain/issue.ts'
import { parseIssueIds } from './issue-row.ts'

/** One list per issue, in the order of `issueIds`; the hour or day of `nowMs` is the last, and none is left out. */
export async function readFrequencies(
  pool: Pool,
  projectId: number,
  issueIds: readonly string[],
  period: FrequencyPeriod,
  nowMs: number,
): Promise<FrequencyPoint[][]> {
  const { unit, times } = listSteps(period, nowMs)
  const { rows } = await pool.query<{ issue_id: number; at: Date; count: string }>({
    name: `tracker-frequencies-${unit}`,
    text: `SELECT issue_id, date_trunc('${unit}', hour, 'UTC') AS at, sum(count) AS count FROM issue_hour
           WHERE project_id = $1 AND issue_id = ANY ($2) AND hour >= $3 GROUP BY 1, 2`,
    values: [projectId, parseIssueIds(issueIds), times[0]],
  })
  const byIssue = Map.groupBy(rows, (row) => String(row.issue_id))
  return issueIds.map((issueId) => countSteps(times, byIssue.get(issueId) ?? []))
}
