// Collects when things were used, and writes the times together, as long as there are any.

import type { Logger } from '../log.ts'

export interface UseRecorder {
  add(id: string, atMs: number): void
  /** Writes what is still in memory. */
  stop(): Promise<void>
}

interface UseRecorderOptions {
  /** Of the first use, and not of the last, so that what is used all the time is written as well. */
  writeAfterMs: number
  /** Times are ISO 8601; both lists in the order of the ids, so that no two processes wait for each other's rows. */
  write: (ids: string[], times: string[]) => Promise<unknown>
  log: Pick<Logger, 'warn'>
}

export function createUseRecorder({ writeAfterMs, write, log }: UseRecorderOptions): UseRecorder {
  let lastUses = new Map<string, number>()
  let timer: NodeJS.Timeout | null = null

  async function flush(): Promise<void> {
    const written = lastUses
    lastUses = new Map()
    if (written.size === 0) return
    const ids = [...written.keys()].sort()
    try {
      await write(
        ids,
        ids.map((id) => new Date(written.get(id) ?? 0).toISOString()),
      )
    } catch (error) {
      // A time of use is not worth a failed request, nor another try: the next use is written anyway.
      log.warn({ err: error }, 'could not write times of use')
    }
  }

  return {
    add(id, atMs) {
      lastUses.set(id, atMs)
      if (timer !== null) return
      timer = setTimeout(() => {
        timer = null
        void flush()
      }, writeAfterMs)
      timer.unref()
    },

    async stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      await flush()
    },
  }
}
