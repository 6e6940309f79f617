// The endpoints of sign-in: see README.md. They are for our own pages only, so a POST must come from one of them and be
// JSON; scripts use access tokens instead. Answers never say whether an address has an account.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { STATUS_OF } from '../http/status-of.ts'
import type { Auth } from './auth.ts'
import type { NewOwner } from './owner.ts'
import { TooManySignIns } from './sign-in-limiter.ts'

const BODY_BYTES_MAX = 16 * 1024

const SIGN_IN_BODY = z.object({ email: z.string(), password: z.string() })
const SETUP_BODY = z.object({ token: z.string(), email: z.string(), password: z.string(), name: z.string().nullish() })

interface RegisterAuthOptions {
  auth: Auth
  /** Where a request comes from, with trusted proxies seen through. */
  clientAddress: (request: IncomingMessage) => string
}

export function registerAuth(fastify: FastifyInstance, { auth, clientAddress }: RegisterAuthOptions): void {
  fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: BODY_BYTES_MAX }, parseJsonBody)
    scope.setErrorHandler((error, request, reply) => sendError(error, reply, (bug) => request.log.error({ err: bug })))

    scope.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      if (request.method === 'POST' && !auth.isOwnOrigin(request.headers.origin)) {
        throw new AppError(
          'FORBIDDEN',
          'This request does not come from a page of this Faultline. Is PUBLIC_URL right?',
        )
      }
    })

    scope.post('/-/auth/sign-in/email', async (request, reply) => {
      const { email, password } = parseBody(SIGN_IN_BODY, request.body)
      const address = clientAddress(request.raw)
      try {
        const userAgent = request.headers['user-agent']
        const { user, setCookies } = await auth.sessions.signIn({ email, password, address, userAgent })
        return reply.header('set-cookie', setCookies).send({ user })
      } catch (error) {
        if (error instanceof AppError) request.log.warn({ address, code: error.code }, 'a sign-in was refused')
        throw error
      }
    })

    scope.post('/-/auth/sign-out', async (request, reply) => {
      const setCookies = await auth.sessions.signOut(request.headers.cookie)
      return reply.header('set-cookie', setCookies).send({ success: true })
    })

    scope.get('/-/auth/get-session', async (request) => {
      const viewer = await auth.sessions.findViewer(request.headers.cookie)
      return { user: viewer === null ? null : { id: viewer.userId, email: viewer.email, name: viewer.name } }
    })

    scope.all('/-/auth/*', async () => {
      throw new AppError('NOT_FOUND', 'There is no such endpoint.')
    })

    scope.post('/-/setup', async (request, reply) => {
      const { token, email, password, name } = parseBody(SETUP_BODY, request.body)
      if (!auth.owner.isSetupToken(token)) throw new AppError('FORBIDDEN', 'This link is not valid.')
      if (await auth.owner.exists()) throw new AppError('FORBIDDEN', 'This link was used already. Sign in instead.')
      await createOwnerOnce(auth, { email, password, name }, clientAddress(request.raw))
      request.log.warn({ address: clientAddress(request.raw) }, 'the owner’s account was created by the one-time link')
      const { user, setCookies } = await auth.sessions.signIn({
        email,
        password,
        address: clientAddress(request.raw),
        userAgent: request.headers['user-agent'],
      })
      return reply.header('set-cookie', setCookies).send({ user })
    })
  })
}

async function createOwnerOnce(auth: Auth, owner: NewOwner, address: string): Promise<void> {
  try {
    await auth.createOwner(owner, { viewer: null, address })
  } catch (error) {
    const wasSecond = error instanceof AppError && error.code === 'CONFLICT'
    throw wasSecond ? new AppError('FORBIDDEN', 'This link was used already. Sign in instead.') : error
  }
}

/** An empty body is an empty object: a page may say `application/json` and have nothing to say. */
function parseJsonBody(_request: unknown, body: string | Buffer, done: (error: Error | null, value?: unknown) => void) {
  try {
    const text = body.toString()
    done(null, text === '' ? {} : JSON.parse(text))
  } catch {
    done(new AppError('INVALID', 'The body is not JSON.'))
  }
}

function parseBody<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => issue.path.join('.')).filter((path) => path !== '')
  throw new AppError('INVALID', fields.length > 0 ? `Missing or wrong: ${fields.join(', ')}.` : 'The body is not JSON.')
}

function sendError(error: unknown, reply: FastifyReply, logBug: (error: unknown) => void): FastifyReply {
  if (error instanceof TooManySignIns) reply.header('retry-after', error.retryAfterSeconds)
  if (error instanceof AppError) {
    return reply.code(STATUS_OF[error.code]).send({ code: error.code, message: error.message })
  }
  const statusCode = statusCodeOf(error)
  if (statusCode >= 400 && statusCode < 500) {
    return reply.code(statusCode).send({ code: 'INVALID', message: (error as Error).message })
  }
  logBug(error)
  return reply.code(500).send({ code: 'INTERNAL', message: 'Something went wrong. The log of the server says more.' })
}

function statusCodeOf(error: unknown): number {
  const statusCode = error instanceof Error && 'statusCode' in error ? error.statusCode : null
  return typeof statusCode === 'number' ? statusCode : 500
}
