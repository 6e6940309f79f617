// What users said about the issue: loaded beside the event, and again a moment after the issue changed.

import { runQuery } from '#lib/graphql/client.ts'
import type { ResultOf } from '#lib/graphql/graphql.ts'
import { IssueFeedback } from './feedback.gql.ts'

type Said = NonNullable<ResultOf<typeof IssueFeedback>['issue']>['feedback']

const SHOWN_FIRST = 5
const SHOWN_MAX = 100
const REFRESH_EVERY_MS = 2_000

export class LiveFeedback {
  content: Said | null = $state.raw(null)
  #shown = SHOWN_FIRST
  readonly #issueId: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(issueId: string) {
    this.#issueId = issueId
    void this.load()
  }

  /** What could not be loaded leaves what is there: it is an extra, and comes with the next change. */
  async load(): Promise<void> {
    const answer = await runQuery(IssueFeedback, { issue: this.#issueId, first: this.#shown }).catch(() => null)
    if (answer !== null) this.content = answer.issue?.feedback ?? null
  }

  showMore(): void {
    this.#shown = SHOWN_MAX
    void this.load()
  }

  refreshSoon(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.load()
    }, REFRESH_EVERY_MS)
  }
}
