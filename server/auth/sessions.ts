// What a browser's signed cookie stands for. Whoever was let in (sign-in.ts) gets a session here; it ends after 30 days,
// by signing out, or when its person ends it from elsewhere. What a cookie stands for is remembered for a moment; a session
// that ended and a change of access make every process forget it.

import type { PrismaClient } from '../database/generated/client.ts'
import type { Publish } from '../domain/change.ts'
import type { Logger } from '../log.ts'
import type { BetterAuth } from './better-auth.ts'
import { createBriefMemory } from './brief-memory.ts'
import { readPerson } from './read-person.ts'
import { reportOutage } from './report-outage.ts'
import { createUseRecorder } from './use-recorder.ts'
import type { Person } from './viewer.ts'

const LOOKUP_LIFE_MS = 900
const LOOKUP_ENTRIES_MAX = 2000
const WRITE_USE_AFTER_MS = 60_000
const COOKIE_LENGTH_MAX = 512
const USER_AGENT_LENGTH_MAX = 500

/** Where somebody signs in from. */
export interface Client {
  /** An IP address. */
  address: string
  userAgent: string | undefined
}

export interface KnownSession {
  id: string
  createdAtMs: number
  viewer: Person
}

export interface Sessions {
  /** @param cookies the request's Cookie header. @returns null for who is not signed in. */
  findViewer(cookies: string | undefined): Promise<Person | null>
  /** The same, with the session itself. */
  find(cookies: string | undefined): Promise<KnownSession | null>
  /** @returns Set-Cookie headers. */
  open(userId: string, client: Client): Promise<string[]>
  /** @returns Set-Cookie headers that take the cookies away. */
  signOut(cookies: string | undefined): Promise<string[]>
  /** Somebody's access changed. */
  forgetLookUps(): void
  /** Writes the times of use that are still in memory. */
  stop(): Promise<void>
}

interface SessionsOptions {
  prisma: PrismaClient
  publish: Publish
  /** Called with the first request, when the public URL is known. */
  getBetterAuth: () => BetterAuth
  log: Pick<Logger, 'warn'>
  clock: () => number
}

export function createSessions({ prisma, publish, getBetterAuth, log, clock }: SessionsOptions): Sessions {
  const lookUps = createBriefMemory<KnownSession | null>({
    lifeMs: LOOKUP_LIFE_MS,
    entriesMax: LOOKUP_ENTRIES_MAX,
    clock,
  })
  const uses = createUseRecorder({
    writeAfterMs: WRITE_USE_AFTER_MS,
    log,
    write: (ids, times) => prisma.$executeRaw`
      update session set last_used_at = greatest(last_used_at, used.at)
        from unnest(${ids}::text[], ${times}::timestamptz[]) as used (id, at) where session.id = used.id`,
  })

  /** @returns `name=value` of the session's cookie alone: the rest of the header is none of better-auth's business. */
  async function pickSessionCookie(cookies: string | undefined): Promise<string | null> {
    if (cookies === undefined) return null
    const { authCookies } = await getBetterAuth().$context
    const prefix = `${authCookies.sessionToken.name}=`
    const cookie = cookies.split(';').find((part) => part.trimStart().startsWith(prefix))
    return cookie === undefined || cookie.length > COOKIE_LENGTH_MAX ? null : cookie.trim()
  }

  async function readSession(cookie: string): Promise<KnownSession | null> {
    const found = await getBetterAuth().api.getSession({ headers: new Headers({ cookie }) })
    if (found === null) return null
    const viewer = await readPerson(prisma, found.user.id, { scopes: null, tokenId: null })
    return viewer === null ? null : { id: found.session.id, createdAtMs: found.session.createdAt.getTime(), viewer }
  }

  async function find(cookies: string | undefined): Promise<KnownSession | null> {
    const cookie = await pickSessionCookie(cookies)
    const session = cookie === null ? null : await reportOutage(lookUps.recall(cookie, () => readSession(cookie)))
    if (session !== null) uses.add(session.id, clock())
    return session
  }

  return {
    find,

    findViewer: async (cookies) => (await find(cookies))?.viewer ?? null,

    async open(userId, { address, userAgent }) {
      const body = { userId, ipAddress: address, userAgent: (userAgent ?? '').slice(0, USER_AGENT_LENGTH_MAX) }
      const opened = await reportOutage(getBetterAuth().api.openSession({ body, returnHeaders: true }))
      return opened.headers.getSetCookie()
    },

    async signOut(cookies) {
      const cookie = await pickSessionCookie(cookies)
      const headers = new Headers(cookie === null ? {} : { cookie })
      const signedOut = await reportOutage(getBetterAuth().api.signOut({ headers, returnHeaders: true }))
      if (cookie !== null) {
        publish([{ type: 'access' }])
        // better-auth keeps to itself that it could not delete the session, and a sign-out that did not happen is grave.
        if ((await reportOutage(readSession(cookie))) !== null) throw new Error('the session is still there')
      }
      return signedOut.headers.getSetCookie()
    },

    forgetLookUps: () => lookUps.forgetAll(),

    stop: () => uses.stop(),
  }
}
