// Access tokens, for API clients: a person's, or a project's with a role of its own. The database holds a token's SHA-256
// only: the secret has 238 bits of chance, so that a slow hash would protect nothing and cost every request. Look-ups are
// remembered for a moment; a change of access makes every process forget them.

import type { AccessToken, PrismaClient } from '../database/generated/client.ts'
import type { AuditAction } from '../domain/audit.ts'
import type { Publish } from '../domain/change.ts'
import type { Role } from '../domain/role.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { nameActor, OPERATOR, recordAudit, type Actor } from './audit.ts'
import { createBriefMemory } from './brief-memory.ts'
import { readPerson } from './read-person.ts'
import { reportOutage } from './report-outage.ts'
import { hashSecret, makeSecret } from './secret.ts'
import { createUseRecorder } from './use-recorder.ts'
import { SCOPES, type Viewer } from './viewer.ts'

const LOOKUP_LIFE_MS = 900
const LOOKUP_ENTRIES_MAX = 2000
const WRITE_USE_AFTER_MS = 10_000
/** Of a person, and of a project. */
const TOKENS_MAX = 200

const SECRET_PREFIX = 'flt_'
const SECRET_LENGTH_MAX = 255

type NewAccessToken = {
  name: string
  scopes: readonly string[]
  expiresAt: Date | null
} & ({ userId: string } | { projectId: number; role: Role })

type Holder = { userId: string } | { projectId: number }

export interface AccessTokens {
  /** @returns the row, and the secret, which nobody can be told again. @throws AppError INVALID */
  create(token: NewAccessToken, actor: Actor): Promise<{ accessToken: AccessToken; secret: string }>
  /** Makes a token of a secret that the operator knows already; one that is there is left as it is. */
  adopt(token: NewAccessToken, secret: string): Promise<void>
  /** @returns the row as it was, or null when this person or project has no such token. */
  revoke(holder: Holder, tokenId: string, actor: Actor): Promise<AccessToken | null>
  /** Whose token this is; counts as a use. @throws AppError UNAUTHENTICATED when it is unknown, revoked or expired. */
  authenticate(secret: string): Promise<Viewer>
  /** Somebody's access changed. */
  forgetLookUps(): void
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
  publish: Publish
  log: Pick<Logger, 'warn'>
  clock: () => number
}): AccessTokens {
  const { prisma, publish, log, clock } = options
  const lookUps = createBriefMemory<KnownToken | null>({
    lifeMs: LOOKUP_LIFE_MS,
    entriesMax: LOOKUP_ENTRIES_MAX,
    clock,
  })
  const uses = createUseRecorder({
    writeAfterMs: WRITE_USE_AFTER_MS,
    log,
    write: (ids, times) => prisma.$executeRaw`
      update access_token set last_used_at = greatest(last_used_at, used.at)
        from unnest(${ids}::uuid[], ${times}::timestamptz[]) as used (id, at) where access_token.id = used.id`,
  })

  async function findToken(secretHash: Uint8Array<ArrayBuffer>): Promise<KnownToken | null> {
    const token = await prisma.accessToken.findUnique({ where: { secretHash } })
    const viewer = token && (await findHolder(prisma, token))
    if (token === null || viewer === null) return null
    return { viewer, tokenId: token.id, expiresAtMs: token.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY }
  }

  async function countTokens(holder: Holder): Promise<number> {
    return prisma.accessToken.count({ where: toHolderColumns(holder) })
  }

  return {
    async create(token, actor) {
      assertUsable(token, clock())
      if ((await countTokens(token)) >= TOKENS_MAX) {
        throw new AppError('INVALID', `There are ${TOKENS_MAX} access tokens already. Revoke one that is not used.`)
      }
      const secret = SECRET_PREFIX + makeSecret()
      const accessToken = await prisma.$transaction(async (transaction) => {
        const data = { ...toRow(token, secret), createdBy: nameActor(actor) }
        const created = await transaction.accessToken.create({ data })
        await recordAudit(transaction, actor, await describeChange(transaction, 'access_token.create', created))
        return created
      })
      return { accessToken, secret }
    },

    async adopt(token, secret) {
      const row = toRow(token, secret)
      await prisma.$transaction(async (transaction) => {
        if ((await transaction.accessToken.count({ where: { secretHash: row.secretHash } })) > 0) return
        const created = await transaction.accessToken.create({ data: row })
        await recordAudit(transaction, OPERATOR, await describeChange(transaction, 'access_token.create', created))
      })
      lookUps.forgetAll()
    },

    async revoke(holder, tokenId, actor) {
      if (!isUuid(tokenId)) return null
      const token = await prisma.$transaction(async (transaction) => {
        const where = { id: tokenId, ...toHolderColumns(holder) }
        const found = await transaction.accessToken.findFirst({ where })
        // Of two that revoke it at once, one does.
        if (found === null || (await transaction.accessToken.deleteMany({ where })).count === 0) return null
        await recordAudit(transaction, actor, await describeChange(transaction, 'access_token.revoke', found))
        return found
      })
      if (token !== null) publish([{ type: 'access' }])
      return token
    },

    async authenticate(secret) {
      if (secret.length > SECRET_LENGTH_MAX) throw new AppError('UNAUTHENTICATED', 'This access token is not valid.')
      const secretHash = hashSecret(secret)
      const token = await reportOutage(
        lookUps.recall(Buffer.from(secretHash).toString('base64'), () => findToken(secretHash)),
      )
      if (token === null) throw new AppError('UNAUTHENTICATED', 'This access token is not valid, or was revoked.')
      if (clock() >= token.expiresAtMs) throw new AppError('UNAUTHENTICATED', 'This access token has expired.')
      uses.add(token.tokenId, clock())
      return token.viewer
    },

    forgetLookUps: () => lookUps.forgetAll(),

    stop: () => uses.stop(),
  }
}

async function findHolder(
  prisma: PrismaClient,
  { id, name, scopes, userId, projectId, role }: AccessToken,
): Promise<Viewer | null> {
  if (userId !== null) return readPerson(prisma, userId, { scopes, tokenId: id })
  if (projectId === null || role === null) return null
  return { kind: 'project_token', userId: null, name, projectId, role, scopes, tokenId: id }
}

async function describeChange(
  transaction: Pick<PrismaClient, 'project'>,
  action: AuditAction,
  { name, projectId, role, scopes, expiresAt }: AccessToken,
) {
  const project = projectId && (await transaction.project.findUnique({ where: { id: projectId } }))
  const expiry = expiresAt?.toISOString() ?? null
  const values = { scopes, expiresAt: expiry, ...(role === null ? {} : { role }) }
  const side = action === 'access_token.create' ? 'to' : 'from'
  const changes = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, { [side]: value }]))
  return { action, target: name, projectId, groupId: project ? project.groupId : null, changes }
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

function toHolderColumns(holder: Holder) {
  return 'userId' in holder ? { userId: holder.userId } : { projectId: holder.projectId }
}

function toRow(token: NewAccessToken, secret: string) {
  return {
    ...('userId' in token ? { userId: token.userId } : { projectId: token.projectId, role: token.role }),
    name: token.name.trim(),
    scopes: [...new Set(token.scopes)],
    expiresAt: token.expiresAt,
    secretHash: hashSecret(secret),
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
