// Sign-in alone, on a real database: for what the whole app makes hard to say, such as another public URL, another
// clock, a client's address, or two processes on one database.

import { randomBytes, randomUUID } from 'node:crypto'
import { fastify } from 'fastify'
import { pino } from 'pino'
import { inject } from 'vitest'
import { createAuth, type Auth } from '../../server/auth/auth.ts'
import { SCRYPT, type PasswordHasher } from '../../server/auth/passwords.ts'
import { registerAuth } from '../../server/auth/register-auth.ts'
import type { Publish } from '../../server/domain/change.ts'
import type { OidcConfig } from '../../server/config.ts'
import { openDatabase, type Database } from '../../server/database/client.ts'
import type { MailMessage } from '../../server/mail/mail.ts'
import { copyTemplate } from './copy-template.ts'

export interface AuthServer {
  auth: Auth
  database: Database
  /** Sent with this Origin, unless another is given. */
  publicUrl: string
  secret: Buffer
  clock: { nowMs: number }
  /** What people were sent, in place of mail. */
  mails: MailMessage[]
  /** Passwords that were hashed or compared so far. */
  hashes: { count: number }
  /** How often the database was asked so far. */
  statements: { count: number }
  /** Somebody with the password 'correct horse battery', who is not an owner. */
  addPerson(email?: string): Promise<{ id: string; email: string }>
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
  body: {
    code?: string
    message?: string
    email?: string | null
    user?: { id: string; email: string; name: string | null } | null
    needsCode?: boolean
    url?: string
    provider?: { name: string; isConnected: boolean } | null
    secret?: string
    uri?: string
    recoveryCodes?: string[]
    twoFactor?: { enabledAt: string | null; recoveryCodesLeft: number }
    hasPassword?: boolean
    ended?: number
    sessions?: {
      id: string
      isCurrent: boolean
      lastUsedAt: string
      address: string | null
      userAgent: string | null
    }[]
  }
}

interface AuthServerOptions {
  publicUrl?: string
  /** Default true. */
  mailIsOn?: boolean
  oidc?: OidcConfig | null
}

/** Made once: people may share it, and it takes its time. */
let passwordHash: Promise<string> | null = null

export async function createAuthServer(options: AuthServerOptions = {}): Promise<AuthServer> {
  const { publicUrl = 'http://localhost:4000', mailIsOn = true, oidc = null } = options
  const connection = await copyTemplate(inject('template'), `faultline_auth_${randomUUID()}`)

  const log = pino({ level: 'silent' })
  const database = openDatabase(connection, log)
  const clock = { nowMs: Date.now() }
  const secret = randomBytes(32)
  // Both "processes" hear of each other's changes, as server/realtime makes real ones do.
  const listeners = new Set<Publish>()
  const mails: MailMessage[] = []
  const hashes = { count: 0 }
  const statements = { count: 0 }
  database.pool.on('acquire', () => (statements.count += 1))
  const authOptions = {
    ...{ prisma: database.prisma, publicUrl: () => publicUrl, secret, log, clock: () => clock.nowMs },
    publish: ((changes) => listeners.forEach((listener) => listener(changes))) as Publish,
    onChanges: (listener: Publish) => listeners.add(listener),
    mail: { isOn: mailIsOn, send: (message: MailMessage) => void mails.push(message), stop: () => Promise.resolve() },
    hasher: countHashes(hashes),
    oidc,
  }
  const auth = createAuth(authOptions)
  const server = fastify()
  registerAuth(server, { auth, clientAddress: (request) => String(request.headers['x-test-address'] ?? '192.0.2.1') })
  const auths = [auth]

  async function send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string) {
    const answer = await server.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
    const setCookies = [answer.headers['set-cookie'] ?? []].flat()
    const cookie = setCookies.map((text) => text.split(';', 1)[0]).join('; ')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      cookie,
      setCookies,
      body: answer.body === '' ? {} : answer.json(),
    }
  }

  return {
    auth,
    database,
    publicUrl,
    secret,
    clock,
    mails,
    hashes,
    statements,
    post: (path, body, headers = {}) =>
      send('POST', path, { origin: publicUrl, 'content-type': 'application/json', ...headers }, JSON.stringify(body)),
    get: (path, headers = {}) => send('GET', path, headers),
    async addPerson(email = `${randomUUID()}@example.com`) {
      passwordHash ??= SCRYPT.hashPassword('correct horse battery')
      const id = randomUUID()
      const account = { id: randomUUID(), accountId: id, providerId: 'credential', password: await passwordHash }
      await database.prisma.user.create({ data: { id, email, name: 'Grace', accounts: { create: account } } })
      return { id, email }
    },
    createSibling() {
      const sibling = createAuth(authOptions)
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

function countHashes(hashes: { count: number }): PasswordHasher {
  return {
    hashPassword(password) {
      hashes.count += 1
      return SCRYPT.hashPassword(password)
    },
    verifyPassword(given) {
      hashes.count += 1
      return SCRYPT.verifyPassword(given)
    },
  }
}
