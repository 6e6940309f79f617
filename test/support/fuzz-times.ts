/** How many times as often as usual what is tried at random is tried: `npm run test:fuzz` tries long. */
const FUZZ_TIMES = Number(process.env.FUZZ_TIMES ?? 1)

const USUALLY_WITHIN_MS = 60_000

/** For a test that tries `runs` times as a rule. */
export function fuzz(runs: number): { numRuns: number; timeoutMs: number } {
  return { numRuns: runs * FUZZ_TIMES, timeoutMs: USUALLY_WITHIN_MS * FUZZ_TIMES }
}
