/**
 * What a piece of work takes of this thread's processor time: waiting for a processor that others use does not count.
 *
 * @returns milliseconds, the best of five.
 */
export function measureProcessorMs(work: () => void): number {
  let best = Infinity
  for (let run = 0; run < 5; run += 1) {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}
