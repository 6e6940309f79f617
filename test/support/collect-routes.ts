// The routes that people and their API clients use, as the server registers them.

import { fastify, type FastifyInstance } from 'fastify'
import { registerAuth } from '../../server/auth/register-auth.ts'
import { registerGitlabApi } from '../../server/rest/gitlab/register-gitlab-api.ts'
import { registerSentryApi } from '../../server/rest/sentry/register-sentry-api.ts'

export interface Route {
  method: string
  /** With `:names`. */
  path: string
}

export async function collectRoutes(): Promise<Route[]> {
  const found: Route[] = []
  const app = fastify() as unknown as FastifyInstance
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) found.push({ method: each, path: url })
  })
  const nothing = { database: {} } as never
  registerAuth(app, { auth: { oidc: {} } as never, clientAddress: () => '' })
  registerGitlabApi(app, nothing)
  registerSentryApi(app, nothing)
  await app.ready()
  await app.close()
  return found.filter(({ path }) => !path.includes('*'))
}
