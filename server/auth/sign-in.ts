// By e-mail address and password. Answers never say whether an address has an account.

import { AppError } from '../errors.ts'
import type { KnownPerson, Passwords } from './passwords.ts'
import type { Client, Sessions } from './sessions.ts'

interface SignInRequest extends Client {
  email: string
  password: string
}

export interface SignIn {
  /**
   * @returns the person, and Set-Cookie headers.
   * @throws AppError UNAUTHENTICATED, always in the same words, FORBIDDEN for who was disabled, and TooManyTries
   */
  withPassword(request: SignInRequest): Promise<{ user: Omit<KnownPerson, 'isDisabled'>; setCookies: string[] }>
}

interface SignInOptions {
  passwords: Passwords
  sessions: Sessions
}

export function createSignIn({ passwords, sessions }: SignInOptions): SignIn {
  return {
    async withPassword({ email, password, address, userAgent }) {
      const user = await passwords.verify(email.trim().toLowerCase(), password, address)
      if (user === null) throw new AppError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.')
      const { isDisabled, ...shown } = user
      // Told to who knows the password, and to nobody else.
      if (isDisabled) throw new AppError('FORBIDDEN', 'This account was disabled. Ask the owner of this Faultline.')
      return { user: shown, setCookies: await sessions.open(user.id, { address, userAgent }) }
    },
  }
}
