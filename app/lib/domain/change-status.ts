// Resolve, Ignore and Unresolve, everywhere the same: the page shows the new status at once, a toast offers Undo, and a
// change that the server refuses is taken back with its reason.

import { explainFailure, runMutation } from '#lib/graphql/client.ts'
import { toasts } from '#lib/ui/toasts.svelte.ts'
import { words } from '#lib/words.ts'
import type { IssueStatus } from './level.ts'
import { IgnoreIssue, ResolveIssue, UnresolveIssue, UpdateIssues } from './status-change.gql.ts'

const SEND: Record<IssueStatus, (issue: string) => Promise<unknown>> = {
  RESOLVED: (issue) => runMutation(ResolveIssue, { issue }),
  IGNORED: (issue) => runMutation(IgnoreIssue, { issue }),
  UNRESOLVED: (issue) => runMutation(UnresolveIssue, { issue }),
}

/** `show` puts a status on the screen; it is called again with the old one when the change fails or is undone. */
export async function changeStatus(
  issue: { id: string; shortId: string; status: IssueStatus },
  status: IssueStatus,
  show: (status: IssueStatus) => void,
): Promise<void> {
  const before = issue.status
  if (!(await applyStatus(issue.id, before, status, show))) return
  toasts.show(words.status.changed[status](issue.shortId), {
    label: words.action.undo,
    run: () => void applyStatus(issue.id, status, before, show),
  })
}

async function applyStatus(
  issueId: string,
  before: IssueStatus,
  status: IssueStatus,
  show: (status: IssueStatus) => void,
): Promise<boolean> {
  show(status)
  try {
    await SEND[status](issueId)
    return true
  } catch (failure) {
    show(before)
    toasts.fail(words.status.failed(explainFailure(failure)))
    return false
  }
}

interface ListedIssue {
  id: string
  status: IssueStatus
}

/** As `changeStatus`, of several issues at once; those that have the status already are left alone. */
export async function changeStatuses<Issue extends ListedIssue>(
  issues: readonly Issue[],
  status: IssueStatus,
  show: (issue: Issue, status: IssueStatus) => void,
): Promise<void> {
  const changed = issues.filter((issue) => issue.status !== status)
  const setAll = (to: (issue: Issue) => IssueStatus) => {
    for (const issue of changed) show(issue, to(issue))
  }
  const takeBack = () => setAll((issue) => issue.status)
  const send = async (ids: string[], to: IssueStatus) => runMutation(UpdateIssues, { issues: ids, status: to })

  async function undo(): Promise<void> {
    takeBack()
    try {
      for (const [before, ofStatus] of Map.groupBy(changed, (issue) => issue.status)) {
        await send(
          ofStatus.map(({ id }) => id),
          before,
        )
      }
    } catch (failure) {
      setAll(() => status)
      toasts.fail(words.status.failed(explainFailure(failure)))
    }
  }

  setAll(() => status)
  try {
    await send(
      changed.map(({ id }) => id),
      status,
    )
    toasts.show(words.status.changedMany[status](changed.length), { label: words.action.undo, run: () => void undo() })
  } catch (failure) {
    takeBack()
    toasts.fail(words.status.failed(explainFailure(failure)))
  }
}
