import { execFile } from 'node:child_process'
import { join } from 'node:path'

const SHOP = join(import.meta.dirname, '../sdk/node/shop.cjs')

/** Under these names package.json installs the two ends of what we promise to understand. */
export const NODE_SDKS = ['@sentry/node', 'sentry-node-7'] as const

type Happening = 'exception' | 'other' | 'both' | 'message' | 'uncaught'

/**
 * Lets a real SDK report what happens in a process of its own. Resolves when that has ended.
 * @returns when it happened, in milliseconds since the epoch.
 */
export function runShop(
  sdk: (typeof NODE_SDKS)[number],
  dsn: string,
  happening: Happening,
  times = 1,
): Promise<number> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [SHOP, sdk, dsn, happening, String(times)],
      { timeout: 60_000 },
      (error, stdout, stderr) => {
        // A program that dies of its error is what `uncaught` is about.
        if (error === null || happening === 'uncaught') resolve(Number(stdout))
        else reject(new Error(`the shop failed: ${stderr}`, { cause: error }))
      },
    )
  })
}
