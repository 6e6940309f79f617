import type { Pool } from 'pg'
import { FREQUENCY_STEPS, type FrequencyPeriod, type FrequencyPoint } from '../../domain/issue.ts'
import { parseIssueIds } from './issue-row.ts'

/** One list per issue, in the order of `issueIds`; the hour or day of `nowMs` is the last, and none is left out. */
export async function readFrequencies(
  pool: Pool,
  projectId: number,
  issueIds: readonly string[],
  period: FrequencyPeriod,
  nowMs: number,
): Promise<FrequencyPoint[][]> {
  const { unit, unitMs, points } = FREQUENCY_STEPS[period]
  const startMs = (Math.floor(nowMs / unitMs) - points + 1) * unitMs
  const { rows } = await pool.query<{ issue_id: number; at: Date; count: string }>({
    name: `tracker-frequencies-${unit}`,
    text: `SELECT issue_id, date_trunc('${unit}', hour, 'UTC') AS at, sum(count) AS count FROM issue_hour
           WHERE project_id = $1 AND issue_id = ANY ($2) AND hour >= $3 GROUP BY 1, 2`,
    values: [projectId, parseIssueIds(issueIds), new Date(startMs)],
  })
  const counts = new Map(rows.map((row) => [`${row.issue_id} ${row.at.getTime()}`, BigInt(row.count)]))
  return issueIds.map((issueId) =>
    Array.from({ length: points }, (_, index) => {
      const atMs = startMs + index * unitMs
      return { at: new Date(atMs), count: counts.get(`${issueId} ${atMs}`) ?? 0n }
    }),
  )
}
