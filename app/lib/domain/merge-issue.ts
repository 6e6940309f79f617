// What a change of one issue does to a list of issues on the screen. Pure, so that every case can be tested: the list
// shows what the server would answer, but never moves a row that somebody is about to press.

import type { IssueFilter } from './issue-filter.ts'
import type { IssueStatus } from './level.ts'
import type { Count } from '#lib/ui/format-count.ts'

export interface ListedIssue {
  id: string
  title: string
  culprit: string | null
  status: IssueStatus
  eventCount: Count
  userCount: Count
  firstSeenAt: string
  lastSeenAt: string
}

export interface IssueRows<Row extends ListedIssue> {
  rows: readonly Row[]
  /** Belong on the list but wait until they may be shown. */
  waiting: readonly Row[]
}

export interface MergeRules {
  filter: IssueFilter
  /** Somebody points at the list: rows may change, not move. */
  held: boolean
  /** More rows follow on the next page, so a row that sorts after all of ours is not for us. */
  hasNextPage: boolean
}

export function mergeIssue<Row extends ListedIssue>(
  list: IssueRows<Row>,
  issue: Row,
  rules: MergeRules,
): IssueRows<Row> {
  const belongs = matchesFilter(issue, rules.filter)
  const waiting = list.waiting.filter((row) => row.id !== issue.id)
  const index = list.rows.findIndex((row) => row.id === issue.id)
  const firstPage = rules.filter.after.length === 0

  if (index >= 0) {
    if (rules.held || !firstPage) return { rows: list.rows.with(index, issue), waiting }
    const rest = list.rows.toSpliced(index, 1)
    return { rows: belongs ? sortRows([...rest, issue], rules.filter) : rest, waiting }
  }
  if (!belongs) return { rows: list.rows, waiting }
  if (rules.held || !firstPage) return { rows: list.rows, waiting: [...waiting, issue] }
  return { rows: insertRow(list.rows, issue, rules), waiting }
}

/** The pointer has left: what waited comes in, what no longer belongs goes, and the order is right again. */
export function settleRows<Row extends ListedIssue>(list: IssueRows<Row>, rules: MergeRules): IssueRows<Row> {
  if (rules.filter.after.length > 0) return list
  const kept = list.rows.filter((row) => matchesFilter(row, rules.filter))
  const rows = list.waiting.reduce((all, issue) => insertRow(all, issue, rules), sortRows(kept, rules.filter))
  return { rows, waiting: [] }
}

export function matchesFilter(issue: ListedIssue, filter: IssueFilter): boolean {
  if (filter.status !== null && issue.status !== filter.status) return false
  const text = `${issue.title}\n${issue.culprit ?? ''}`.toLowerCase()
  return filter.query
    .toLowerCase()
    .split(' ')
    .every((word) => text.includes(word))
}

function insertRow<Row extends ListedIssue>(rows: readonly Row[], issue: Row, rules: MergeRules): readonly Row[] {
  const sorted = sortRows([...rows.filter((row) => row.id !== issue.id), issue], rules.filter)
  return rules.hasNextPage && sorted.at(-1) === issue ? rows : sorted
}

function sortRows<Row extends ListedIssue>(rows: readonly Row[], filter: IssueFilter): readonly Row[] {
  const sign = filter.direction === 'ASC' ? 1 : -1
  return rows.toSorted((a, b) => sign * compareIssues(a, b, filter))
}

function compareIssues(a: ListedIssue, b: ListedIssue, filter: IssueFilter): number {
  switch (filter.sort) {
    case 'EVENTS':
      return Number(a.eventCount) - Number(b.eventCount)
    case 'USERS':
      return Number(a.userCount) - Number(b.userCount)
    case 'FIRST_SEEN':
      return Date.parse(a.firstSeenAt) - Date.parse(b.firstSeenAt)
    default:
      return Date.parse(a.lastSeenAt) - Date.parse(b.lastSeenAt)
  }
}
