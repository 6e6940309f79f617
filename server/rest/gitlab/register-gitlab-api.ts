// Way in 3: the part of GitLab's REST API that is about error tracking, below /api/v4. README.md has its endpoints and
// where they differ from GitLab's.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Auth } from '../../auth/auth.ts'
import type { Database } from '../../database/client.ts'
import type { Publish } from '../../domain/change.ts'
import { registerClientKeys } from './client-keys.ts'
import { toGitlabError } from './gitlab-error.ts'
import { registerInstance } from './instance.ts'
import { registerSettings } from './settings.ts'

export interface GitlabApiDeps {
  database: Database
  auth: Pick<Auth, 'authenticate'>
  publish: Publish
  /** Where a request comes from, with trusted proxies seen through. */
  clientAddress(request: IncomingMessage): string
  publicUrl(): string
  version: string
  /** Milliseconds since the epoch. */
  clock(): number
}

const BODY_BYTES_MAX = 64 * 1024

export function registerGitlabApi(fastify: FastifyInstance, deps: GitlabApiDeps): void {
  fastify.register(
    async (scope) => {
      // A body is read as GitLab reads it, by parameters.ts.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) =>
        done(null, body),
      )
      scope.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
      scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
        const answer = toGitlabError(error)
        if (answer !== null) return reply.code(answer.status).send(answer.body)
        const status = error.statusCode ?? 500
        if (status < 500) return reply.code(status).send({ error: error.message })
        request.log.error({ err: error }, 'a request to the GitLab API failed')
        return reply.code(500).send({ message: '500 Internal Server Error' })
      })
      scope.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: '404 Not Found' }))
      // GitLab takes a slash at the end of any path.
      scope.addHook('onRoute', ({ routePath, method, handler }) => {
        if (method !== 'HEAD' && !routePath.endsWith('/')) scope.route({ method, handler, url: `${routePath}/` })
      })
      registerInstance(scope, deps)
      registerSettings(scope, deps)
      registerClientKeys(scope, deps)
    },
    { prefix: '/api/v4' },
  )
}
