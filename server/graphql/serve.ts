// Way in 2: /graphql, for queries and mutations over HTTP, and for subscriptions over WebSocket and server-sent events.
// See README.md for the limits and for who may ask.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createYoga, type Plugin } from 'graphql-yoga'
import { AppError } from '../errors.ts'
import type { Viewer } from '../auth/viewer.ts'
import { createContext, type Caller, type Context, type GraphqlDeps, type SharedContext } from './context.ts'
import { LIMITS, useLimits } from './limits.ts'
import { createSharedLoaders } from './loaders.ts'
import { toPublicError } from './public-error.ts'
import { schema } from './schema.ts'
import { serveWebSocket } from './serve-websocket.ts'
import { useSharedExecution } from './share-execution.ts'

export const GRAPHQL_PATH = '/graphql'

/** Given to Yoga with each request. */
interface ServerContext {
  /** Who asks; what it throws is the operation's only error. */
  identify: () => Promise<Caller>
}

export type Yoga = ReturnType<typeof createGraphqlYoga>

function createGraphqlYoga(deps: GraphqlDeps, shared: SharedContext) {
  const { log } = deps
  return createYoga<ServerContext, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: async ({ identify }) => createContext(deps, shared, await identify()),
    maskedErrors: { maskError: (error) => toPublicError(error, log) },
    plugins: [useLimits as Plugin, useSharedExecution as Plugin],
    maxRequestBodySize: LIMITS.bodyBytesMax,
    batching: false,
    multipart: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: '/graphql/health',
    // What is worth a line is logged where errors are masked.
    logging: false,
  })
}

/** @returns how to end what is open: sockets and streams of events keep a server from closing. */
export function registerGraphql(fastify: FastifyInstance, deps: GraphqlDeps): { stop: () => Promise<void> } {
  const shared: SharedContext = {
    sharedLoaders: createSharedLoaders(deps, deps.realtime.onChanges),
    openSubscriptions: new Set(),
  }
  const stopListening = deps.realtime.onChanges((changes) => {
    if (!changes.some(({ type }) => type === 'access')) return
    for (const { recheck } of [...shared.openSubscriptions]) recheck()
  })
  const yoga = createGraphqlYoga(deps, shared)
  const sockets = serveWebSocket(fastify.server, yoga, deps)

  fastify.register(async (scope) => {
    // Yoga reads the body itself.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.route({
      url: GRAPHQL_PATH,
      method: ['GET', 'POST', 'OPTIONS'],
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const response = await yoga.handleNodeRequestAndResponse(request.raw, reply.raw, {
          identify: () => identify(deps, request),
        })
        for (const [name, value] of response.headers) reply.header(name, value)
        reply.header('cache-control', 'no-store')
        return reply.status(response.status).send(response.body ?? '')
      },
    })
  })

  return {
    async stop() {
      stopListening()
      for (const { end } of [...shared.openSubscriptions]) end()
      await sockets.stop()
    },
  }
}

async function identify({ auth, clientAddress }: GraphqlDeps, request: FastifyRequest): Promise<Caller> {
  const viewer = await auth.authenticate(request.raw)
  if (viewer !== null) refuseForeignPage(auth, viewer, request)
  return { viewer, address: clientAddress(request.raw), currentViewer: () => auth.authenticate(request.raw) }
}

/**
 * A browser sends our cookie along with what other pages ask for. Such a page can neither forge Origin, nor send JSON
 * without asking us first, which we do not allow. Scripts that carry a cookie send no Origin at all.
 */
function refuseForeignPage(auth: GraphqlDeps['auth'], viewer: Viewer, { headers, method }: FastifyRequest): void {
  if (viewer.tokenId !== null) return
  const { origin, 'sec-fetch-site': site, 'content-type': type = '' } = headers
  const isForeign =
    origin === undefined ? site !== undefined && site !== 'same-origin' && site !== 'none' : !auth.isOwnOrigin(origin)
  if (isForeign) {
    throw new AppError('FORBIDDEN', 'This request does not come from a page of this Faultline. Is PUBLIC_URL right?')
  }
  if (method !== 'GET' && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new AppError('FORBIDDEN', 'A request with a cookie must have the content type application/json.')
  }
}
