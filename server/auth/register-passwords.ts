// Changing one's password, and setting a new one by a one-time link.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Auth } from './auth.ts'
import { parseBody } from './parse-body.ts'
import { requireSession } from './require-session.ts'

const CHANGE_BODY = z.object({ currentPassword: z.string(), newPassword: z.string() })
const FORGOTTEN_BODY = z.object({ email: z.string() })
const LINK_BODY = z.object({ token: z.string() })
const RESET_BODY = z.object({ token: z.string(), password: z.string() })

interface RegisterPasswordsOptions {
  auth: Auth
  clientAddress: (request: IncomingMessage) => string
}

export function registerPasswords(scope: FastifyInstance, { auth, clientAddress }: RegisterPasswordsOptions): void {
  scope.post('/-/auth/change-password', async (request) => {
    const change = parseBody(CHANGE_BODY, request.body)
    await auth.passwords.change(await requireSession(auth, request), change, clientAddress(request.raw))
    return { success: true }
  })

  scope.post('/-/auth/forgot-password', async (request) => {
    const { email } = parseBody(FORGOTTEN_BODY, request.body)
    await auth.forgottenPassword.request(email, clientAddress(request.raw))
    return { success: true }
  })

  // A POST, because the token must not stand in an address; and 200 for a link that is over, which is no failure.
  scope.post('/-/auth/password-link', async (request) => {
    const { token } = parseBody(LINK_BODY, request.body)
    const link = await auth.passwordLinks.find(token)
    return { email: link?.person.email ?? null }
  })

  scope.post('/-/auth/reset-password', async (request) => {
    const { token, password } = parseBody(RESET_BODY, request.body)
    return auth.passwords.setByLink(token, password, clientAddress(request.raw))
  })
}
