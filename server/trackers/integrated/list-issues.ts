// The issue list: one walk along an index, from the cursor on, for each status. A list of all statuses is the three walks
// merged, since the index begins with the status.

import type { Pool } from 'pg'
import { ISSUE_STATUSES, type Issue, type IssueSort } from '../../domain/issue.ts'
import type { IssueQuery, Page, PageRequest } from '../../domain/tracker.ts'
import { formatCursor, parseCursor } from './cursor.ts'
import { ISSUE_COLUMNS, toIssue, type IssueRow } from './issue-row.ts'

const SORTS: Record<IssueSort, { column: string; type: string; read: (row: IssueRow) => string }> = {
  LAST_SEEN: { column: 'last_seen_at', type: 'timestamptz', read: (row) => row.last_seen_at.toISOString() },
  FIRST_SEEN: { column: 'first_seen_at', type: 'timestamptz', read: (row) => row.first_seen_at.toISOString() },
  EVENTS: { column: 'event_count', type: 'bigint', read: (row) => row.event_count },
  USERS: { column: 'user_count', type: 'bigint', read: (row) => row.user_count },
}
const CURSOR_FORMS = { timestamptz: /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/, bigint: /^\d{1,18}$/ } as Record<string, RegExp>
const ISSUE_ID = /^\d{1,9}$/

const SEARCH_LENGTH_MAX = 200
const SEARCH_WORDS_MAX = 8

export async function listIssues(
  pool: Pool,
  projectId: number,
  query: IssueQuery,
  { first, after }: PageRequest,
): Promise<Page<Issue>> {
  const { column, type, read } = SORTS[query.sort]
  const words = splitWords(query.search ?? '')
  const values: unknown[] = [projectId, first + 1]
  const conditions = words.map((word) => {
    values.push(`%${word.replaceAll(/[\\%_]/g, '\\$&')}%`)
    return `t.text LIKE $${values.length}`
  })
  if (after !== null) {
    values.push(...parseCursor(after, CURSOR_FORMS[type] as RegExp, ISSUE_ID))
    const compare = query.direction === 'DESC' ? '<' : '>'
    conditions.push(`(i.${column}, i.id) ${compare} ($${values.length - 1}::${type}, $${values.length}::int)`)
  }

  const order = `${column} ${query.direction}, id ${query.direction}`
  const from =
    words.length === 0 ? 'issue i' : 'issue i JOIN issue_text t ON t.project_id = i.project_id AND t.issue_id = i.id'
  const statuses = query.status === null ? ISSUE_STATUSES : [query.status]
  const walks = statuses.map(
    (status) => `(SELECT i.* FROM ${from}
      WHERE ${[`i.project_id = $1`, `i.status = '${status}'`, ...conditions].join(' AND ')}
      ORDER BY i.${column} ${query.direction}, i.id ${query.direction} LIMIT $2)`,
  )
  const { rows } = await pool.query<IssueRow>({
    // A search is planned with its words: for rare ones the index of trigrams is faster, for common ones the walk.
    ...(words.length === 0 && {
      name: `tracker-list-${query.sort}-${query.direction}-${query.status ?? 'ALL'}-${after !== null}`,
    }),
    text: `SELECT ${ISSUE_COLUMNS} FROM (SELECT * FROM (${walks.join(' UNION ALL ')}) walks ORDER BY ${order} LIMIT $2) i
      JOIN project p ON p.id = i.project_id ORDER BY i.${column} ${query.direction}, i.id ${query.direction}`,
    values,
  })
  return {
    items: rows.slice(0, first).map((row) => ({ node: toIssue(row), cursor: formatCursor(read(row), row.id) })),
    hasNextPage: rows.length > first,
  }
}

/** issue_text is in lower case. PostgreSQL takes no NUL. */
function splitWords(search: string): string[] {
  const text = search.slice(0, SEARCH_LENGTH_MAX).replaceAll('\0', ' ').toLowerCase()
  const words = text.split(/\s+/).filter((word) => word !== '')
  return [...new Set(words)].slice(0, SEARCH_WORDS_MAX)
}
