import type { Level } from './level.ts'

export const ISSUE_STATUSES = ['UNRESOLVED', 'RESOLVED', 'IGNORED'] as const
export type IssueStatus = (typeof ISSUE_STATUSES)[number]

export const ISSUE_SORTS = ['LAST_SEEN', 'FIRST_SEEN', 'EVENTS', 'USERS'] as const
export type IssueSort = (typeof ISSUE_SORTS)[number]

export const SORT_DIRECTIONS = ['ASC', 'DESC'] as const
export type SortDirection = (typeof SORT_DIRECTIONS)[number]

/** All events that are taken for the same problem. */
export interface Issue {
  projectId: number
  /** Unique within the project only; digits for our own issues, whatever a Sentry server uses for its own. */
  id: string
  shortId: string
  title: string
  type: string | null
  message: string | null
  culprit: string
  level: Level
  platform: string | null
  status: IssueStatus
  eventCount: bigint
  userCount: bigint
  firstSeenAt: Date
  lastSeenAt: Date
  firstRelease: string | null
  lastRelease: string | null
  /** It was resolved, and happened again. */
  regressed: boolean
  /** The issue's page on the server it comes from; null for our own. */
  externalUrl: string | null
}

export const FREQUENCY_PERIODS = ['LAST_24_HOURS', 'LAST_30_DAYS'] as const
export type FrequencyPeriod = (typeof FREQUENCY_PERIODS)[number]

/** How a period is cut: so many hours or UTC days. */
export const FREQUENCY_STEPS = {
  LAST_24_HOURS: { unit: 'hour', unitMs: 60 * 60 * 1000, points: 24 },
  LAST_30_DAYS: { unit: 'day', unitMs: 24 * 60 * 60 * 1000, points: 30 },
} as const

/** `at` is the start of the hour or UTC day. */
export interface FrequencyPoint {
  at: Date
  count: bigint
}
