// The rows of an open issue list. It takes the page that was loaded, then every change that the server tells, and
// remembers for a moment what was new, so that the screen can mark it. Where a row goes is decided in merge-issue.ts.

import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { FragmentOf } from '#lib/graphql/graphql.ts'
import type { IssueFilter } from './issue-filter.ts'
import type { IssueRowIssue } from './IssueRow.gql.ts'
import type { IssueStatus } from './level.ts'
import { mergeIssue, settleRows } from './merge-issue.ts'
import type { MergeRules } from './merge-issue.ts'

export type IssueRow = FragmentOf<typeof IssueRowIssue>
export type RowMark = 'new' | 'changed'

export interface IssueChange {
  kind: 'CREATED' | 'UPDATED' | 'STATUS' | 'REGRESSED'
  issue: IssueRow
}

/** A burst of changes is drawn at once; nobody sees a delay this short. */
const DRAW_AFTER_MS = 40
const MARKED_FOR_MS = { new: 2_000, changed: 1_000 }
/** A list that grew beyond this is loaded again rather than grown on. */
export const ROWS_MAX = 100

export class LiveIssueList {
  rows: readonly IssueRow[] = $state.raw([])
  waiting: readonly IssueRow[] = $state.raw([])
  marks = new SvelteMap<string, RowMark>()
  /** Deleted by somebody else while the rows may not move. */
  gone = new SvelteSet<string>()
  readonly filter: IssueFilter
  readonly endCursor: string | null
  readonly hasNextPage: boolean
  #held = false
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- collected until it is drawn, never shown itself
  #pending = new Map<string, IssueChange>()
  #drawTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    filter: IssueFilter,
    rows: readonly IssueRow[],
    page: { endCursor: string | null; hasNextPage: boolean },
  ) {
    this.filter = filter
    this.rows = rows
    this.endCursor = page.endCursor
    this.hasNextPage = page.hasNextPage
  }

  receive(change: IssueChange): void {
    if (this.gone.has(change.issue.id)) return
    const before = this.#pending.get(change.issue.id)
    const kind = before?.kind === 'CREATED' ? 'CREATED' : change.kind
    this.#pending.set(change.issue.id, { kind, issue: change.issue })
    if (this.#drawTimer === undefined) this.#drawTimer = setTimeout(() => this.#draw(), DRAW_AFTER_MS)
  }

  /** Before the server answers. An undone change brings back a row that has left. */
  showStatus(issue: IssueRow, status: IssueStatus): void {
    const listed = this.rows.find((row) => row.id === issue.id) ?? issue
    const list = mergeIssue({ rows: this.rows, waiting: this.waiting }, { ...listed, status }, this.#rules())
    this.rows = list.rows
    this.waiting = list.waiting
  }

  /** It is gone, with its events. */
  remove(issueId: string): void {
    this.#pending.delete(issueId)
    this.waiting = this.waiting.filter(({ id }) => id !== issueId)
    if (this.#held) this.gone.add(issueId)
    else this.rows = this.rows.filter(({ id }) => id !== issueId)
  }

  /** By who looks at the list: what they see deleted goes at once. */
  removeNow(issueIds: readonly string[]): void {
    for (const issueId of issueIds) this.remove(issueId)
    this.rows = this.rows.filter(({ id }) => !issueIds.includes(id))
  }

  /** Somebody points at the rows: none may move. */
  hold(): void {
    this.#held = true
  }

  release(): void {
    if (!this.#held) return
    this.#held = false
    this.settle()
  }

  /** Brings in what waits. */
  settle(): void {
    for (const issue of this.waiting) this.#mark(issue.id, 'new')
    this.rows = this.rows.filter(({ id }) => !this.gone.has(id))
    const settled = settleRows({ rows: this.rows, waiting: this.waiting }, { ...this.#rules(), held: false })
    this.rows = settled.rows
    this.waiting = settled.waiting
  }

  #draw(): void {
    this.#drawTimer = undefined
    let list = { rows: this.rows, waiting: this.waiting }
    for (const { kind, issue } of this.#pending.values()) {
      const listed = list.rows.find((row) => row.id === issue.id)
      // On later pages only what is there is kept fresh, and what is new is counted.
      if (!listed && kind === 'UPDATED' && this.filter.after.length > 0) continue
      list = mergeIssue(list, issue, this.#rules())
      if (!list.rows.includes(issue)) continue
      if (kind === 'CREATED' || kind === 'REGRESSED') this.#mark(issue.id, 'new')
      else if (listed?.eventCount !== issue.eventCount) this.#mark(issue.id, 'changed')
    }
    this.#pending.clear()
    this.rows = list.rows
    this.waiting = list.waiting
  }

  #rules(): MergeRules {
    return { filter: this.filter, held: this.#held, hasNextPage: this.hasNextPage }
  }

  #mark(issueId: string, mark: RowMark): void {
    if (this.marks.get(issueId) === 'new') return
    this.marks.set(issueId, mark)
    setTimeout(() => {
      if (this.marks.get(issueId) === mark) this.marks.delete(issueId)
    }, MARKED_FOR_MS[mark])
  }
}
