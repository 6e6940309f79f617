// The switches of error tracking. Turned on it makes the settings and, where none is active, a key.

import { recordAudit } from '../auth/audit.ts'
import type { Prisma } from '../database/generated/client.ts'
import { abbreviateKey, makePublicKey } from '../domain/client-key.ts'
import type { TrackerBackend } from '../domain/project.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'
import { matchUsableKeys } from './match-usable-keys.ts'
import { PROJECT_INCLUDE, type ProjectRow } from './project-row.ts'

interface TrackingChange {
  enabled: boolean
  /** Unchanged where it is not given. */
  backend?: TrackerBackend
  /** Whether there are settings from now on, also when it is turned off. */
  makesSettings?: boolean
}

/** @throws AppError NOT_FOUND. Whether one may is asked before. */
export async function setTracking(
  { database, actor, publish, now }: ChangeContext,
  projectId: number,
  { enabled, backend, makesSettings = enabled }: TrackingChange,
): Promise<ProjectRow> {
  const project = await database.prisma.$transaction(async (transaction) => {
    // Locked, so that two calls at once do not make two keys.
    await transaction.$queryRaw`select from project where id = ${projectId} for update`
    const before = await transaction.project.findUnique({ where: { id: projectId }, include: PROJECT_INCLUDE })
    if (before === null) throw new AppError('NOT_FOUND', 'There is no such project.')
    const after = await transaction.project.update({
      where: { id: projectId },
      data: {
        trackingEnabled: enabled,
        ...(backend === undefined ? {} : { backend }),
        ...(makesSettings ? { trackingConfiguredAt: before.trackingConfiguredAt ?? new Date(now()) } : {}),
      },
      include: PROJECT_INCLUDE,
    })
    const place = { projectId, groupId: after.groupId }
    if (isAnother(before, after)) {
      await recordAudit(transaction, actor, {
        action: enabled ? 'error_tracking.enable' : 'error_tracking.disable',
        target: `${after.group.name}/${after.slug}`,
        ...place,
        changes: {
          enabled: { from: before.trackingEnabled, to: enabled },
          ...(before.backend === after.backend ? {} : { backend: { from: before.backend, to: after.backend } }),
        },
      })
    }
    if (enabled && after.backend === 'INTEGRATED' && !(await hasActiveKey(transaction, projectId, new Date(now())))) {
      const { publicKey } = await transaction.clientKey.create({ data: { projectId, publicKey: makePublicKey() } })
      await recordAudit(transaction, actor, { action: 'client_key.create', target: abbreviateKey(publicKey), ...place })
    }
    return after
  })
  publish([{ type: 'project', projectId }])
  return project
}

/** API clients set what is set already, again and again. */
function isAnother(before: ProjectRow, after: ProjectRow): boolean {
  const isNew = before.trackingConfiguredAt === null && after.trackingConfiguredAt !== null
  return isNew || before.trackingEnabled !== after.trackingEnabled || before.backend !== after.backend
}

/** @throws AppError NOT_FOUND. Whether one may is asked before. */
export async function hideTracking(context: ChangeContext, projectId: number, hidden: boolean): Promise<ProjectRow> {
  const { database, actor, publish } = context
  const project = await database.prisma.$transaction(async (transaction) => {
    const before = await transaction.project.findUnique({ where: { id: projectId }, include: PROJECT_INCLUDE })
    if (before === null) throw new AppError('NOT_FOUND', 'There is no such project.')
    if (before.trackingHidden === hidden) return before
    await recordAudit(transaction, actor, {
      action: hidden ? 'error_tracking.hide' : 'error_tracking.show',
      target: `${before.group.name}/${before.slug}`,
      projectId,
      groupId: before.groupId,
    })
    const data = { trackingHidden: hidden }
    return transaction.project.update({ where: { id: projectId }, data, include: PROJECT_INCLUDE })
  })
  publish([{ type: 'project', projectId }])
  return project
}

async function hasActiveKey(transaction: Prisma.TransactionClient, projectId: number, now: Date): Promise<boolean> {
  return (await transaction.clientKey.count({ where: { projectId, ...matchUsableKeys(now) } })) > 0
}
