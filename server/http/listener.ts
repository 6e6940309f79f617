// The sockets we listen on. They are taken first of all, so that a port in use is known before anything else is touched;
// requests that come before the rest is up wait for it. Closing answers what is in flight.

import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { StartError } from '../errors.ts'

/** Longer than the idle time of usual load balancers, so that it is always they who close a connection. */
const KEEP_ALIVE_MS = 75_000
const HEADERS_MAX_MS = 30_000
const REQUEST_MAX_MS = 120_000
const PORT_TRIES_MAX = 10

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface Listener {
  readonly port: number
  /** Answers what waits, and what comes from now on. */
  open(onRequest: RequestListener, onUpgrade: UpgradeListener): void
  /** Takes no more connections; resolves when everything in flight is answered, or was cut off after `maxMs`. */
  close(maxMs: number): Promise<void>
}

/** @param hosts the first must be there, others may be missing on this machine. @throws StartError. */
export async function listen(hosts: readonly [string, ...string[]], port: number): Promise<Listener> {
  for (let tries = 1; ; tries += 1) {
    const servers: Server[] = []
    try {
      for (const host of hosts) {
        const server = await listenOn(host, servers[0] === undefined ? port : portOf(servers[0]), servers.length > 0)
        if (server !== null) servers.push(server)
      }
      return createListener(servers)
    } catch (error) {
      await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
      // A port that was free on the first address may be taken on the second.
      if (port === 0 && tries < PORT_TRIES_MAX) continue
      throw error
    }
  }
}

function createListener(servers: Server[]): Listener {
  let isClosing = false
  const ready = Promise.withResolvers<{ onRequest: RequestListener; onUpgrade: UpgradeListener }>()
  for (const server of servers) {
    server.on('request', async (request, response) => {
      const { onRequest } = await ready.promise
      if (isClosing) response.setHeader('connection', 'close')
      onRequest(request, response)
    })
    server.on('upgrade', async (request, socket: Duplex, head) => {
      socket.on('error', () => socket.destroy())
      const { onUpgrade } = await ready.promise
      onUpgrade(request, socket, head)
    })
  }
  return {
    port: portOf(servers[0]),
    open(onRequest, onUpgrade) {
      for (const server of servers) {
        server.removeAllListeners('request').on('request', (request, response) => {
          if (isClosing) response.setHeader('connection', 'close')
          onRequest(request, response)
        })
      }
      ready.resolve({ onRequest, onUpgrade })
    },
    async close(maxMs) {
      isClosing = true
      const closed = Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
      const closeIdle = setInterval(() => servers.forEach((server) => server.closeIdleConnections()), 50)
      const cutOff = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), maxMs)
      await closed
      clearInterval(closeIdle)
      clearTimeout(cutOff)
    },
  }
}

async function listenOn(host: string, port: number, isOptional: boolean): Promise<Server | null> {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_MAX_MS,
    requestTimeout: REQUEST_MAX_MS,
  })
  try {
    await new Promise<void>((listening, failed) => server.once('error', failed).listen({ host, port }, listening))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isAbsent = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'ENOTFOUND'
    if (isOptional && isAbsent) return null
    throw new StartError(describeFailure(host, port, code), { cause: error })
  }
  return server
}

function describeFailure(host: string, port: number, code: string | undefined): string {
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is in use: end what uses it, or set PORT to another one.`
  if (code === 'EACCES') return `Port ${port} needs rights that this user does not have: set PORT to 1024 or more.`
  return `HOST is ${host}, which is no address of this machine (${code}).`
}

function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo).port
}
