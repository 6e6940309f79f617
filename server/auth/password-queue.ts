// Passwords are hashed one after another: each takes 32 MiB and 60 ms or so of a thread, and the threads are also those
// that compress and decompress events. A crowd that signs in waits; a flood is refused.

import { TooManyTries } from './rate-limit.ts'

const WAITING_MAX = 100
const RETRY_AFTER_MS = 5_000

/** Runs tasks in their order, one at a time. */
export type PasswordQueue = <Result>(task: () => Promise<Result>) => Promise<Result>

export function createPasswordQueue(): PasswordQueue {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  return async (task) => {
    if (waiting >= WAITING_MAX) {
      throw new TooManyTries('Too many people are signing in at this moment.', RETRY_AFTER_MS)
    }
    waiting += 1
    const result = last.then(task)
    last = result.catch(() => undefined).finally(() => (waiting -= 1))
    return result
  }
}
