// What is told to the world after a commit: ids only. Whoever listens reads the rest fresh, with their own permission.

import type { EventKey } from './tracker.ts'

export const ISSUE_CHANGE_KINDS = ['CREATED', 'UPDATED', 'STATUS', 'REGRESSED'] as const
export type IssueChangeKind = (typeof ISSUE_CHANGE_KINDS)[number]

export type Change =
  | { type: 'event'; key: EventKey; issueId: string }
  | { type: 'issue'; projectId: number; issueId: string; kind: IssueChangeKind }
  /** An issue is gone, with all its events. */
  | { type: 'deletion'; projectId: number; issueId: string }
  /** A key or the tracking switch of a project changed: whoever holds them in memory forgets them. */
  | { type: 'project'; projectId: number }
  /** Somebody may do more or less than before: whoever holds viewers in memory forgets them all. */
  | { type: 'access' }

/** Tells every process, this one at once. Never throws, never waits. */
export type Publish = (changes: readonly Change[]) => void
