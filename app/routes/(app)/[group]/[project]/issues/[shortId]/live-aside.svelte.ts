// The issue's chart and tags: loaded beside the event, so that neither waits for the other, and again while events come.

import { explainFailure, runQuery } from '#lib/graphql/client.ts'
import type { ResultOf } from '#lib/graphql/graphql.ts'
import { IssueAside } from './issue.gql.ts'

type Aside = NonNullable<ResultOf<typeof IssueAside>['issue']>

const REFRESH_EVERY_MS = 2_000

export class LiveAside {
  content: Aside | null = $state.raw(null)
  failure: string | null = $state(null)
  readonly #issueId: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(issueId: string) {
    this.#issueId = issueId
    void this.load()
  }

  async load(): Promise<void> {
    try {
      this.content = (await runQuery(IssueAside, { issue: this.#issueId })).issue
      this.failure = null
    } catch (failure) {
      this.failure = explainFailure(failure)
    }
  }

  refreshSoon(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.load()
    }, REFRESH_EVERY_MS)
  }
}
