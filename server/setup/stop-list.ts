// How to stop what was started, in the reverse order. A part that fails or hangs must not keep the others from stopping.

import type { Logger } from '../log.ts'

const STEP_MAX_MS = 12_000

export interface StopList {
  /** Stopped before everything that was added earlier. */
  add(stopPart: () => unknown): void
  run(): Promise<void>
}

export function createStopList(log: Logger): StopList {
  const stops: (() => unknown)[] = []
  return {
    add: (stopPart) => void stops.push(stopPart),
    async run() {
      for (const stopPart of stops.splice(0).reverse()) {
        await withinTime(stopPart).catch((error: unknown) =>
          log.error({ err: error }, 'a part did not stop as it should'),
        )
      }
    },
  }
}

async function withinTime(stopPart: () => unknown): Promise<void> {
  const { promise: tooLate, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, STEP_MAX_MS)
  await Promise.race([Promise.resolve().then(stopPart), tooLate]).finally(() => clearTimeout(timer))
}
