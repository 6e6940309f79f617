// Slows down who guesses passwords. Failures are counted for each address (one that tries many accounts) and for each
// account (one tried from many addresses), in fixed windows. Who has signed in from an address before is not locked out
// there by strangers who try the same account elsewhere. In memory: with several processes each of them counts alone, so
// the limits are that many times as high, which still is far from what guessing needs.

import ipaddr from 'ipaddr.js'
import { AppError } from '../errors.ts'

const WINDOW_MS = 5 * 60_000
const FAILURES_PER_ADDRESS_MAX = 20
const FAILURES_PER_ACCOUNT_MAX = 10
/** Of each of the three maps. A failure costs a password hash, so that pushing out a victim's entry takes long. */
const ENTRIES_MAX = 10_000

export class TooManySignIns extends AppError {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    const minutes = Math.ceil(retryAfterSeconds / 60)
    super(
      'RATE_LIMITED',
      `Too many failed sign-ins. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    )
    this.name = 'TooManySignIns'
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export interface SignInLimiter {
  /** @throws TooManySignIns */
  check(address: string, account: string): void
  countFailure(address: string, account: string): void
  countSuccess(address: string, account: string): void
}

interface Failures {
  count: number
  untilMs: number
}

export function createSignInLimiter(clock: () => number): SignInLimiter {
  const byAddress = new Map<string, Failures>()
  const byAccount = new Map<string, Failures>()
  /** Address and account of sign-ins that succeeded. */
  const known = new Set<string>()

  /** @returns how long to wait, 0 for not at all. */
  function remainingMs(failures: Failures | undefined, countMax: number): number {
    return failures === undefined || failures.count < countMax ? 0 : Math.max(0, failures.untilMs - clock())
  }

  function add(map: Map<string, Failures>, key: string): void {
    const failures = map.get(key)
    if (failures !== undefined && clock() < failures.untilMs) {
      failures.count += 1
      return
    }
    map.delete(key)
    dropOldest(map)
    map.set(key, { count: 1, untilMs: clock() + WINDOW_MS })
  }

  return {
    check(address, account) {
      const network = networkOf(address)
      const waitMs = Math.max(
        remainingMs(byAddress.get(network), FAILURES_PER_ADDRESS_MAX),
        known.has(`${network} ${account}`) ? 0 : remainingMs(byAccount.get(account), FAILURES_PER_ACCOUNT_MAX),
      )
      if (waitMs > 0) throw new TooManySignIns(Math.ceil(waitMs / 1000))
    },

    countFailure(address, account) {
      add(byAddress, networkOf(address))
      add(byAccount, account)
    },

    // The address keeps its failures: somebody with an account of their own could otherwise go on guessing for ever.
    countSuccess(address, account) {
      byAccount.delete(account)
      const pair = `${networkOf(address)} ${account}`
      known.delete(pair)
      dropOldest(known)
      known.add(pair)
    },
  }
}

/** One household or server has a whole /64 of IPv6 addresses, so only the first four groups count. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv6' ? parsed.toNormalizedString().split(':').slice(0, 4).join(':') : parsed.toString()
}

function dropOldest(entries: Map<string, unknown> | Set<string>): void {
  if (entries.size < ENTRIES_MAX) return
  const oldest = entries.keys().next()
  if (!oldest.done) entries.delete(oldest.value)
}
