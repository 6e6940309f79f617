// better-auth, set up to do what it is good at (sessions, signed cookies; its scrypt hashes the passwords) and no more. Its
// own router is not mounted: it would bring some twenty endpoints that Faultline has no use for, so sessions.ts calls the
// three that it has by name. One of them is ours: a session for who was let in, by whatever way. `minimal` and the Prisma
// adapter leave out its query builder, which saves 6 MB.

import { betterAuth as createBetterAuth } from 'better-auth/minimal'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'
import type { PrismaClient } from '../database/generated/client.ts'
import type { Logger } from '../log.ts'
import { deriveKey } from './derive-key.ts'
import { listOwnOrigins } from './origins.ts'
import { isOutage } from './report-outage.ts'
import { nameCookies } from './sealed-cookie.ts'

const SESSION_SECONDS = 30 * 24 * 60 * 60

interface BetterAuthOptions {
  prisma: PrismaClient
  publicUrl: string
  secret: Buffer
  log: Pick<Logger, 'error'>
}

export type BetterAuth = ReturnType<typeof configureBetterAuth>

export function configureBetterAuth({ prisma, publicUrl, secret, log }: BetterAuthOptions) {
  return createBetterAuth({
    appName: 'Faultline',
    baseURL: publicUrl,
    basePath: '/-/auth',
    secret: deriveKey(secret, 'cookies').toString('base64'),
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    trustedOrigins: listOwnOrigins(publicUrl),
    plugins: [{ id: 'faultline', endpoints: { openSession } }],
    user: { additionalFields: { isOwner: { type: 'boolean', required: false, defaultValue: false, input: false } } },
    // Nobody asks better-auth for a page's session, so it has no occasion to send a cookie with a later end.
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    advanced: {
      cookiePrefix: nameCookies(publicUrl),
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (_level, message, ...details) => {
        // Told to the caller as what it is.
        if (!details.flat().some(isOutage)) log.error({ details }, message)
      },
    },
  })
}

const openSession = createAuthEndpoint.serverOnly(
  { method: 'POST', body: z.object({ userId: z.string(), ipAddress: z.string(), userAgent: z.string() }) },
  async (context) => {
    const { internalAdapter } = context.context
    const { userId, ...client } = context.body
    const user = await internalAdapter.findUserById(userId)
    if (user === null) return null
    const session = await internalAdapter.createSession(user.id, false, client)
    await setSessionCookie(context, { session, user })
    return { sessionId: session.id }
  },
)
