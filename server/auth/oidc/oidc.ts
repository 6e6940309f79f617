// Signing in by the operator's OpenID Connect provider: the browser is sent there with what only it can bring back, and who
// comes back is found (find-person.ts), given their roles (apply-roles.ts), and let in like anybody else, with a second
// step where they have turned that on.

import type { OidcConfig } from '../../config.ts'
import { AppError } from '../../errors.ts'
import type { Actor } from '../audit.ts'
import { createSealedCookie } from '../sealed-cookie.ts'
import type { Client, KnownSession } from '../sessions.ts'
import type { SignIn, SignInAnswer } from '../sign-in.ts'
import { reportOutage } from '../report-outage.ts'
import type { MembersDeps } from '../members.ts'
import type { Logger } from '../../log.ts'
import { networkOf, createWindowCounter, TooManyTries } from '../rate-limit.ts'
import { applyRoles } from './apply-roles.ts'
import { connectPerson, disconnectPerson, findPerson } from './find-person.ts'
import { createProvider, type AuthorizationChecks } from './provider.ts'
import { ProviderRefusal, type RefusalReason } from './provider-refusal.ts'
import { readClaimValues, readIdentity, selectRoles, type Claims } from './read-claims.ts'

export const CALLBACK_PATH = '/-/auth/oidc/callback'

const JOURNEY_MS = 10 * 60_000
const WINDOW_MS = 5 * 60_000
const FAILURES_PER_ADDRESS_MAX = 30
/** It travels in a cookie, which browsers drop beyond 4 KB. */
const NEXT_LENGTH_MAX = 1500

/** What the browser keeps, sealed, while its person is at the provider. */
interface Journey {
  checks: AuthorizationChecks
  /** Where to go afterwards: a path of ours. */
  next: string
  /** Whose account is to be connected; null: somebody signs in. */
  userId: string | null
}

type Arrival =
  | { next: string; answer: SignInAnswer; setCookies: string[] }
  | { next: string; connected: true; setCookies: string[] }
  | { next: string; refusal: RefusalReason; setCookies: string[] }

export interface Oidc {
  readonly name: string
  /**
   * @param origin of the page that asks: providers lead back to the public URL alone, so that one that was opened by
   * another name of this machine is sent there first.
   * @param session whose account is to be connected; null to sign in.
   * @returns where to send the browser, and Set-Cookie headers. @throws AppError UNAVAILABLE
   */
  depart(
    next: string,
    origin: string | undefined,
    session: KnownSession | null,
  ): Promise<{ url: string; setCookies: string[] }>
  isConnected(userId: string): Promise<boolean>
  /** Takes the provider away from an account. */
  disconnect(person: { userId: string; email: string }, actor: Actor): Promise<void>
  /** Never throws for what the provider or the person did: it says where to go, and why. @throws TooManyTries */
  arrive(
    request: { query: string; cookies: string | undefined; session: KnownSession | null },
    client: Client,
  ): Promise<Arrival>
}

interface OidcOptions extends MembersDeps {
  config: OidcConfig
  signIn: SignIn
  publicUrl: () => string
  secret: Buffer
  log: Pick<Logger, 'warn'>
  clock: () => number
}

export function createOidc(options: OidcOptions): Oidc {
  const { prisma, config, signIn, publicUrl, secret, log, clock } = options
  const { issuer, name, signUp } = config
  const provider = createProvider({ config, log, clock })
  const journeys = createSealedCookie<Journey>({ name: 'journey', lifeMs: JOURNEY_MS, publicUrl, secret, clock })
  const failures = createWindowCounter({ windowMs: WINDOW_MS, countMax: FAILURES_PER_ADDRESS_MAX, clock })

  async function admit(claims: Claims, client: Client): Promise<SignInAnswer> {
    const found = findPerson(prisma, readIdentity(claims), { issuer, signUp, address: client.address })
    const userId = await reportOutage(found)
    if (config.rolesClaim !== null) {
      const values = readClaimValues(claims, config.rolesClaim)
      const isOwner = config.ownersValue === null ? null : values.has(config.ownersValue)
      await reportOutage(applyRoles(options, userId, { roles: selectRoles(config.roles, values), isOwner }))
    }
    return signIn.admit(userId, client)
  }

  return {
    name,

    isConnected: async (userId) =>
      (await reportOutage(prisma.account.count({ where: { providerId: issuer, userId } }))) > 0,

    disconnect: (person, actor) => reportOutage(disconnectPerson(prisma, person, { issuer, actor })),

    async depart(next, origin, session) {
      const publicOrigin = new URL(publicUrl()).origin
      if (origin !== publicOrigin) {
        const query = new URLSearchParams({ next: readPath(next, publicUrl()) })
        return { url: `${publicOrigin}/-/sign-in?${query}`, setCookies: [] }
      }
      const { url, checks } = await provider.authorize(publicUrl() + CALLBACK_PATH)
      const journey = { checks, next: readPath(next, publicUrl()), userId: session?.viewer.userId ?? null }
      return { url, setCookies: [journeys.set(journey)] }
    },

    async arrive({ query, cookies, session }, client) {
      const network = networkOf(client.address)
      const waitMs = failures.remainingMs(network)
      if (waitMs > 0) throw new TooManyTries('Too many failed sign-ins.', waitMs)
      const journey = journeys.read(cookies)
      const arrival = { next: journey?.next ?? '/', setCookies: [journeys.clear()] }
      try {
        if (journey === null) throw new ProviderRefusal('expired')
        const claims = await provider.exchange(new URL(publicUrl() + CALLBACK_PATH + query), journey.checks)
        if (journey.userId === null) return { ...arrival, answer: await admit(claims, client) }
        // Another person may have signed in in this browser meanwhile, or nobody be signed in any more.
        if (session?.viewer.userId !== journey.userId) throw new ProviderRefusal('expired')
        const { userId } = journey
        await reportOutage(connectPerson(prisma, readIdentity(claims), { userId, issuer, address: client.address }))
        return { ...arrival, connected: true }
      } catch (error) {
        const refusal = explainRefusal(error)
        if (refusal === null) throw error
        failures.add(network)
        log.warn({ address: client.address, reason: refusal }, 'a sign-in by the provider was refused')
        return { ...arrival, refusal }
      }
    },
  }
}

function explainRefusal(error: unknown): RefusalReason | null {
  if (error instanceof ProviderRefusal) return error.reason
  if (!(error instanceof AppError)) return null
  return error.code === 'FORBIDDEN' ? 'disabled' : error.code === 'UNAVAILABLE' ? 'unavailable' : null
}

/** @returns a path of ours, whatever it was: nobody is sent elsewhere from here. */
function readPath(next: string, publicUrl: string): string {
  const url = URL.parse(next, publicUrl)
  if (url === null || !next.startsWith('/') || url.origin !== new URL(publicUrl).origin) return '/'
  // `/.//example.com` is a path of ours, until its dots are gone.
  const path = url.pathname + url.search
  return path.startsWith('//') || path.length > NEXT_LENGTH_MAX ? '/' : path
}
