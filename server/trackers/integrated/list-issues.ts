// The issue list: one walk along an index, from the cursor on, for each status. A list of all statuses is the three walks
// merged, since the index begins with the status.

import type { Pool } from 'pg'
import { ISSUE_STATUSES, type Issue, type IssueSort } from '../../domain/issue.ts'
import { BIGINT, defineCursor, INT, TIME, type ListCursor } from '../../domain/list-cursor.ts'
import type { IssueQuery, Page, PageRequest } from '../../domain/tracker.ts'
import { refreshRanks } from '../../database/issue-ranks.ts'
import { ISSUE_COLUMNS, toIssue, type IssueRow } from './issue-row.ts'

interface Sort {
  column: string
  type: string
  cursor: ListCursor<[sortValue: Date | bigint, issueId: number]>
}

const BY_TIME = { type: 'timestamptz', cursor: defineCursor<[Date, number]>(TIME, INT) }
const BY_COUNT = { type: 'bigint', cursor: defineCursor<[bigint, number]>(BIGINT, INT) }
const SORTS: Record<IssueSort, Sort> = {
  LAST_SEEN: { column: 'last_seen_at', ...BY_TIME },
  FIRST_SEEN: { column: 'first_seen_at', ...BY_TIME },
  EVENTS: { column: 'event_count', ...BY_COUNT },
  USERS: { column: 'user_count', ...BY_COUNT },
}

const SEARCH_LENGTH_MAX = 200
const SEARCH_WORDS_MAX = 8

export async function listIssues(
  pool: Pool,
  projectId: number,
  query: IssueQuery,
  { first, after }: PageRequest,
): Promise<Page<Issue>> {
  const { column, type, cursor } = SORTS[query.sort]
  await refreshRanks(pool, projectId)
  const words = splitWords(query.search ?? '')
  const values: unknown[] = [projectId, first + 1]
  const conditions = words.map((word) => {
    values.push(`%${word.replaceAll(/[\\%_]/g, '\\$&')}%`)
    return `t.text LIKE $${values.length}`
  })
  if (after !== null) {
    values.push(...cursor.parse(after))
    const compare = query.direction === 'DESC' ? '<' : '>'
    conditions.push(`(r.${column}, r.issue_id) ${compare} ($${values.length - 1}::${type}, $${values.length}::int)`)
  }

  const order = `sort_value ${query.direction}, issue_id ${query.direction}`
  const from = `issue_rank r${words.length === 0 ? '' : ' JOIN issue_text t USING (project_id, issue_id)'}`
  const statuses = query.status === null ? ISSUE_STATUSES : [query.status]
  const walks = statuses.map(
    (status) => `(SELECT r.issue_id, r.${column} AS sort_value FROM ${from}
      WHERE ${[`r.project_id = $1`, `r.status = '${status}'`, ...conditions].join(' AND ')}
      ORDER BY r.${column} ${query.direction}, r.issue_id ${query.direction} LIMIT $2)`,
  )
  const { rows } = await pool.query<IssueRow & { sort_value: Date | string }>({
    // A search is planned with its words: for rare ones the index of trigrams is faster, for common ones the walk.
    ...(words.length === 0 && {
      name: `tracker-list-${query.sort}-${query.direction}-${query.status ?? 'ALL'}-${after !== null}`,
    }),
    text: `SELECT ${ISSUE_COLUMNS}, w.sort_value
      FROM (SELECT * FROM (${walks.join(' UNION ALL ')}) walks ORDER BY ${order} LIMIT $2) w
      JOIN issue i ON i.project_id = $1 AND i.id = w.issue_id
      JOIN project p ON p.id = i.project_id ORDER BY ${order}`,
    values,
  })
  return {
    items: rows
      .slice(0, first)
      .map((row) => ({ node: toIssue(row), cursor: cursor.format([toSortValue(row.sort_value), row.id]) })),
    hasNextPage: rows.length > first,
  }
}

/** The driver has a `bigint` as its digits. */
function toSortValue(value: Date | string): Date | bigint {
  return typeof value === 'string' ? BigInt(value) : value
}

/** issue_text is in lower case. PostgreSQL takes no NUL. */
function splitWords(search: string): string[] {
  const text = search.slice(0, SEARCH_LENGTH_MAX).replaceAll('\0', ' ').toLowerCase()
  const words = text.split(/\s+/).filter((word) => word !== '')
  return [...new Set(words)].slice(0, SEARCH_WORDS_MAX)
}
