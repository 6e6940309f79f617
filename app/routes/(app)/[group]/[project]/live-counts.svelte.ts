// How many issues stand in each tab. Kept by the server; asked for again, at most once a second, when one has moved.

import type { ResultOf } from '#lib/graphql/graphql.ts'
import { runQuery } from '#lib/graphql/client.ts'
import { IssueCounts } from './list.gql.ts'

export type Counts = NonNullable<ResultOf<typeof IssueCounts>['project']>['issueCounts']

const REFRESH_AFTER_MS = 300
const REFRESH_EVERY_MS = 1_000

export class LiveCounts {
  current: Counts = $state.raw({ unresolved: 0, resolved: 0, ignored: 0 })
  readonly #path: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastMs = 0

  constructor(path: string, counts: Counts) {
    this.#path = path
    this.current = counts
  }

  refreshSoon(): void {
    const restMs = this.#lastMs + REFRESH_EVERY_MS - Date.now()
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#refresh(), Math.max(REFRESH_AFTER_MS, restMs))
  }

  async #refresh(): Promise<void> {
    this.#timer = undefined
    this.#lastMs = Date.now()
    try {
      const { project } = await runQuery(IssueCounts, { path: this.#path })
      if (project) this.current = project.issueCounts
    } catch {
      // The counts stay as they were; the next change asks again.
    }
  }
}
