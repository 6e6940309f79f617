// People in a browser: sign-in by e-mail address and password, and the signed cookie that stands for a session. What a
// cookie stands for is remembered for a moment; a sign-out and a change of access make every process forget it.

import { APIError } from 'better-auth/api'
import type { PrismaClient } from '../database/generated/client.ts'
import type { Publish } from '../domain/change.ts'
import { AppError } from '../errors.ts'
import { CLIENT_ADDRESS_HEADER, type BetterAuth } from './better-auth.ts'
import { createBriefMemory } from './brief-memory.ts'
import type { PasswordQueue } from './password-queue.ts'
import { readPerson } from './read-person.ts'
import { reportOutage } from './report-outage.ts'
import { createSignInLimiter } from './sign-in-limiter.ts'
import type { Person } from './viewer.ts'

const LOOKUP_LIFE_MS = 900
const LOOKUP_ENTRIES_MAX = 2000
const COOKIE_LENGTH_MAX = 512

interface SignInRequest {
  email: string
  password: string
  /** Where from: an IP address. */
  address: string
  userAgent: string | undefined
}

interface SignedInUser {
  id: string
  email: string
  name: string | null
}

export interface Sessions {
  /** @param cookies the request's Cookie header. @returns null for who is not signed in. */
  findViewer(cookies: string | undefined): Promise<Person | null>
  /**
   * @returns the user, and Set-Cookie headers.
   * @throws AppError UNAUTHENTICATED, always in the same words, TooManySignIns, and FORBIDDEN for who knows the password
   * of an account that was disabled.
   */
  signIn(request: SignInRequest): Promise<{ user: SignedInUser; setCookies: string[] }>
  /** @returns Set-Cookie headers that take the cookies away. */
  signOut(cookies: string | undefined): Promise<string[]>
  /** Somebody's access changed. */
  forgetLookUps(): void
}

export interface SessionsOptions {
  prisma: PrismaClient
  publish: Publish
  /** Called with the first request, when the public URL is known. */
  getBetterAuth: () => BetterAuth
  runInQueue: PasswordQueue
  clock: () => number
}

export function createSessions({ prisma, publish, getBetterAuth, runInQueue, clock }: SessionsOptions): Sessions {
  const limiter = createSignInLimiter(clock)
  const lookUps = createBriefMemory<Person | null>({ lifeMs: LOOKUP_LIFE_MS, entriesMax: LOOKUP_ENTRIES_MAX, clock })

  /** @returns `name=value` of the session's cookie alone: the rest of the header is none of better-auth's business. */
  async function pickSessionCookie(cookies: string | undefined): Promise<string | null> {
    if (cookies === undefined) return null
    const { authCookies } = await getBetterAuth().$context
    const prefix = `${authCookies.sessionToken.name}=`
    const cookie = cookies.split(';').find((part) => part.trimStart().startsWith(prefix))
    return cookie === undefined || cookie.length > COOKIE_LENGTH_MAX ? null : cookie.trim()
  }

  async function findSession(cookie: string): Promise<Person | null> {
    const session = await getBetterAuth().api.getSession({ headers: new Headers({ cookie }) })
    return session === null ? null : readPerson(prisma, session.user.id, { scopes: null, tokenId: null })
  }

  async function isDisabled(userId: string): Promise<boolean> {
    return (await prisma.user.count({ where: { id: userId, disabledAt: { not: null } } })) > 0
  }

  return {
    async findViewer(cookies) {
      const cookie = await pickSessionCookie(cookies)
      return cookie === null ? null : reportOutage(lookUps.recall(cookie, () => findSession(cookie)))
    },

    async signIn({ email, password, address, userAgent }) {
      const account = email.trim().toLowerCase()
      limiter.check(address, account)
      return runInQueue(async () => {
        // Asked again: those that waited in the queue may have failed meanwhile.
        limiter.check(address, account)
        const headers = new Headers({ [CLIENT_ADDRESS_HEADER]: address })
        if (userAgent !== undefined) headers.set('user-agent', userAgent.slice(0, 500))
        try {
          const body = { email: account, password }
          const signedIn = await reportOutage(getBetterAuth().api.signInEmail({ body, headers, returnHeaders: true }))
          limiter.countSuccess(address, account)
          const { id, email, name } = signedIn.response.user
          if (await isDisabled(id)) {
            await prisma.session.deleteMany({ where: { token: signedIn.response.token } })
            throw new AppError('FORBIDDEN', 'This account was disabled. Ask the owner of this Faultline.')
          }
          return { user: { id, email, name: name === '' ? null : name }, setCookies: signedIn.headers.getSetCookie() }
        } catch (error) {
          if (!(error instanceof APIError) || error.statusCode >= 500) throw error
          limiter.countFailure(address, account)
          throw new AppError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.')
        }
      })
    },

    async signOut(cookies) {
      const cookie = await pickSessionCookie(cookies)
      const headers = new Headers(cookie === null ? {} : { cookie })
      const signedOut = await reportOutage(getBetterAuth().api.signOut({ headers, returnHeaders: true }))
      if (cookie !== null) {
        publish([{ type: 'access' }])
        // better-auth keeps to itself that it could not delete the session, and a sign-out that did not happen is grave.
        if ((await reportOutage(findSession(cookie))) !== null) throw new Error('the session is still there')
      }
      return signedOut.headers.getSetCookie()
    },

    forgetLookUps: () => lookUps.forgetAll(),
  }
}
