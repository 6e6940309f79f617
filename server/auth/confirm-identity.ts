// Before one changes how one signs in: is it the person, and not somebody who found their browser open? By the password; who
// has none, because they sign in elsewhere, has to have done so a moment ago.

import { AppError } from '../errors.ts'
import type { Passwords } from './passwords.ts'
import type { KnownSession } from './sessions.ts'

const FRESH_MS = 10 * 60_000

/** @throws AppError FORBIDDEN, TooManyTries */
export type ConfirmIdentity = (session: KnownSession, password: string | undefined, address: string) => Promise<void>

export function createConfirmIdentity(passwords: Passwords, clock: () => number): ConfirmIdentity {
  return async ({ viewer, createdAtMs }, password, address) => {
    if (await passwords.exists(viewer.userId)) return passwords.assertOwn(viewer, password ?? '', address)
    if (clock() - createdAtMs < FRESH_MS) return
    throw new AppError('FORBIDDEN', 'You signed in a while ago. Sign out and in again, then you can change this.')
  }
}
