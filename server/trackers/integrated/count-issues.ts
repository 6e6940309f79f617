// How many issues of each status a project has. With 100,000 of them that is 20 ms of walking along an index, for every
// page of every list, so the numbers are remembered until an issue comes or changes its status.

import type { Pool } from 'pg'
import type { Publish } from '../../domain/change.ts'
import { ISSUE_STATUSES, type IssueStatus } from '../../domain/issue.ts'

type Counts = Record<IssueStatus, number>

/** For what is missed: a change that another process could not tell. */
const KEEP_MS = 5_000
const PROJECTS_MAX = 1_000

export function createIssueCounts(
  pool: Pool,
  onChanges: (listener: Publish) => () => void,
): (projectId: number) => Promise<Counts> {
  const remembered = new Map<number, { counts: Promise<Counts>; atMs: number }>()
  onChanges((changes) => {
    for (const change of changes) {
      if (change.type === 'issue' && change.kind !== 'UPDATED') remembered.delete(change.projectId)
    }
  })

  return (projectId) => {
    const atMs = performance.now()
    const known = remembered.get(projectId)
    if (known !== undefined && atMs - known.atMs < KEEP_MS) return known.counts
    if (remembered.size >= PROJECTS_MAX) remembered.clear()
    const counts = countIssues(pool, projectId)
    remembered.set(projectId, { counts, atMs })
    counts.catch(() => remembered.delete(projectId))
    return counts
  }
}

async function countIssues(pool: Pool, projectId: number): Promise<Counts> {
  const { rows } = await pool.query<{ status: IssueStatus; count: string }>({
    name: 'tracker-count-issues',
    text: 'SELECT status, count(*) FROM issue_rank WHERE project_id = $1 GROUP BY status',
    values: [projectId],
  })
  const counts = new Map(rows.map((row) => [row.status, Number(row.count)]))
  return Object.fromEntries(ISSUE_STATUSES.map((status) => [status, counts.get(status) ?? 0])) as Counts
}
