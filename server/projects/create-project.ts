// A new project: with error tracking off, without settings and without a key. Its group is made where it is new, and
// belongs to who made it.

import { recordAudit } from '../auth/audit.ts'
import { can } from '../auth/can.ts'
import type { Prisma } from '../database/generated/client.ts'
import { isUniqueViolation } from '../database/is-unique-violation.ts'
import { checkDisplayName, PATH_RULE, parseProjectPath } from '../domain/project.ts'
import { AppError } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'
import { PROJECT_INCLUDE, type ProjectRow } from './project-row.ts'

export async function createProject(
  context: ChangeContext,
  input: { path: string; name?: string | null | undefined },
): Promise<ProjectRow> {
  const path = parseProjectPath(input.path)
  if (path === null) throw new AppError('INVALID', PATH_RULE)
  const place = { group: path.group, slug: path.name, name: checkDisplayName(input.name ?? path.name) }
  const create = () => context.database.prisma.$transaction((transaction) => insertProject(context, transaction, place))
  const project = await create().catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error
    // The project is there, or its group was made at the same moment.
    return create().catch((again: unknown) => {
      throw isUniqueViolation(again) ? new AppError('CONFLICT', `There is a project "${input.path}" already.`) : again
    })
  })
  // The members of its group have it from now on.
  context.publish([{ type: 'access' }])
  return project
}

async function insertProject(
  context: ChangeContext,
  transaction: Prisma.TransactionClient,
  { group, slug, name }: { group: string; slug: string; name: string },
): Promise<ProjectRow> {
  const groupId = await findOrCreateGroup(context, transaction, group)
  const project = await transaction.project.create({ data: { groupId, slug, name }, include: PROJECT_INCLUDE })
  await recordAudit(transaction, context.actor, {
    action: 'project.create',
    target: `${group}/${slug}`,
    groupId,
    projectId: project.id,
    changes: { name: { to: name } },
  })
  return project
}

/** Who may do neither is told the same, whether there is such a group or not. */
export async function findOrCreateGroup(
  { viewer, actor }: ChangeContext,
  transaction: Prisma.TransactionClient,
  name: string,
): Promise<number> {
  const group = await transaction.group.findUnique({ where: { name }, select: { id: true } })
  const isAllowed = group === null ? can(viewer, 'createGroup') : can(viewer, 'createProject', { groupId: group.id })
  if (!isAllowed) throw new AppError('FORBIDDEN', `You are not allowed to create projects in the group "${name}".`)
  if (group !== null) return group.id
  const { id } = await transaction.group.create({ data: { name }, select: { id: true } })
  if (viewer?.kind === 'person') {
    await transaction.groupMember.create({ data: { groupId: id, userId: viewer.userId, role: 'OWNER' } })
  }
  await recordAudit(transaction, actor, { action: 'group.create', target: name, groupId: id })
  return id
}
