import type { Pool } from 'pg'
import type { Issue } from '../../domain/issue.ts'
import { parseShortId } from '../../domain/short-id.ts'
import { ISSUE_COLUMNS, parseIssueIds, toIssue, type IssueRow } from './issue-row.ts'

/** In the order of `issueIds`; null where there is none. */
export async function findIssues(
  pool: Pool,
  projectId: number,
  issueIds: readonly string[],
): Promise<(Issue | null)[]> {
  const { rows } = await pool.query<IssueRow>({
    name: 'tracker-issues',
    text: `SELECT ${ISSUE_COLUMNS} FROM issue i JOIN project p ON p.id = i.project_id
           WHERE i.project_id = $1 AND i.id = ANY ($2)`,
    values: [projectId, parseIssueIds(issueIds)],
  })
  const byId = new Map(rows.map((row) => [String(row.id), toIssue(row)]))
  return issueIds.map((issueId) => byId.get(issueId) ?? null)
}

export async function findIssueByShortId(pool: Pool, projectId: number, shortId: string): Promise<Issue | null> {
  const number = parseShortId(shortId)
  if (number === null) return null
  const [issue] = await findIssues(pool, projectId, [String(number)])
  return issue ?? null
}
