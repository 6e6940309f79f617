import { setTimeout as wait } from 'node:timers/promises'

const ASK_EVERY_MS = 20

/** Asks until the answer is neither null, undefined nor false, and returns it. Instead of sleeping and hoping. */
export async function until<Value>(
  ask: () => Value | Promise<Value>,
  { withinMs = 10_000, what = 'the condition' }: { withinMs?: number; what?: string } = {},
): Promise<Exclude<Awaited<Value>, null | undefined | false>> {
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) {
      return answer as Exclude<Awaited<Value>, null | undefined | false>
    }
    if (performance.now() > deadlineMs) throw new Error(`${what}: not within ${withinMs} ms`)
    await wait(ASK_EVERY_MS)
  }
}
