// Personal access tokens, for API clients. The database holds a token's SHA-256 only: the secret has 238 bits of chance,
// so that a slow hash would protect nothing and cost every request. Look-ups are remembered for a few seconds; who
// revokes a token sees it refused at once by this process, and after that time by every other.

import { hash, randomInt } from 'node:crypto'
import type { AccessToken, PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { createBriefMemory } from './brief-memory.ts'
import { reportOutage } from './report-outage.ts'
import { SCOPES, type Viewer } from './viewer.ts'

const LOOKUP_LIFE_MS = 3000
const LOOKUP_ENTRIES_MAX = 2000
const WRITE_USE_AFTER_MS = 10_000
const TOKENS_PER_PERSON_MAX = 200

const SECRET_PREFIX = 'flt_'
const SECRET_RANDOM_LENGTH = 40
const SECRET_LENGTH_MAX = 255
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

interface NewAccessToken {
  userId: string
  name: string
  scopes: readonly string[]
  expiresAt: Date | null
}

export interface AccessTokens {
  /** @returns the row, and the secret, which nobody can be told again. @throws AppError INVALID */
  create(token: NewAccessToken): Promise<{ accessToken: AccessToken; secret: string }>
  /** Makes a token of a secret that is known already; one that is there is left as it is. */
  adopt(token: NewAccessToken, secret: string): Promise<void>
  /** @returns the row as it was, or null when this person has no such token. */
  revoke(userId: string, tokenId: string): Promise<AccessToken | null>
  /** Whose token this is; counts as a use. @throws AppError UNAUTHENTICATED when it is unknown, revoked or expired. */
  authenticate(secret: string): Promise<Viewer>
  /** Writes the times of use that are still in memory. */
  stop(): Promise<void>
}

interface KnownToken {
  viewer: Viewer
  tokenId: string
  expiresAtMs: number
}

export function createAccessTokens(options: {
  prisma: PrismaClient
  log: Pick<Logger, 'warn'>
  clock: () => number
}): AccessTokens {
  const { prisma, log, clock } = options
  const lookUps = createBriefMemory<KnownToken | null>({
    lifeMs: LOOKUP_LIFE_MS,
    entriesMax: LOOKUP_ENTRIES_MAX,
    clock,
  })
  const uses = createUseRecorder(prisma, log)

  async function findToken(secretHash: Buffer): Promise<KnownToken | null> {
    const token = await prisma.accessToken.findUnique({
      where: { secretHash: Uint8Array.from(secretHash) },
      include: { user: { select: { id: true, email: true, name: true, isOwner: true } } },
    })
    if (token === null) return null
    const { id: userId, email, name, isOwner } = token.user
    return {
      viewer: { userId, email, name: name === '' ? null : name, isOwner, scopes: token.scopes, tokenId: token.id },
      tokenId: token.id,
      expiresAtMs: token.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
    }
  }

  return {
    async create(token) {
      assertUsable(token, clock())
      if ((await prisma.accessToken.count({ where: { userId: token.userId } })) >= TOKENS_PER_PERSON_MAX) {
        throw new AppError('INVALID', `You have ${TOKENS_PER_PERSON_MAX} access tokens. Revoke one that is not used.`)
      }
      const secret = makeSecret()
      return { accessToken: await prisma.accessToken.create({ data: toRow(token, secret) }), secret }
    },

    async adopt(token, secret) {
      const row = toRow(token, secret)
      await prisma.accessToken.upsert({ where: { secretHash: row.secretHash }, create: row, update: {} })
      lookUps.forget(hashSecret(secret).toString('base64'))
    },

    async revoke(userId, tokenId) {
      const token = isUuid(tokenId) ? await prisma.accessToken.findFirst({ where: { id: tokenId, userId } }) : null
      if (token === null) return null
      await prisma.accessToken.deleteMany({ where: { id: tokenId } })
      lookUps.forget(Buffer.from(token.secretHash).toString('base64'))
      return token
    },

    async authenticate(secret) {
      if (secret.length > SECRET_LENGTH_MAX) throw new AppError('UNAUTHENTICATED', 'This access token is not valid.')
      const secretHash = hashSecret(secret)
      const token = await reportOutage(lookUps.recall(secretHash.toString('base64'), () => findToken(secretHash)))
      if (token === null) throw new AppError('UNAUTHENTICATED', 'This access token is not valid, or was revoked.')
      if (clock() >= token.expiresAtMs) throw new AppError('UNAUTHENTICATED', 'This access token has expired.')
      uses.add(token.tokenId, clock())
      return token.viewer
    },

    stop: () => uses.stop(),
  }
}

/** Collects times of use, and writes them together every ten seconds, as long as there are any. */
function createUseRecorder(prisma: PrismaClient, log: Pick<Logger, 'warn'>) {
  let lastUses = new Map<string, number>()
  let timer: NodeJS.Timeout | null = null

  async function write(): Promise<void> {
    const written = lastUses
    lastUses = new Map()
    if (written.size === 0) return
    const ids = [...written.keys()].sort()
    const times = ids.map((id) => new Date(written.get(id) ?? 0).toISOString())
    try {
      await prisma.$executeRaw`
        update access_token set last_used_at = greatest(last_used_at, used.at)
        from unnest(${ids}::uuid[], ${times}::timestamptz[]) as used (id, at)
        where access_token.id = used.id`
    } catch (error) {
      // A time of use is not worth a failed request, nor another try: the next use is written anyway.
      log.warn({ error }, 'could not write when access tokens were used')
    }
  }

  return {
    add(tokenId: string, atMs: number): void {
      lastUses.set(tokenId, atMs)
      if (timer !== null) return
      timer = setTimeout(() => {
        timer = null
        void write()
      }, WRITE_USE_AFTER_MS)
      timer.unref()
    },

    async stop(): Promise<void> {
      if (timer !== null) clearTimeout(timer)
      timer = null
      await write()
    },
  }
}

function assertUsable(token: NewAccessToken, nowMs: number): void {
  const name = token.name.trim()
  // PostgreSQL takes no NUL, and no page shows the others.
  if (name === '' || name.length > 100 || /[\x00-\x1f\x7f]/.test(name)) {
    throw new AppError('INVALID', 'A token’s name has 1 to 100 characters, all of them visible.')
  }
  const unknown = token.scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope))
  if (unknown !== undefined || token.scopes.length === 0) {
    throw new AppError('INVALID', `A token’s scopes are one or more of ${SCOPES.join(', ')}.`)
  }
  if (token.expiresAt !== null && !(token.expiresAt.getTime() > nowMs)) {
    throw new AppError('INVALID', 'A token’s expiry lies in the future.')
  }
}

function toRow(token: NewAccessToken, secret: string) {
  return {
    userId: token.userId,
    name: token.name.trim(),
    scopes: [...new Set(token.scopes)],
    expiresAt: token.expiresAt,
    secretHash: Uint8Array.from(hashSecret(secret)),
  }
}

function makeSecret(): string {
  return SECRET_PREFIX + Array.from({ length: SECRET_RANDOM_LENGTH }, () => BASE62[randomInt(62)]).join('')
}

function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
