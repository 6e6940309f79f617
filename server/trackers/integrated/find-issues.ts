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

/** Also by a name that the project had before it was moved: such short ids stand in mails and tickets. */
export async function findIssueByShortId(pool: Pool, projectId: number, shortId: string): Promise<Issue | null> {
  const parts = parseShortId(shortId)
  if (parts === null) return null
  const { rows } = await pool.query<IssueRow>({
    name: 'tracker-issue-by-short-id',
    text: `SELECT ${ISSUE_COLUMNS} FROM issue i JOIN project p ON p.id = i.project_id
           WHERE i.project_id = $1 AND i.id = $2 AND $3 = ANY (p.slug || p.former_slugs)`,
    values: [projectId, parts.issueNumber, parts.projectName],
  })
  return rows[0] === undefined ? null : toIssue(rows[0])
}
