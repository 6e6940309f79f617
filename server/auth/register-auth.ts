// The endpoints of sign-in: see README.md. They are for our own pages only, so a POST must come from one of them and be
// JSON; scripts use access tokens instead. Answers never say whether an address has an account.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { AppError, asAppError } from '../errors.ts'
import { STATUS_OF } from '../http/status-of.ts'
import type { Auth } from './auth.ts'
import { registerAccount } from './register-account.ts'
import { registerInvitations } from './register-invitations.ts'
import { registerOidc } from './register-oidc.ts'
import { registerPasswords } from './register-passwords.ts'
import { registerSignIn } from './register-sign-in.ts'
import { registerTwoFactor } from './register-two-factor.ts'
import { TooManyTries } from './rate-limit.ts'

const BODY_BYTES_MAX = 16 * 1024

interface RegisterAuthOptions {
  auth: Auth
  /** Where a request comes from, with trusted proxies seen through. */
  clientAddress: (request: IncomingMessage) => string
}

export function registerAuth(fastify: FastifyInstance, options: RegisterAuthOptions): void {
  const { auth } = options
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

    registerSignIn(scope, options)
    registerPasswords(scope, options)
    registerTwoFactor(scope, options)
    registerAccount(scope, options)
    registerOidc(scope, options)
    registerInvitations(scope, options)

    scope.all('/-/auth/*', async () => {
      throw new AppError('NOT_FOUND', 'There is no such endpoint.')
    })
  })
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

function sendError(error: unknown, reply: FastifyReply, logBug: (error: unknown) => void): FastifyReply {
  if (error instanceof TooManyTries) reply.header('retry-after', error.retryAfterSeconds)
  const told = asAppError(error)
  if (told !== null) return reply.code(STATUS_OF[told.code]).send({ code: told.code, message: told.message })
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
