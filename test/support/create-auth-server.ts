// Sign-in alone, on a real database: for what the whole app makes hard to say, such as another public URL, another
// clock, a client's address, or two processes on one database.

import { randomBytes, randomUUID } from 'node:crypto'
import { fastify } from 'fastify'
import { pino } from 'pino'
import { inject } from 'vitest'
import { createAuth, type Auth } from '../../server/auth/auth.ts'
import { registerAuth } from '../../server/auth/register-auth.ts'
import type { Publish } from '../../server/domain/change.ts'
import { openDatabase, type Database } from '../../server/database/client.ts'
import { copyTemplate } from './copy-template.ts'

export interface AuthServer {
  auth: Auth
  database: Database
  /** Sent with this Origin, unless another is given. */
  publicUrl: string
  secret: Buffer
  clock: { nowMs: number }
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** A second process on the same database, with the same secret. */
  createSibling(): Auth
  stop(): Promise<void>
}

interface Answer {
  status: number
  headers: Record<string, unknown>
  /** As a browser would send them back. */
  cookie: string
  setCookies: string[]
  body: { code?: string; message?: string; user?: { id: string; email: string; name: string | null } | null }
}

export async function createAuthServer(publicUrl = 'http://localhost:4000'): Promise<AuthServer> {
  const connection = await copyTemplate(inject('template'), `faultline_auth_${randomUUID()}`)

  const log = pino({ level: 'silent' })
  const database = openDatabase(connection, log)
  const clock = { nowMs: Date.now() }
  const secret = randomBytes(32)
  // Both "processes" hear of each other's changes, as server/realtime makes real ones do.
  const listeners = new Set<Publish>()
  const options = {
    prisma: database.prisma,
    publicUrl: () => publicUrl,
    secret,
    publish: ((changes) => listeners.forEach((listener) => listener(changes))) as Publish,
    onChanges: (listener: Publish) => listeners.add(listener),
    log,
    clock: () => clock.nowMs,
  }
  const auth = createAuth(options)
  const server = fastify()
  registerAuth(server, { auth, clientAddress: (request) => String(request.headers['x-test-address'] ?? '192.0.2.1') })
  const auths = [auth]

  async function send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string) {
    const answer = await server.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
    const setCookies = [answer.headers['set-cookie'] ?? []].flat()
    const cookie = setCookies.map((text) => text.split(';', 1)[0]).join('; ')
    return { status: answer.statusCode, headers: answer.headers, cookie, setCookies, body: answer.json() }
  }

  return {
    auth,
    database,
    publicUrl,
    secret,
    clock,
    post: (path, body, headers = {}) =>
      send('POST', path, { origin: publicUrl, 'content-type': 'application/json', ...headers }, JSON.stringify(body)),
    get: (path, headers = {}) => send('GET', path, headers),
    createSibling() {
      const sibling = createAuth(options)
      auths.push(sibling)
      return sibling
    },
    async stop() {
      await server.close()
      await Promise.all(auths.map((each) => each.stop()))
      await database.close()
    },
  }
}
