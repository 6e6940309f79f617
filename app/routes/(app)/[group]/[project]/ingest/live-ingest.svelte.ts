// What the page shows, asked for again every few seconds while somebody looks at it.

import { runQuery } from '#lib/graphql/client.ts'
import type { ResultOf } from '#lib/graphql/graphql.ts'
import { Ingest } from './ingest.gql.ts'

export type IngestContent = NonNullable<ResultOf<typeof Ingest>['project']>

const REFRESH_EVERY_MS = 4_000

interface Asked {
  path: string
  period: 'LAST_24_HOURS' | 'LAST_30_DAYS'
  /** Keys are for those who manage the project. */
  mayManage: boolean
}

export class LiveIngest {
  content: IngestContent | null = $state.raw(null)
  readonly #asked: Asked

  constructor(asked: Asked, content: IngestContent | null) {
    this.#asked = asked
    this.content = content
  }

  /** @returns how to stop. */
  start(): () => void {
    const timer = setInterval(() => {
      if (!document.hidden) void this.#refresh()
    }, REFRESH_EVERY_MS)
    return () => clearInterval(timer)
  }

  async #refresh(): Promise<void> {
    try {
      const { project } = await runQuery(Ingest, this.#asked)
      if (project) this.content = project
    } catch {
      // What was there stays; the next round asks again.
    }
  }
}
