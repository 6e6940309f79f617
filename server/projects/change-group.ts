// A group's name, which is the first half of its projects' paths, and its end, with all its projects.

import { recordAudit } from '../auth/audit.ts'
import type { Group, Prisma } from '../database/generated/client.ts'
import { isUniqueViolation } from '../database/is-unique-violation.ts'
import { WHOLE_PROJECT } from '../database/purge.ts'
import { parseProjectPath, PATH_RULE } from '../domain/project.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'

/** @throws AppError NOT_FOUND, INVALID, CONFLICT. Whether one may is asked before. */
export async function renameGroup(
  { database, actor, publish }: ChangeContext,
  groupId: number,
  name: string,
): Promise<Group> {
  if (parseProjectPath(`${name}/project`) === null) throw new AppError('INVALID', PATH_RULE)
  const rename = database.prisma.$transaction(async (transaction) => {
    const before = await lockGroup(transaction, groupId)
    const changes = { path: { from: before.name, to: name } }
    await recordAudit(transaction, actor, { action: 'group.rename', target: before.name, groupId, changes })
    return transaction.group.update({ where: { id: groupId }, data: { name } })
  })
  const group = await rename.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new AppError('CONFLICT', `There is a group "${name}" already.`) : error
  })
  const projects = await database.prisma.project.findMany({ where: { groupId }, select: { id: true } })
  publish(projects.map(({ id }) => ({ type: 'project', projectId: id })))
  return group
}

/** @param typedName what somebody typed to confirm it. @throws AppError INVALID where that is another, NOT_FOUND */
export async function deleteGroup(
  { database, actor, publish }: ChangeContext,
  groupId: number,
  typedName: string,
): Promise<void> {
  const projects = await database.prisma.$transaction(async (transaction) => {
    const { name } = await lockGroup(transaction, groupId)
    if (typedName !== name) throw new AppError('INVALID', 'To delete the group, give its path.')
    const found = await transaction.project.findMany({ where: { groupId }, select: { id: true, slug: true } })
    await transaction.pendingDeletion.createMany({
      data: found.map(({ id }) => ({ projectId: id, issueId: WHOLE_PROJECT })),
    })
    await transaction.project.deleteMany({ where: { groupId } })
    await transaction.group.delete({ where: { id: groupId } })
    const changes = { projects: { from: found.map(({ slug }) => slug) } }
    await recordAudit(transaction, actor, { action: 'group.delete', target: name, groupId, changes })
    return found
  })
  publish([...projects.map(({ id }) => ({ type: 'project', projectId: id }) as const), { type: 'access' }])
}

async function lockGroup(transaction: Prisma.TransactionClient, groupId: number): Promise<Group> {
  await transaction.$queryRaw`select from project_group where id = ${groupId} for update`
  const group = await transaction.group.findUnique({ where: { id: groupId } })
  if (group === null) throw new AppError('NOT_FOUND', 'There is no such group.')
  return group
}
