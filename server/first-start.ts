// What happens at the very first start, and never again: a first project with a key, and the owner's account where the
// variables name one. A variable that says something else at a later start is warned about, since it has no effect.

import { createHmac } from 'node:crypto'
import type { Pool } from 'pg'
import { OPERATOR, recordAudit } from './auth/audit.ts'
import type { Auth } from './auth/auth.ts'
import type { FirstStartConfig } from './config.ts'
import type { Database } from './database/client.ts'
import type { Prisma } from './database/generated/client.ts'
import { abbreviateKey, makePublicKey } from './domain/client-key.ts'
import type { Logger } from './log.ts'

const DEFAULT_PROJECT = { group: 'my-team', name: 'my-app' }
const SETTING = 'first_start'
const LOCK_ID = 1_179_405_397

export interface FirstStartDependencies {
  database: Database
  auth: Pick<Auth, 'createOwner' | 'giveOwnerToken'>
  config: FirstStartConfig
  secret: Buffer
  log: Logger
}

/** Processes that start together wait for each other, and one of them does it. */
export async function doFirstStart(dependencies: FirstStartDependencies): Promise<void> {
  const { database, config, secret, log } = dependencies
  const fingerprints = fingerprintVariables(config, secret)
  const client = await database.pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_ID])
    const done = await database.prisma.setting.findUnique({ where: { name: SETTING } })
    if (done !== null)
      return warnOfChanges((done.value as { variables: Record<string, string> }).variables, fingerprints, log)
    // Each step leaves alone what is there: a first start that was interrupted is done again from its beginning.
    await createFirstProject(database, config)
    if (config.owner !== null) await createOwner(dependencies, config.owner)
    await database.prisma.setting.create({
      data: { name: SETTING, value: { at: new Date().toISOString(), variables: fingerprints } },
    })
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK_ID]).catch(() => undefined)
    client.release()
  }
}

/** @returns the oldest key that SDKs may use, for the terminal; null when there is none any more. */
export async function findFirstKey(pool: Pool): Promise<{ publicKey: string; projectId: number } | null> {
  const { rows } = await pool.query<{ publicKey: string; projectId: number }>(
    `SELECT public_key AS "publicKey", project_id AS "projectId" FROM client_key
      WHERE active AND (expires_at IS NULL OR expires_at > now()) ORDER BY id LIMIT 1`,
  )
  return rows[0] ?? null
}

async function createFirstProject({ prisma }: Database, config: FirstStartConfig): Promise<void> {
  const { group, name } = config.project ?? DEFAULT_PROJECT
  const publicKey = config.clientKey ?? makePublicKey()
  await prisma.$transaction(async (transaction) => {
    const groupId = await ensureGroup(transaction, group)
    const place = { groupId, projectId: await ensureProject(transaction, groupId, { group, name }) }
    if ((await transaction.clientKey.count({ where: { projectId: place.projectId } })) > 0) return
    await transaction.clientKey.create({ data: { projectId: place.projectId, publicKey } })
    const target = abbreviateKey(publicKey)
    await recordAudit(transaction, OPERATOR, { action: 'client_key.create', target, ...place })
  })
}

async function ensureGroup(transaction: Prisma.TransactionClient, name: string): Promise<number> {
  const there = await transaction.group.findUnique({ where: { name } })
  if (there !== null) return there.id
  const { id } = await transaction.group.create({ data: { name } })
  await recordAudit(transaction, OPERATOR, { action: 'group.create', target: name, groupId: id })
  return id
}

async function ensureProject(
  transaction: Prisma.TransactionClient,
  groupId: number,
  { group, name }: { group: string; name: string },
): Promise<number> {
  const there = await transaction.project.findUnique({ where: { groupId_slug: { groupId, slug: name } } })
  if (there !== null) return there.id
  const { id: projectId } = await transaction.project.create({
    data: { groupId, slug: name, name, trackingEnabled: true, trackingConfiguredAt: new Date() },
  })
  const change = { target: `${group}/${name}`, groupId, projectId }
  await recordAudit(transaction, OPERATOR, { action: 'project.create', ...change, changes: { name: { to: name } } })
  await recordAudit(transaction, OPERATOR, {
    ...{ action: 'error_tracking.enable', ...change, changes: { enabled: { from: false, to: true } } },
  })
  return projectId
}

async function createOwner(
  { database, auth }: FirstStartDependencies,
  owner: NonNullable<FirstStartConfig['owner']>,
): Promise<void> {
  const existing = await database.prisma.user.findFirst({ where: { isOwner: true }, select: { id: true } })
  const { id } = existing ?? (await auth.createOwner({ email: owner.email, password: owner.password }))
  if (owner.token !== null) await auth.giveOwnerToken(id, owner.token)
}

/** Keyed with the secret, so that the database alone does not help to guess a password. */
function fingerprintVariables({ owner, project, clientKey }: FirstStartConfig, secret: Buffer): Record<string, string> {
  const variables = {
    FAULTLINE_OWNER_EMAIL: owner?.email,
    FAULTLINE_OWNER_PASSWORD: owner?.password,
    FAULTLINE_OWNER_TOKEN: owner?.token ?? undefined,
    FAULTLINE_PROJECT: project === null ? undefined : `${project.group}/${project.name}`,
    FAULTLINE_CLIENT_KEY: clientKey ?? undefined,
  }
  const prints: Record<string, string> = {}
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) continue
    prints[name] = createHmac('sha256', secret).update(`first start ${name} ${value}`).digest('base64url')
  }
  return prints
}

/** A variable that was taken away again is no change: it has done its work. */
function warnOfChanges(before: Record<string, string>, now: Record<string, string>, log: Logger): void {
  for (const [name, print] of Object.entries(now)) {
    if (before[name] !== print) log.warn(`${name} has no effect: it is used at the first start only, which was earlier`)
  }
}
