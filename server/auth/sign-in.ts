// By e-mail address and password, and then by a code where its person has turned that on. Answers never say whether an
// address has an account. Between the two steps the browser keeps, sealed, who has passed the first one.

import type { PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import type { Passwords } from './passwords.ts'
import { readPerson } from './read-person.ts'
import { reportOutage } from './report-outage.ts'
import { createSealedCookie } from './sealed-cookie.ts'
import type { Client, Sessions } from './sessions.ts'
import type { TwoFactor } from './two-factor.ts'
import type { Person } from './viewer.ts'

const SECOND_STEP_MS = 10 * 60_000

interface ShownUser {
  id: string
  email: string
  name: string | null
}

/** Either the person, signed in, or null: a code is asked for. */
export interface SignInAnswer {
  user: ShownUser | null
  /** Set-Cookie headers. */
  setCookies: string[]
}

export interface SignIn {
  /** @throws AppError UNAUTHENTICATED, always in the same words, FORBIDDEN for who was disabled, and TooManyTries */
  withPassword(request: Client & { email: string; password: string }): Promise<SignInAnswer>
  /** For whoever was let in by the first step, whichever it was. @throws AppError FORBIDDEN for who was disabled */
  admit(userId: string, client: Client): Promise<SignInAnswer>
  /**
   * The second step.
   *
   * @throws AppError UNAUTHENTICATED for a wrong code, FORBIDDEN when the first step is too long ago, and TooManyTries
   */
  withCode(request: Client & { code: string; cookies: string | undefined }): Promise<SignInAnswer>
}

interface SignInOptions {
  prisma: PrismaClient
  passwords: Passwords
  sessions: Sessions
  twoFactor: TwoFactor
  publicUrl: () => string
  secret: Buffer
  clock: () => number
}

interface FirstStep {
  userId: string
  /** Of the password: a new one voids what was begun with the old one. */
  stamp: string
}

export function createSignIn(options: SignInOptions): SignIn {
  const { prisma, passwords, sessions, twoFactor, publicUrl, secret, clock } = options
  const firstStep = createSealedCookie<FirstStep>({
    ...{ name: 'first_step', lifeMs: SECOND_STEP_MS, publicUrl, secret, clock },
  })

  async function requirePerson(userId: string): Promise<Person> {
    const person = await reportOutage(readPerson(prisma, userId, { scopes: null, tokenId: null }))
    // Told to who has passed the first step, and to nobody else.
    if (person === null) throw new AppError('FORBIDDEN', 'This account was disabled. Ask the owner of this Faultline.')
    return person
  }

  async function openSession({ userId, email, name }: Person, client: Client): Promise<SignInAnswer> {
    return { user: { id: userId, email, name }, setCookies: await sessions.open(userId, client) }
  }

  async function admit(userId: string, client: Client): Promise<SignInAnswer> {
    const person = await requirePerson(userId)
    if (!(await twoFactor.isOn(userId))) return openSession(person, client)
    const stamp = await passwords.readStamp(userId)
    return { user: null, setCookies: [firstStep.set({ userId, stamp })] }
  }

  return {
    admit,

    async withPassword({ email, password, ...client }) {
      const person = await passwords.verify(email.trim().toLowerCase(), password, client.address)
      if (person === null) throw new AppError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.')
      return admit(person.id, client)
    },

    async withCode({ code, cookies, ...client }) {
      const begun = firstStep.read(cookies)
      if (begun === null || begun.stamp !== (await passwords.readStamp(begun.userId))) {
        throw new AppError('FORBIDDEN', 'This took too long. Sign in again.')
      }
      const viewer = await requirePerson(begun.userId)
      await twoFactor.verify(viewer, code, { viewer, address: client.address })
      const { user, setCookies } = await openSession(viewer, client)
      return { user, setCookies: [...setCookies, firstStep.clear()] }
    },
  }
}
