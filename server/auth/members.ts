// Who is a member of what, with which role. A group keeps an owner, once it has one; a project needs none of its own, since
// the owners of its group and of the instance are its owners too.

import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import type { Publish } from '../domain/change.ts'
import type { Place } from '../domain/place.ts'
import { includesRole, type Role } from '../domain/role.ts'
import { AppError } from '../errors.ts'
import { recordAudit, type Actor } from './audit.ts'

export interface Membership {
  place: Place
  userId: string
  /** The provider's claim says so, and may take it back (oidc/apply-roles.ts); what a person says stays. */
  byProvider?: boolean
}

export interface MembersDeps {
  prisma: PrismaClient
  publish: Publish
}

/** @throws AppError NOT_FOUND, CONFLICT for the last owner. Whether the actor may is asked before. */
export async function setMember(deps: MembersDeps, actor: Actor, membership: Membership, role: Role): Promise<void> {
  await deps.prisma.$transaction(async (transaction) => {
    const before = await lockMember(transaction, membership)
    if (before === role) return
    await writeMember(transaction, membership, role)
    if (before === 'OWNER') await assertOwnerLeft(transaction, membership.place)
    await recordMember(transaction, actor, membership, before, role)
  })
  deps.publish([{ type: 'access' }])
}

/** @throws AppError NOT_FOUND, CONFLICT for the last owner. Whether the actor may is asked before. */
export async function removeMember(deps: MembersDeps, actor: Actor, membership: Membership): Promise<void> {
  await deps.prisma.$transaction(async (transaction) => {
    const before = await lockMember(transaction, membership)
    if (before === null) throw new AppError('NOT_FOUND', 'There is no such member.')
    await deleteMember(transaction, membership)
    if (before === 'OWNER') await assertOwnerLeft(transaction, membership.place)
    await recordMember(transaction, actor, membership, before, null)
  })
  deps.publish([{ type: 'access' }])
}

/** For who was invited: makes a member, or gives a member the higher role of the two. Nothing is published. */
export async function addMember(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  membership: Membership,
  role: Role,
): Promise<void> {
  const before = await lockMember(transaction, membership)
  if (before !== null && includesRole(before, role)) return
  await writeMember(transaction, membership, role)
  await recordMember(transaction, actor, membership, before, role)
}

/**
 * Locks the place, so that two owners who remove each other do it one after the other.
 *
 * @returns the role so far.
 */
async function lockMember(transaction: Prisma.TransactionClient, { place, userId }: Membership): Promise<Role | null> {
  if ('groupId' in place) {
    const { groupId } = place
    await transaction.$queryRaw`select from project_group where id = ${groupId} for update`
    return (await transaction.groupMember.findUnique({ where: { groupId_userId: { groupId, userId } } }))?.role ?? null
  }
  const { projectId } = place
  await transaction.$queryRaw`select from project where id = ${projectId} for update`
  const where = { projectId_userId: { projectId, userId } }
  return (await transaction.projectMember.findUnique({ where }))?.role ?? null
}

async function writeMember(transaction: Prisma.TransactionClient, membership: Membership, role: Role) {
  const { place, userId, byProvider = false } = membership
  const update = { role, byProvider }
  if ('groupId' in place) {
    const key = { groupId: place.groupId, userId }
    return transaction.groupMember.upsert({ where: { groupId_userId: key }, create: { ...key, ...update }, update })
  }
  const key = { projectId: place.projectId, userId }
  return transaction.projectMember.upsert({ where: { projectId_userId: key }, create: { ...key, ...update }, update })
}

async function deleteMember(transaction: Prisma.TransactionClient, { place, userId }: Membership) {
  if ('groupId' in place) return transaction.groupMember.deleteMany({ where: { groupId: place.groupId, userId } })
  return transaction.projectMember.deleteMany({ where: { projectId: place.projectId, userId } })
}

async function assertOwnerLeft(transaction: Prisma.TransactionClient, place: Place): Promise<void> {
  if (!('groupId' in place)) return
  const owners = { groupId: place.groupId, role: 'OWNER', user: { disabledAt: null } } as const
  if ((await transaction.groupMember.count({ where: owners })) > 0) return
  throw new AppError('CONFLICT', 'A group keeps an owner: make somebody else an owner first.')
}

async function recordMember(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  { place, userId }: Membership,
  from: Role | null,
  to: Role | null,
): Promise<void> {
  const { email } = await transaction.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } })
  const action = from === null ? 'member.add' : to === null ? 'member.remove' : 'member.change'
  await recordAudit(transaction, actor, {
    action,
    target: email,
    ...(await findPlaceIds(transaction, place)),
    changes: { role: { from, to } },
  })
}

/** A project's entries are read by the owners of its group, too. */
export async function findPlaceIds(
  transaction: Pick<PrismaClient, 'project'>,
  place: Place,
): Promise<{ groupId: number | null; projectId: number | null }> {
  if ('groupId' in place) return { groupId: place.groupId, projectId: null }
  const { projectId } = place
  const project = await transaction.project.findUnique({ where: { id: projectId }, select: { groupId: true } })
  return { groupId: project?.groupId ?? null, projectId }
}
