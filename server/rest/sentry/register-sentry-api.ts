// Way in: the part of Sentry's web API that is spoken here, below /api/0. README.md has its endpoints and differences.
// Refusals are `{"detail": "..."}`, as Sentry's are.

import type { FastifyInstance } from 'fastify'
import type { Auth } from '../../auth/auth.ts'
import type { Database } from '../../database/client.ts'
import { registerEventAttachments } from './event-attachments.ts'

export interface SentryApiDeps {
  database: Database
  auth: Pick<Auth, 'authenticate'>
}

export function registerSentryApi(fastify: FastifyInstance, deps: SentryApiDeps): void {
  fastify.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
    registerEventAttachments(scope, deps)
  })
}
