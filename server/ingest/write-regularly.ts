// What is gathered in memory and written at intervals: one write at a time, and at the end all that is left.

export interface RegularWriter {
  /** Resolves when all is written that waited when it was called last. */
  stop(): Promise<void>
}

/** @param write what waits. Never rejects: what cannot be written waits on. */
export function writeRegularly(everyMs: number, write: () => Promise<void>): RegularWriter {
  let writing: Promise<void> | null = null
  const timer = setInterval(() => void run(), everyMs)
  timer.unref()

  function run(): Promise<void> {
    writing ??= write().finally(() => (writing = null))
    return writing
  }

  return {
    async stop() {
      clearInterval(timer)
      // The first may have begun before what came last.
      await run()
      await run()
    },
  }
}
