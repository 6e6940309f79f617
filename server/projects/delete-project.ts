// A project, gone with everything of it: itself, its keys, tokens and members at once, what was received as soon as that
// can be (server/database/purge.ts). Its number is not given out again.

import { recordAudit } from '../auth/audit.ts'
import { WHOLE_PROJECT } from '../database/purge.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'

/** @param typedPath what somebody typed to confirm it. @throws AppError INVALID where that is another, NOT_FOUND */
export async function deleteProject(
  { database, actor, publish }: ChangeContext,
  projectId: number,
  typedPath: string,
): Promise<void> {
  await database.prisma.$transaction(async (transaction) => {
    await transaction.$queryRaw`select from project where id = ${projectId} for update`
    const project = await transaction.project.findUnique({ where: { id: projectId }, include: { group: true } })
    if (project === null) throw new AppError('NOT_FOUND', 'There is no such project.')
    const path = `${project.group.name}/${project.slug}`
    if (typedPath !== path) throw new AppError('INVALID', 'To delete the project, give its whole path.')
    await transaction.pendingDeletion.create({ data: { projectId, issueId: WHOLE_PROJECT } })
    await transaction.project.delete({ where: { id: projectId } })
    const { groupId } = project
    await recordAudit(transaction, actor, { action: 'project.delete', target: path, groupId, projectId })
  })
  publish([{ type: 'project', projectId }, { type: 'access' }])
}
