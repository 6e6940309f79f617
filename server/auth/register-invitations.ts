// Accepting an invitation without an account: makes one, and signs in. Who has one accepts by GraphQL.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Auth } from './auth.ts'
import { parseBody } from './parse-body.ts'

const ACCEPT_BODY = z.object({ token: z.string(), email: z.string(), password: z.string(), name: z.string().nullish() })

interface RegisterInvitationsOptions {
  auth: Auth
  clientAddress: (request: IncomingMessage) => string
}

export function registerInvitations(scope: FastifyInstance, { auth, clientAddress }: RegisterInvitationsOptions): void {
  scope.post('/-/auth/accept-invitation', async (request, reply) => {
    const { token, ...account } = parseBody(ACCEPT_BODY, request.body)
    const { email, password } = account
    const address = clientAddress(request.raw)
    await auth.invitations.acceptWithNewAccount(token, account, address)
    const userAgent = request.headers['user-agent']
    const { user, setCookies } = await auth.signIn.withPassword({ email, password, address, userAgent })
    return reply.header('set-cookie', setCookies).send({ user })
  })
}
