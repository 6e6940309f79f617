// Subscriptions (and everything else) over WebSocket, in the protocol graphql-transport-ws. No message is
// taken from a subscription while too much is unread on its socket, so that a client that does not read costs what its
// subscription may keep, and is cut off when it does not answer a ping either.

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { GraphQLError, type ExecutionArgs, type GraphQLFormattedError } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type Context as SocketContext } from 'graphql-ws'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Viewer } from '../auth/viewer.ts'
import { AppError } from '../errors.ts'
import type { GraphqlDeps } from './context.ts'
import { toPublicError } from './public-error.ts'
import { GRAPHQL_PATH, type Yoga } from './serve.ts'

const SOCKETS_MAX = 5_000
const OPERATIONS_PER_SOCKET_MAX = 200
const MESSAGE_BYTES_MAX = 256 * 1024
/** Waiting to be read by the client, without a subscription's own queue. */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024
/** Waiting for every message would send a few hundred a second; not waiting at all would fill the memory. */
const UNREAD_BYTES_BEFORE_WAIT = 64 * 1024
const PING_EVERY_MS = 12_000
const INIT_WITHIN_MS = 10_000

interface Extra {
  socket: WebSocket
  request: IncomingMessage
}

export function serveWebSocket(server: Server, yoga: Yoga, deps: GraphqlDeps): { stop: () => Promise<void> } {
  const { log } = deps
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols,
    perMessageDeflate: false,
  })
  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: INIT_WITHIN_MS,
    onConnect: async (context) => {
      try {
        await findViewer(deps, context)
        return true
      } catch (error) {
        if (!(error instanceof AppError)) log.error({ err: error }, 'cannot tell who opened a socket')
        const [code, reason] =
          error instanceof AppError
            ? [CloseCode.Unauthorized, error.message]
            : [CloseCode.InternalServerError, 'Try again.']
        context.extra.socket.close(code, reason)
        // It is closed: the answer goes nowhere.
        return true
      }
    },
    onSubscribe: async (context, _id, payload) => {
      if (Object.keys(context.subscriptions).length > OPERATIONS_PER_SOCKET_MAX) {
        return [
          new GraphQLError('Too many operations are open on this socket.', { extensions: { code: 'RATE_LIMITED' } }),
        ]
      }
      return prepareOperation(yoga, deps, context, payload)
    },
    execute: (args) => (args as PreparedArgs).rootValue.execute(args),
    subscribe: (args) => (args as PreparedArgs).rootValue.subscribe(args),
    onError: (_context, _id, _payload, errors) => errors.map((error) => toMessage(toPublicError(error, log))),
  })

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] !== GRAPHQL_PATH) return refuseUpgrade(socket, '404 Not Found')
    if (sockets.clients.size >= SOCKETS_MAX) return refuseUpgrade(socket, '503 Service Unavailable')
    sockets.handleUpgrade(request, socket, head, (webSocket) => openSocket(webSocket, request))
  })

  function openSocket(socket: WebSocket, request: IncomingMessage): void {
    const stopPinging = keepAlive(socket)
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // Settled when the message was handed to the network: this is what makes a subscription wait for its reader.
        send: (data) => sendMessage(socket, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (data) => {
            if (socket.bufferedAmount > UNREAD_BYTES_MAX) return socket.terminate()
            handle(String(data)).catch((error: unknown) => {
              // A socket that breaks while an answer is sent is nothing to report.
              if (socket.readyState !== socket.OPEN) return
              log.error({ err: error }, 'a message on a socket could not be handled')
              socket.close(CloseCode.InternalServerError, 'Internal error')
            })
          })
        },
      },
      { socket, request },
    )
    // A frame that is too large or against the protocol: ws closes the socket with the right code by itself.
    socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'))
    socket.on('ping', () => {
      if (socket.bufferedAmount > UNREAD_BYTES_MAX) socket.terminate()
    })
    socket.once('close', (code, reason) => {
      stopPinging()
      closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'a socket did not close well'))
    })
  }

  return {
    async stop() {
      for (const socket of sockets.clients) socket.close(1001, 'Going away')
      const terminating = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, 1_000)
      await new Promise((resolve) => sockets.close(resolve))
      clearTimeout(terminating)
    },
  }
}

interface PreparedArgs extends ExecutionArgs {
  rootValue: Pick<ReturnType<Yoga['getEnveloped']>, 'execute' | 'subscribe'>
}

/** The same parsing, validation and limits as over HTTP. */
async function prepareOperation(
  yoga: Yoga,
  deps: GraphqlDeps,
  context: SocketContext<Record<string, unknown>, Extra>,
  payload: { query: string; operationName?: string | null; variables?: Record<string, unknown> | null },
): Promise<PreparedArgs | readonly GraphQLError[]> {
  const enveloped = yoga.getEnveloped({
    req: context.extra.request,
    params: payload,
    identify: async () => ({
      viewer: await findViewer(deps, context),
      address: deps.clientAddress(context.extra.request),
      currentViewer: () => findViewer(deps, context),
    }),
  })
  const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped
  try {
    const document = parse(payload.query)
    const errors = validate(schema, document)
    if (errors.length > 0) return errors
    return {
      schema,
      document,
      operationName: payload.operationName,
      variableValues: payload.variables ?? undefined,
      contextValue: await contextFactory(),
      rootValue: { execute, subscribe },
    }
  } catch (error) {
    return [error instanceof GraphQLError ? error : toPublicError(error, deps.log)]
  }
}

/** A token in the connection's parameters, or the cookie of one of our own pages. */
async function findViewer(
  { auth }: GraphqlDeps,
  context: SocketContext<Record<string, unknown>, Extra>,
): Promise<Viewer | null> {
  const viewer = await auth.authenticateConnectionParams(context.connectionParams)
  if (viewer !== null) return viewer
  const { headers } = context.extra.request
  const fromHeaders = await auth.authenticate({ headers })
  const isForeignPage = headers.origin !== undefined && !auth.isOwnOrigin(headers.origin)
  return fromHeaders?.tokenId === null && isForeignPage ? null : fromHeaders
}

/**
 * Waits as long as too much is unread, and so does the subscription. A socket that breaks meanwhile is closed, which ends
 * its subscriptions: no error of anybody's.
 */
function sendMessage(socket: WebSocket, data: string): Promise<void> | void {
  if (socket.readyState !== socket.OPEN) return
  const sent = Promise.withResolvers<void>()
  socket.send(data, () => sent.resolve())
  if (socket.bufferedAmount > UNREAD_BYTES_BEFORE_WAIT) return sent.promise
}

/** Without what Yoga notes for itself. */
function toMessage(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...message } = error.toJSON()
  const { http: _http, ...shown } = extensions ?? {}
  return { ...message, extensions: shown }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** @returns how to stop. A peer that does not answer until the next ping is gone, or does not read. */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true
  socket.on('pong', () => (isAlive = true))
  const timer = setInterval(() => {
    if (!isAlive || socket.bufferedAmount > UNREAD_BYTES_MAX) return socket.terminate()
    isAlive = false
    if (socket.readyState === socket.OPEN) socket.ping()
  }, PING_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
