// What pages of any origin may ask of Fastify with no account: bodies as text whatever type they say, answers that every page
// can read, and no cookie looked at.

import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import { isOutage } from './is-outage.ts'
import { RETRY_AFTER_SECONDS } from './limits.ts'

const BODY_BYTES_MAX = 64 * 1024
const STATUSES: Partial<Record<string, number>> = {
  INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
}

/** @param failure what the log says of a bug. */
export function serveToPages(
  fastify: FastifyInstance,
  failure: string,
  register: (scope: FastifyInstance) => void,
): void {
  fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) =>
      done(null, body.toString()),
    )
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('access-control-allow-origin', request.headers.origin ?? '*').header('vary', 'Origin')
      reply.header('cache-control', 'no-store')
    })
    scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      if (isOutage(error)) {
        return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ detail: 'Try again later.' })
      }
      const status = (error instanceof AppError ? STATUSES[error.code] : error.statusCode) ?? 500
      if (status < 500) return reply.code(status).send({ detail: error.message })
      request.log.error({ err: error }, failure)
      return reply.code(500).send({ detail: 'Internal error' })
    })
    register(scope)
  })
}
