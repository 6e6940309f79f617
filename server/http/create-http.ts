// Fastify, as all ways in but ingest use it. It answers through our own listener, which may hand a request to somebody
// else before Fastify sees it.

import { createServer, type RequestListener } from 'node:http'
import Fastify, { LogController, type FastifyInstance } from 'fastify'
import { asAppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { UpgradeListener } from './listener.ts'
import { STATUS_OF } from './status-of.ts'

export interface Http {
  fastify: FastifyInstance
  onRequest: RequestListener
  /** Who serves WebSockets listens to `fastify.server`. */
  onUpgrade: UpgradeListener
}

const BODY_BYTES_MAX = 1024 * 1024

export function createHttp(log: Logger): Http {
  let onRequest: RequestListener = () => undefined
  const fastify = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    // Clients that join an address and a path write `//api/...`.
    routerOptions: { ignoreDuplicateSlashes: true },
    // Never listens itself: server/http/listener.ts does.
    serverFactory: (handler) => {
      onRequest = handler
      return createServer()
    },
  })
  fastify.addHook('onSend', async (_request, reply) => void reply.header('x-content-type-options', 'nosniff'))
  fastify.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const told = asAppError(error)
    if (told !== null) return reply.code(STATUS_OF[told.code]).send({ detail: told.message })
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send({ detail: error.message })
    request.log.error({ err: error }, 'a request failed')
    return reply.code(500).send({ detail: 'Internal error' })
  })
  return {
    fastify: fastify as unknown as FastifyInstance,
    onRequest: (request, response) => onRequest(request, response),
    onUpgrade: (request, socket, head) => {
      if (!fastify.server.emit('upgrade', request, socket, head)) socket.destroy()
    },
  }
}
