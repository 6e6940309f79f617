// An issue's row, as every statement here selects it.

import type { Issue, IssueStatus } from '../../domain/issue.ts'
import type { Level } from '../../domain/level.ts'
import { formatShortId } from '../../domain/short-id.ts'

/** Of `issue AS i JOIN project AS p`: the project's name is part of the short id. */
export const ISSUE_COLUMNS = `i.project_id, i.id, p.slug, i.title, i.type, i.message, i.culprit, i.level, i.platform,
  i.status, i.event_count, i.user_count, i.first_seen_at, i.last_seen_at, i.first_release, i.last_release, i.regressed`

export interface IssueRow {
  project_id: number
  id: number
  slug: string
  title: string
  type: string | null
  message: string | null
  culprit: string
  level: Level
  platform: string | null
  status: IssueStatus
  /** Decimal digits. */
  event_count: string
  user_count: string
  first_seen_at: Date
  last_seen_at: Date
  first_release: string | null
  last_release: string | null
  regressed: boolean
}

export function toIssue(row: IssueRow): Issue {
  return {
    projectId: row.project_id,
    id: String(row.id),
    shortId: formatShortId(row.slug, row.id),
    title: row.title,
    type: row.type,
    message: row.message,
    culprit: row.culprit,
    level: row.level,
    platform: row.platform,
    status: row.status,
    eventCount: BigInt(row.event_count),
    userCount: BigInt(row.user_count),
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    firstRelease: row.first_release,
    lastRelease: row.last_release,
    regressed: row.regressed,
    externalUrl: null,
  }
}

/** Ids come from callers: what cannot be one of ours is left out. */
export function parseIssueIds(issueIds: readonly string[]): number[] {
  return issueIds.map(parseIssueId).filter((id) => id !== null)
}

export function parseIssueId(issueId: string): number | null {
  if (!/^[1-9]\d{0,9}$/.test(issueId)) return null
  const id = Number(issueId)
  return id <= 2_147_483_647 ? id : null
}
