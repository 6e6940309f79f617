// Turning the second step on and off. Each of it asks who it is once more: confirm-identity.ts.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Auth } from './auth.ts'
import { parseBody } from './parse-body.ts'
import { requireSession } from './require-session.ts'

const PASSWORD_BODY = z.object({ password: z.string().optional() })
const CODE_BODY = z.object({ code: z.string().max(100) })

interface RegisterTwoFactorOptions {
  auth: Auth
  clientAddress: (request: IncomingMessage) => string
}

export function registerTwoFactor(scope: FastifyInstance, { auth, clientAddress }: RegisterTwoFactorOptions): void {
  const { twoFactor } = auth

  async function confirmIdentity(request: FastifyRequest) {
    const { password } = parseBody(PASSWORD_BODY, request.body)
    const session = await requireSession(auth, request)
    const address = clientAddress(request.raw)
    await auth.confirmIdentity(session, password, address)
    const { viewer } = session
    return { viewer, actor: { viewer, address } }
  }

  scope.post('/-/auth/two-factor/begin', async (request) => {
    const { viewer } = await confirmIdentity(request)
    return twoFactor.begin(viewer)
  })

  scope.post('/-/auth/two-factor/confirm', async (request) => {
    const { code } = parseBody(CODE_BODY, request.body)
    const { viewer } = await requireSession(auth, request)
    const actor = { viewer, address: clientAddress(request.raw) }
    return { recoveryCodes: await twoFactor.confirm(viewer, code, actor) }
  })

  scope.post('/-/auth/two-factor/recovery-codes', async (request) => {
    const { viewer, actor } = await confirmIdentity(request)
    return { recoveryCodes: await twoFactor.renewRecoveryCodes(viewer, actor) }
  })

  scope.post('/-/auth/two-factor/disable', async (request) => {
    const { viewer, actor } = await confirmIdentity(request)
    await twoFactor.disable(viewer, actor)
    return { success: true }
  })
}
