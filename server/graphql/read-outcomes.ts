// What became of what was sent to a project, by the hour or day, from the hourly counts.

import type { Pool } from 'pg'
import { countSteps, listSteps } from '../domain/frequency.ts'
import type { FrequencyPeriod, FrequencyPoint } from '../domain/issue.ts'

export interface OutcomeCount {
  outcome: string
  /** Empty where the outcome says all. */
  reason: string
  category: string
  quantity: bigint
  /** Every hour or day of the period, the current one last. */
  points: FrequencyPoint[]
}

interface OutcomeRow {
  project_id: number
  outcome: string
  reason: string
  category: string
  at: Date
  count: string
}

/** A client can invent names; those that count most are read. */
const KINDS_MAX = 300

/** One list per project, in the order of `projectIds`; the largest first. */
export async function readOutcomes(
  pool: Pool,
  projectIds: readonly number[],
  period: FrequencyPeriod,
  nowMs: number,
): Promise<OutcomeCount[][]> {
  const { unit, times } = listSteps(period, nowMs)
  const { rows } = await pool.query<OutcomeRow>({
    name: `outcomes-${unit}`,
    text: `
      WITH kinds AS (
        SELECT project_id, outcome, reason, category,
               row_number() OVER (PARTITION BY project_id ORDER BY sum(quantity) DESC, outcome, reason, category) AS place
        FROM outcome WHERE project_id = ANY ($1) AND hour >= $2 GROUP BY 1, 2, 3, 4
      )
      SELECT o.project_id, o.outcome, o.reason, o.category, date_trunc('${unit}', o.hour, 'UTC') AS at,
             sum(o.quantity) AS count
      FROM outcome o JOIN kinds k USING (project_id, outcome, reason, category)
      WHERE o.project_id = ANY ($1) AND o.hour >= $2 AND k.place <= ${KINDS_MAX}
      GROUP BY 1, 2, 3, 4, 5, k.place ORDER BY o.project_id, k.place`,
    values: [projectIds, times[0]],
  })
  const byProject = Map.groupBy(rows, (row) => row.project_id)
  return projectIds.map((projectId) => {
    const kinds = Map.groupBy(byProject.get(projectId) ?? [], (row) =>
      [row.outcome, row.reason, row.category].join('\n'),
    )
    return [...kinds.values()].map((ofKind) => toOutcomeCount(ofKind, times))
  })
}

function toOutcomeCount(rows: OutcomeRow[], times: readonly Date[]): OutcomeCount {
  const { outcome, reason, category } = rows[0] as OutcomeRow
  return {
    ...{ outcome, reason, category },
    quantity: rows.reduce((sum, { count }) => sum + BigInt(count), 0n),
    points: countSteps(times, rows),
  }
}
