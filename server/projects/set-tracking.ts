// The switch of error tracking. Turned on for the first time it makes the settings and, where there is none, a key.

import { recordAudit } from '../auth/audit.ts'
import { abbreviateKey, makePublicKey } from '../domain/client-key.ts'
import type { TrackerBackend } from '../domain/project.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'
import { PROJECT_INCLUDE, type ProjectRow } from './project-row.ts'

/** @throws AppError NOT_FOUND. Whether one may is asked before. */
export async function setTracking(
  { database, actor, publish, now }: ChangeContext,
  projectId: number,
  { enabled, backend }: { enabled: boolean; backend?: TrackerBackend },
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
        ...(enabled ? { trackingConfiguredAt: before.trackingConfiguredAt ?? new Date(now()) } : {}),
      },
      include: PROJECT_INCLUDE,
    })
    const place = { projectId, groupId: after.groupId }
    await recordAudit(transaction, actor, {
      action: enabled ? 'error_tracking.enable' : 'error_tracking.disable',
      target: `${after.group.name}/${after.slug}`,
      ...place,
      changes: {
        enabled: { from: before.trackingEnabled, to: enabled },
        ...(before.backend === after.backend ? {} : { backend: { from: before.backend, to: after.backend } }),
      },
    })
    if (enabled && (await transaction.clientKey.count({ where: { projectId } })) === 0) {
      const { publicKey } = await transaction.clientKey.create({ data: { projectId, publicKey: makePublicKey() } })
      await recordAudit(transaction, actor, { action: 'client_key.create', target: abbreviateKey(publicKey), ...place })
    }
    return after
  })
  publish([{ type: 'project', projectId }])
  return project
}
