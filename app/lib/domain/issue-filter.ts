// The issue list's filter lives in the URL and nowhere else: a filtered list is a link, and Back works. What is the
// default is left out of the URL.

import type { IssueStatus } from './level.ts'

export type IssueSort = 'LAST_SEEN' | 'FIRST_SEEN' | 'EVENTS' | 'USERS'
type SortDirection = 'ASC' | 'DESC'

export interface IssueFilter {
  /** null: every status. */
  status: IssueStatus | null
  query: string
  sort: IssueSort
  direction: SortDirection
  /** The cursors of the pages walked through, the present one last; empty on the first page. */
  after: string[]
}

export const SORTS: { sort: IssueSort; param: string }[] = [
  { sort: 'LAST_SEEN', param: 'last-seen' },
  { sort: 'FIRST_SEEN', param: 'first-seen' },
  { sort: 'EVENTS', param: 'events' },
  { sort: 'USERS', param: 'users' },
]

export const TABS: { status: IssueStatus | null; param: string }[] = [
  { status: 'UNRESOLVED', param: 'unresolved' },
  { status: 'IGNORED', param: 'ignored' },
  { status: 'RESOLVED', param: 'resolved' },
  { status: null, param: 'all' },
]

/** Walking back further than this leads to the first page. */
const CURSORS_MAX = 20

export function readFilter(params: Pick<URLSearchParams, 'get' | 'getAll'>): IssueFilter {
  const tab = TABS.find(({ param }) => param === params.get('status'))
  const sort = SORTS.find(({ param }) => param === params.get('sort'))
  return {
    status: tab ? tab.status : 'UNRESOLVED',
    query: (params.get('query') ?? '').trim(),
    sort: sort?.sort ?? 'LAST_SEEN',
    direction: params.get('direction') === 'asc' ? 'ASC' : 'DESC',
    after: params.getAll('after').slice(-CURSORS_MAX),
  }
}

/** @returns the list's address with `changes` made; any change but of the page leads to the first page. */
export function linkFilter(path: string, filter: IssueFilter, changes: Partial<IssueFilter>): string {
  const next = { ...filter, after: [], ...changes }
  const params = new URLSearchParams()
  const tab = TABS.find(({ status }) => status === next.status)
  if (tab && tab.status !== 'UNRESOLVED') params.set('status', tab.param)
  if (next.query !== '') params.set('query', next.query)
  const sort = SORTS.find((option) => option.sort === next.sort)
  if (sort && sort.sort !== 'LAST_SEEN') params.set('sort', sort.param)
  if (next.direction === 'ASC') params.set('direction', 'asc')
  for (const cursor of next.after.slice(-CURSORS_MAX)) params.append('after', cursor)
  const search = params.toString()
  return search === '' ? path : `${path}?${search}`
}
