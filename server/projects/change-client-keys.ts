// What is done to the keys of a project, whichever way it is asked for. Whether one may is asked before; every process
// holds to a change within a second.

import { recordAudit } from '../auth/audit.ts'
import type { ClientKey, Prisma } from '../database/generated/client.ts'
import { isUniqueViolation } from '../database/is-unique-violation.ts'
import type { AuditedChange } from '../domain/audit.ts'
import { abbreviateKey, makePublicKey } from '../domain/client-key.ts'
import { checkClientKeySettings, checkPublicKey, type ClientKeySettings } from '../domain/client-key-settings.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'
import { matchUsableKeys } from './match-usable-keys.ts'

const GRACE_SECONDS_MAX = 365 * 24 * 60 * 60
/** A project with more than this has a script gone wild. */
const KEYS_MAX = 1_000

/**
 * @param publicKey one that comes from elsewhere; else a new one is made.
 * @throws AppError NOT_FOUND without such a project, INVALID, CONFLICT when it has too many keys or the key is in use.
 */
export async function createClientKey(
  context: ChangeContext,
  projectId: number,
  publicKey: string | null = null,
  settings: ClientKeySettings = {},
): Promise<ClientKey> {
  assertEndsLater(context, settings.expiresAt)
  const data = {
    projectId,
    publicKey: publicKey === null ? makePublicKey() : checkPublicKey(publicKey),
    ...checkClientKeySettings(settings),
  }
  const clientKey = await context.database.prisma
    .$transaction(async (transaction) => {
      const project = await transaction.project.findUnique({ where: { id: projectId }, select: { id: true } })
      if (project === null) throw new AppError('NOT_FOUND', 'There is no such project.')
      if ((await transaction.clientKey.count({ where: { projectId } })) >= KEYS_MAX) {
        throw new AppError('CONFLICT', `A project can have ${KEYS_MAX} keys. Delete those that are not in use.`)
      }
      const created = await transaction.clientKey.create({ data })
      await recordKeyChange(context, transaction, 'client_key.create', created)
      return created
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? new AppError('CONFLICT', 'This key is in use already.') : error
    })
  context.publish([{ type: 'project', projectId }])
  return clientKey
}

/** @throws AppError INVALID for an impossible grace period, CONFLICT when the key has ended already. */
export async function rotateClientKey(
  context: ChangeContext,
  { id, projectId }: Pick<ClientKey, 'id' | 'projectId'>,
  graceSeconds: number,
): Promise<{ newKey: ClientKey; oldKey: ClientKey }> {
  if (graceSeconds < 0 || graceSeconds > GRACE_SECONDS_MAX) {
    throw new AppError('INVALID', `"graceSeconds" must be between 0 and ${GRACE_SECONDS_MAX}, a year.`)
  }
  const keys = await context.database.prisma.$transaction(async (transaction) => {
    const now = new Date(context.now())
    const graceEnd = new Date(now.getTime() + graceSeconds * 1000)
    const { count } = await transaction.clientKey.updateMany({
      where: { id, ...matchUsableKeys(now) },
      data: { active: graceSeconds > 0, rotatedAt: now },
    })
    if (count === 0) throw new AppError('CONFLICT', 'This key is no longer active.')
    // A key that was to end before, by its own expiry or an earlier rotation, gets no longer life by this one.
    await transaction.clientKey.updateMany({
      where: { id, OR: [{ expiresAt: null }, { expiresAt: { gt: graceEnd } }] },
      data: { expiresAt: graceEnd },
    })
    const oldKey = await transaction.clientKey.findUniqueOrThrow({ where: { id } })
    // The new key may do what the old one did.
    const { name, eventsPerMinute, allowedOrigins } = oldKey
    const newKey = await transaction.clientKey.create({
      data: { projectId, publicKey: makePublicKey(), name, eventsPerMinute, allowedOrigins },
    })
    await recordKeyChange(context, transaction, 'client_key.rotate', oldKey, {
      newKey: { to: abbreviateKey(newKey.publicKey) },
      graceSeconds: { to: graceSeconds },
    })
    return { newKey, oldKey }
  })
  context.publish([{ type: 'project', projectId }])
  return keys
}

/**
 * An end that has passed already may be sent again, as all settings of an expired key may.
 *
 * @throws AppError INVALID for an impossible value, NOT_FOUND when somebody deleted it meanwhile.
 */
export async function updateClientKey(
  context: ChangeContext,
  { id, projectId }: Pick<ClientKey, 'id' | 'projectId'>,
  settings: ClientKeySettings,
): Promise<ClientKey> {
  const data = checkClientKeySettings(settings)
  const clientKey = await context.database.prisma.$transaction(async (transaction) => {
    const before = await transaction.clientKey.findUnique({ where: { id } })
    if (before === null) throw new AppError('NOT_FOUND', 'There is no such key.')
    if (data.expiresAt?.getTime() !== before.expiresAt?.getTime()) assertEndsLater(context, data.expiresAt)
    const after = await transaction.clientKey.update({ where: { id }, data })
    const changes = describeChanges(before, after)
    if (Object.keys(changes).length > 0) {
      await recordKeyChange(context, transaction, 'client_key.update', after, changes)
    }
    return after
  })
  context.publish([{ type: 'project', projectId }])
  return clientKey
}

/** @throws AppError NOT_FOUND when somebody else was faster. */
export async function deleteClientKey(context: ChangeContext, clientKey: ClientKey): Promise<void> {
  const { id, projectId } = clientKey
  await context.database.prisma.$transaction(async (transaction) => {
    const { count } = await transaction.clientKey.deleteMany({ where: { id } })
    if (count === 0) throw new AppError('NOT_FOUND', 'There is no such key.')
    await recordKeyChange(context, transaction, 'client_key.delete', clientKey)
  })
  context.publish([{ type: 'project', projectId }])
}

/** A key that never works is a slip of the pen: what is to end now is made inactive, or deleted. */
function assertEndsLater({ now }: ChangeContext, expiresAt: Date | null | undefined): void {
  if (expiresAt == null || expiresAt.getTime() > now()) return
  throw new AppError('INVALID', '"expiresAt" must lie in the future. Make a key inactive to end it now.')
}

function describeChanges(before: ClientKey, after: ClientKey): NonNullable<AuditedChange['changes']> {
  const read = ({ name, active, eventsPerMinute, allowedOrigins, expiresAt }: ClientKey) => ({
    ...{ name, active, eventsPerMinute },
    allowedOrigins: allowedOrigins.join(' '),
    expiresAt: expiresAt?.toISOString() ?? null,
  })
  const [from, to] = [read(before), read(after)]
  const changed = (Object.keys(from) as (keyof typeof from)[]).filter((field) => from[field] !== to[field])
  return Object.fromEntries(changed.map((field) => [field, { from: from[field], to: to[field] }]))
}

async function recordKeyChange(
  { actor }: ChangeContext,
  transaction: Prisma.TransactionClient,
  action: AuditedChange['action'],
  { projectId, publicKey }: ClientKey,
  changes?: AuditedChange['changes'],
): Promise<void> {
  const project = await transaction.project.findUnique({ where: { id: projectId }, select: { groupId: true } })
  const groupId = project?.groupId ?? null
  await recordAudit(transaction, actor, { action, target: abbreviateKey(publicKey), projectId, groupId, changes })
}
