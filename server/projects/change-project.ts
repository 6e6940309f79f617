// A project's name, and its place: another path in its group, or in another group.

import { recordAudit } from '../auth/audit.ts'
import type { Prisma } from '../database/generated/client.ts'
import { isUniqueViolation } from '../database/is-unique-violation.ts'
import { checkDisplayName, parseProjectPath, PATH_RULE } from '../domain/project.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'
import { findOrCreateGroup } from './create-project.ts'
import { PROJECT_INCLUDE, type ProjectRow } from './project-row.ts'

const FORMER_SLUGS_MAX = 50

/** @throws AppError NOT_FOUND, INVALID. Whether one may is asked before. */
export async function renameProject(context: ChangeContext, projectId: number, text: string): Promise<ProjectRow> {
  const name = checkDisplayName(text)
  return context.database.prisma.$transaction(async (transaction) => {
    const before = await lockProject(transaction, projectId)
    const changes = { name: { from: before.name, to: name } }
    const { groupId } = before
    const change = { action: 'project.rename', target: pathOf(before), groupId, projectId, changes } as const
    await recordAudit(transaction, context.actor, change)
    return transaction.project.update({ where: { id: projectId }, data: { name }, include: PROJECT_INCLUDE })
  })
}

/** @throws AppError NOT_FOUND, INVALID, CONFLICT, FORBIDDEN in the group. Whether one may move it is asked before. */
export async function moveProject(context: ChangeContext, projectId: number, path: string): Promise<ProjectRow> {
  const to = parseProjectPath(path)
  if (to === null) throw new AppError('INVALID', PATH_RULE)
  const move = context.database.prisma.$transaction(async (transaction) => {
    const before = await lockProject(transaction, projectId)
    const groupId =
      before.group.name === to.group ? before.groupId : await findOrCreateGroup(context, transaction, to.group)
    const data = { groupId, slug: to.name, formerSlugs: addFormerSlug(before, to.name) }
    const moved = await transaction.project.update({ where: { id: projectId }, data, include: PROJECT_INCLUDE })
    const changes = { path: { from: pathOf(before), to: pathOf(moved) } }
    // Read by the owners of both groups.
    for (const id of new Set([before.groupId, groupId])) {
      const change = { action: 'project.move', target: pathOf(before), groupId: id, changes } as const
      await recordAudit(transaction, context.actor, { ...change, projectId: id === groupId ? projectId : null })
    }
    return moved
  })
  const project = await move.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new AppError('CONFLICT', `There is a project "${path}" already.`) : error
  })
  context.publish([{ type: 'project', projectId }, { type: 'access' }])
  return project
}

/** Of a project that is moved to and fro each name is there once, and the present one is none of before. */
function addFormerSlug({ formerSlugs, slug }: ProjectRow, next: string): string[] {
  const others = formerSlugs.filter((former) => former !== slug)
  return [...others, slug].filter((former) => former !== next).slice(-FORMER_SLUGS_MAX)
}

async function lockProject(transaction: Prisma.TransactionClient, projectId: number): Promise<ProjectRow> {
  await transaction.$queryRaw`select from project where id = ${projectId} for update`
  const project = await transaction.project.findUnique({ where: { id: projectId }, include: PROJECT_INCLUDE })
  if (project === null) throw new AppError('NOT_FOUND', 'There is no such project.')
  return project
}

function pathOf({ group, slug }: ProjectRow): string {
  return `${group.name}/${slug}`
}
