// The open issue: its status as the page shows it, and its counts as they grow.

import type { FragmentOf } from '#lib/graphql/graphql.ts'
import type { IssueStatus } from '#lib/domain/level.ts'
import type { IssueFields } from './issue.gql.ts'

type IssueHead = FragmentOf<typeof IssueFields>

const MARKED_FOR_MS = 1_000

export class LiveIssue {
  issue: IssueHead = $state.raw() as IssueHead
  /** Events came in since the page was loaded. */
  grown = $state(false)
  /** The counts changed this moment. */
  marked = $state(false)

  constructor(issue: IssueHead) {
    this.issue = issue
  }

  receive(issue: IssueHead): void {
    if (issue.id !== this.issue.id) return
    if (issue.eventCount !== this.issue.eventCount) {
      this.grown = true
      this.marked = true
      setTimeout(() => (this.marked = false), MARKED_FOR_MS)
    }
    this.issue = issue
  }

  showStatus(status: IssueStatus): void {
    this.issue = { ...this.issue, status }
  }
}
