// The port between everything that shows issues and whoever keeps them. A project has one tracker: INTEGRATED (our own
// database) or SENTRY (a Sentry server that we ask over HTTP). GraphQL and REST know this file only, never a backend.

import type { StoredEvent } from './event.ts'
import type { FrequencyPeriod, FrequencyPoint, Issue, IssueSort, IssueStatus, SortDirection } from './issue.ts'

export interface IssueQuery {
  /** Free text, sought in title and culprit. */
  search: string | null
  /** null: every status. */
  status: IssueStatus | null
  sort: IssueSort
  direction: SortDirection
}

/** `cursor` is opaque to the caller, and stays right while events arrive. */
export interface PageRequest {
  first: number
  after: string | null
}

export interface Page<Node> {
  items: { node: Node; cursor: string }[]
  hasNextPage: boolean
}

/** Names one stored event. `day` (YYYY-MM-DD, UTC) is part of it, so that no lookup probes every partition. */
export interface EventKey {
  projectId: number
  day: string
  eventId: string
}

/** How often the values of one tag were seen in an issue. */
export interface TagFacet {
  key: string
  total: bigint
  /** The most frequent first, ten at most. An empty value stands for all that are not told apart any more. */
  values: { value: string; count: bigint }[]
}

/** What a list of projects shows of each. */
export interface ProjectSummary {
  /** null: no event yet. */
  lastEventAt: Date | null
  /** Counted up to UNRESOLVED_COUNT_MAX only. */
  unresolvedCount: number
}

export const UNRESOLVED_COUNT_MAX = 1_000

export interface Tracker {
  listIssues(projectId: number, query: IssueQuery, page: PageRequest): Promise<Page<Issue>>
  /** In the order of `issueIds`; null where there is none. */
  findIssues(projectId: number, issueIds: readonly string[]): Promise<(Issue | null)[]>
  /** By the number in the short id (`SHOP-1F`); null when there is none. */
  findIssueByShortId(projectId: number, shortId: string): Promise<Issue | null>
  /** Issues that exist are changed; the others are left out of the answer. */
  setStatus(projectId: number, issueIds: readonly string[], status: IssueStatus): Promise<Issue[]>
  /** With all their events. @returns those that were there. @throws AppError where the backend does not do this. */
  deleteIssues(projectId: number, issueIds: readonly string[]): Promise<string[]>
  countIssues(projectId: number): Promise<Record<IssueStatus, number>>
  /** In the order of `projectIds`. */
  summarizeProjects(projectIds: readonly number[]): Promise<ProjectSummary[]>
  /** One list per issue, in the order of `issueIds`: 24 hours or 30 days, the current one last, zeros included. */
  frequencies(projectId: number, issueIds: readonly string[], period: FrequencyPeriod): Promise<FrequencyPoint[][]>
  /** One list per issue, in the order of `issueIds`; keys in alphabetical order. */
  tagFacets(projectId: number, issueIds: readonly string[]): Promise<TagFacet[][]>
  /** In the order of `issueIds`: the event received last. */
  latestEvents(projectId: number, issueIds: readonly string[]): Promise<(StoredEvent | null)[]>
  /** Newest first, by time of receipt. */
  listEvents(projectId: number, issueId: string, page: PageRequest): Promise<Page<StoredEvent>>
  /** The event received first, of those that are still kept. */
  oldestEvent(projectId: number, issueId: string): Promise<StoredEvent | null>
  findEvents(keys: readonly EventKey[]): Promise<(StoredEvent | null)[]>
  /** The event received just before (`previous`) or after (`next`) this one in its issue. */
  neighbourEvent(event: StoredEvent, which: 'previous' | 'next'): Promise<StoredEvent | null>
}
