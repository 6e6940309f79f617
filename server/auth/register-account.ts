// What one sees of one's own account beside GraphQL, and does to it: by cookie alone, so that no access token can.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Auth } from './auth.ts'
import { parseBody } from './parse-body.ts'
import { requireSession } from './require-session.ts'

const SESSION_BODY = z.object({ session: z.string().max(100) })

interface RegisterAccountOptions {
  auth: Auth
  clientAddress: (request: IncomingMessage) => string
}

export function registerAccount(scope: FastifyInstance, { auth, clientAddress }: RegisterAccountOptions): void {
  scope.get('/-/auth/account', async (request) => {
    const session = await requireSession(auth, request)
    const { userId } = session.viewer
    const [hasPassword, twoFactor, isConnected, sessions] = await Promise.all([
      auth.passwords.exists(userId),
      auth.twoFactor.read(userId),
      auth.oidc?.isConnected(userId) ?? false,
      auth.ownSessions.list(session),
    ])
    const provider = auth.oidc && { name: auth.oidc.name, isConnected }
    return { hasPassword, twoFactor, provider, sessions }
  })

  scope.post('/-/auth/end-session', async (request) => {
    const { session: id } = parseBody(SESSION_BODY, request.body)
    await auth.ownSessions.end(await requireSession(auth, request), id, clientAddress(request.raw))
    return { success: true }
  })

  scope.post('/-/auth/end-other-sessions', async (request) => {
    const session = await requireSession(auth, request)
    return { ended: await auth.ownSessions.endOthers(session, clientAddress(request.raw)) }
  })
}
