// Slows down who guesses passwords. Failures are counted for each address (one that tries many accounts) and for each
// account (one tried from many addresses). Who has signed in from an address before is not locked out there by strangers
// who try the same account elsewhere.

import { createWindowCounter, dropOldest, networkOf, TooManyTries } from './rate-limit.ts'

const WINDOW_MS = 5 * 60_000
const FAILURES_PER_ADDRESS_MAX = 20
const FAILURES_PER_ACCOUNT_MAX = 10

export interface SignInLimiter {
  /** @throws TooManyTries */
  check(address: string, account: string): void
  countFailure(address: string, account: string): void
  countSuccess(address: string, account: string): void
}

export function createSignInLimiter(clock: () => number): SignInLimiter {
  const byAddress = createWindowCounter({ windowMs: WINDOW_MS, countMax: FAILURES_PER_ADDRESS_MAX, clock })
  const byAccount = createWindowCounter({ windowMs: WINDOW_MS, countMax: FAILURES_PER_ACCOUNT_MAX, clock })
  /** Address and account of sign-ins that succeeded. */
  const known = new Set<string>()

  return {
    check(address, account) {
      const network = networkOf(address)
      const waitMs = Math.max(
        byAddress.remainingMs(network),
        known.has(`${network} ${account}`) ? 0 : byAccount.remainingMs(account),
      )
      if (waitMs > 0) throw new TooManyTries('Too many failed sign-ins.', waitMs)
    },

    countFailure(address, account) {
      byAddress.add(networkOf(address))
      byAccount.add(account)
    },

    // The address keeps its failures: somebody with an account of their own could otherwise go on guessing for ever.
    countSuccess(address, account) {
      byAccount.forget(account)
      const pair = `${networkOf(address)} ${account}`
      known.delete(pair)
      dropOldest(known)
      known.add(pair)
    },
  }
}
