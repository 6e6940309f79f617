// The endpoints of the OpenID Connect provider. The way there begins with a POST from a page of ours; the way back is the
// one GET that signs somebody in, because providers send browsers back like that: the sealed cookie shows that it is the
// browser that was sent there. Connecting an account, and disconnecting it, asks who it is once more: confirm-identity.ts.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Auth } from './auth.ts'
import { CALLBACK_PATH } from './oidc/oidc.ts'
import { parseBody } from './parse-body.ts'
import { requireSession } from './require-session.ts'

const DEPART_BODY = z.object({
  next: z.string().max(2000).default('/'),
  connect: z.boolean().default(false),
  password: z.string().optional(),
})
const DISCONNECT_BODY = DEPART_BODY.pick({ password: true })

interface RegisterOidcOptions {
  auth: Auth
  clientAddress: (request: IncomingMessage) => string
}

export function registerOidc(scope: FastifyInstance, { auth, clientAddress }: RegisterOidcOptions): void {
  const { oidc } = auth
  if (oidc === null) return

  async function confirmSession(request: FastifyRequest, password: string | undefined) {
    const session = await requireSession(auth, request)
    await auth.confirmIdentity(session, password, clientAddress(request.raw))
    return session
  }

  scope.post('/-/auth/oidc/depart', async (request, reply) => {
    const { next, connect, password } = parseBody(DEPART_BODY, request.body)
    const session = connect ? await confirmSession(request, password) : null
    const { url, setCookies } = await oidc.depart(next, request.headers.origin, session)
    return reply.header('set-cookie', setCookies).send({ url })
  })

  scope.get(CALLBACK_PATH, async (request, reply) => {
    const { cookie: cookies, 'user-agent': userAgent } = request.headers
    const session = await auth.sessions.find(cookies)
    const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : ''
    const client = { address: clientAddress(request.raw), userAgent }
    const arrival = await oidc.arrive({ query, cookies, session }, client)
    reply.header('set-cookie', arrival.setCookies)
    if ('refusal' in arrival) {
      return reply.redirect(`/-/sign-in?${new URLSearchParams({ failed: arrival.refusal, next: arrival.next })}`)
    }
    if ('connected' in arrival) return reply.redirect('/-/account')
    reply.header('set-cookie', arrival.answer.setCookies)
    if (arrival.answer.user !== null) return reply.redirect(arrival.next)
    return reply.redirect(`/-/sign-in?${new URLSearchParams({ step: 'code', next: arrival.next })}`)
  })

  scope.post('/-/auth/oidc/disconnect', async (request) => {
    const { password } = parseBody(DISCONNECT_BODY, request.body)
    const { viewer } = await requireSession(auth, request)
    if (!(await auth.passwords.exists(viewer.userId))) {
      throw new AppError('CONFLICT', `Without a password, ${oidc.name} is the only way in that you have.`)
    }
    await confirmSession(request, password)
    await oidc.disconnect(viewer, { viewer, address: clientAddress(request.raw) })
    return { success: true }
  })
}
