// What is done to a monitor, whichever way it is asked for. Whether one may is asked before. Rows are locked in the order in
// which check-ins lock them: the monitor, then its environments by their names.

import { recordAudit } from '../auth/audit.ts'
import type { Prisma } from '../database/generated/client.ts'
import { expectAfter, NOTHING_EXPECTED } from '../database/monitor-environments.ts'
import type { AuditAction } from '../domain/audit.ts'
import type { MonitorConfig } from '../domain/monitor.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'

export interface ChangedMonitor {
  projectId: number
  id: string
  slug: string
  config: MonitorConfig
}

const DELETED_AT_A_TIME_MAX = 5_000

/** Takes check-ins as ever, and expects none; or expects them again, from now on. @throws AppError NOT_FOUND. */
export async function pauseMonitor(context: ChangeContext, monitor: ChangedMonitor, isPaused: boolean): Promise<void> {
  const { projectId, id } = monitor
  const nowMs = context.now()
  await context.database.prisma.$transaction(async (transaction) => {
    const { count } = await transaction.monitor.updateMany({
      where: { projectId, id, pausedAt: isPaused ? null : { not: null } },
      data: { pausedAt: isPaused ? new Date(nowMs) : null },
    })
    // It is so already, or is gone; the next question tells.
    if (count === 0 && (await transaction.monitor.count({ where: { projectId, id } })) > 0) return
    if (count === 0) throw new AppError('NOT_FOUND', 'There is no such monitor.')
    await transaction.$queryRaw`
      select from monitor_environment where project_id = ${projectId} and monitor_id = ${id}::uuid
      order by name for update`
    const { nextExpectedAtMs, deadlineAtMs } = isPaused ? NOTHING_EXPECTED : expectAfter(monitor.config, nowMs)
    await transaction.monitorEnvironment.updateMany({
      where: { projectId, monitorId: id },
      data: { nextExpectedAt: toDate(nextExpectedAtMs), deadlineAt: toDate(deadlineAtMs), missedInARow: 0 },
    })
    await recordMonitorChange(context, transaction, isPaused ? 'monitor.pause' : 'monitor.resume', monitor)
  })
}

/**
 * With its check-ins; its issues stay. A check-in that tells a schedule makes it anew.
 * @param environment null: all of it. @throws AppError NOT_FOUND.
 */
export async function deleteMonitor(
  context: ChangeContext,
  monitor: ChangedMonitor,
  environment: string | null,
): Promise<void> {
  const { projectId, id } = monitor
  const place = { projectId, monitorId: id, ...(environment !== null && { environment }) }
  await context.database.prisma.$transaction(async (transaction) => {
    const { count } =
      environment === null
        ? await transaction.monitor.deleteMany({ where: { projectId, id } })
        : await transaction.monitorEnvironment.deleteMany({ where: { projectId, monitorId: id, name: environment } })
    if (count === 0) throw new AppError('NOT_FOUND', 'There is no such monitor or environment.')
    await transaction.monitorAlert.deleteMany({ where: place })
    await recordMonitorChange(context, transaction, 'monitor.delete', monitor, environment)
  })
  await deleteCheckIns(context, projectId, id, environment)
}

/** Nobody sees them any more. In pieces, since there may be a million. */
async function deleteCheckIns(
  { database }: ChangeContext,
  projectId: number,
  monitorId: string,
  environment: string | null,
): Promise<void> {
  for (;;) {
    const { rowCount } = await database.pool.query(
      `DELETE FROM check_in WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM check_in WHERE project_id = $1 AND monitor_id = $2 AND ($3::text IS NULL OR environment = $3)
         LIMIT ${DELETED_AT_A_TIME_MAX}))`,
      [projectId, monitorId, environment],
    )
    if (rowCount !== DELETED_AT_A_TIME_MAX) return
  }
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

async function recordMonitorChange(
  { actor }: ChangeContext,
  transaction: Prisma.TransactionClient,
  action: AuditAction,
  { projectId, slug }: ChangedMonitor,
  environment: string | null = null,
): Promise<void> {
  const project = await transaction.project.findUnique({ where: { id: projectId }, select: { groupId: true } })
  await recordAudit(transaction, actor, {
    action,
    target: slug,
    projectId,
    groupId: project?.groupId ?? null,
    ...(environment !== null && { changes: { environment: { from: environment } } }),
  })
}
