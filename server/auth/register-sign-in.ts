// Signing in and out, and the one-time link that makes the owner's account.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Auth } from './auth.ts'
import type { NewAccount } from './new-account.ts'
import { parseBody } from './parse-body.ts'
import { assertGoodPassword } from './password-rule.ts'
import type { Client } from './sessions.ts'
import type { SignInAnswer } from './sign-in.ts'

const SIGN_IN_BODY = z.object({ email: z.string(), password: z.string() })
const CODE_BODY = z.object({ code: z.string().max(100) })
const SETUP_BODY = z.object({ token: z.string(), email: z.string(), password: z.string(), name: z.string().nullish() })

interface RegisterSignInOptions {
  auth: Auth
  clientAddress: (request: IncomingMessage) => string
}

export function registerSignIn(scope: FastifyInstance, { auth, clientAddress }: RegisterSignInOptions): void {
  const describeClient = (request: FastifyRequest): Client => ({
    address: clientAddress(request.raw),
    userAgent: request.headers['user-agent'],
  })

  async function answerSignIn(
    request: FastifyRequest,
    reply: FastifyReply,
    signIn: (client: Client) => Promise<SignInAnswer>,
  ): Promise<FastifyReply> {
    const client = describeClient(request)
    try {
      const { user, setCookies } = await signIn(client)
      return reply.header('set-cookie', setCookies).send(user === null ? { user, needsCode: true } : { user })
    } catch (error) {
      if (error instanceof AppError) {
        request.log.warn({ address: client.address, code: error.code }, 'a sign-in was refused')
      }
      throw error
    }
  }

  scope.post('/-/auth/sign-in/email', async (request, reply) => {
    const given = parseBody(SIGN_IN_BODY, request.body)
    return answerSignIn(request, reply, (client) => auth.signIn.withPassword({ ...given, ...client }))
  })

  scope.post('/-/auth/sign-in/code', async (request, reply) => {
    const { code } = parseBody(CODE_BODY, request.body)
    const { cookie: cookies } = request.headers
    return answerSignIn(request, reply, (client) => auth.signIn.withCode({ code, cookies, ...client }))
  })

  scope.post('/-/auth/sign-out', async (request, reply) => {
    const setCookies = await auth.sessions.signOut(request.headers.cookie)
    return reply.header('set-cookie', setCookies).send({ success: true })
  })

  scope.get('/-/auth/get-session', async (request) => {
    const viewer = await auth.sessions.findViewer(request.headers.cookie)
    return { user: viewer === null ? null : { id: viewer.userId, email: viewer.email, name: viewer.name } }
  })

  scope.post('/-/setup', async (request, reply) => {
    const { token, email, password, name } = parseBody(SETUP_BODY, request.body)
    if (!auth.owner.isSetupToken(token)) throw new AppError('FORBIDDEN', 'This link is not valid.')
    if (await auth.owner.exists()) throw new AppError('FORBIDDEN', 'This link was used already. Sign in instead.')
    await assertGoodPassword(password, [email, name ?? ''])
    const client = describeClient(request)
    await createOwnerOnce(auth, { email, password, name }, client.address)
    request.log.warn({ address: client.address }, 'the owner’s account was created by the one-time link')
    const { user, setCookies } = await auth.signIn.withPassword({ email, password, ...client })
    return reply.header('set-cookie', setCookies).send({ user })
  })
}

async function createOwnerOnce(auth: Auth, owner: NewAccount, address: string): Promise<void> {
  try {
    await auth.createOwner(owner, { viewer: null, address })
  } catch (error) {
    const wasSecond = error instanceof AppError && error.code === 'CONFLICT'
    throw wasSecond ? new AppError('FORBIDDEN', 'This link was used already. Sign in instead.') : error
  }
}
