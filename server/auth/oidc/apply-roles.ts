// Gives a person the roles that the provider's claim stands for, at each sign-in, and takes back those that it gave before
// and gives no more. What somebody gave by hand here stays as it is, whatever the claim says.

import type { PrismaClient } from '../../database/generated/client.ts'
import type { MappedRole } from '../../domain/role-mapping.ts'
import type { Place } from '../../domain/place.ts'
import { includesRole, type Role } from '../../domain/role.ts'
import { AppError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import { OPERATOR, recordAudit } from '../audit.ts'
import { removeMember, setMember, type MembersDeps } from '../members.ts'

export interface GrantedRoles {
  roles: readonly MappedRole[]
  /** Of the instance; null: the provider has no say in that. */
  isOwner: boolean | null
}

interface ProviderMembership {
  place: Place
  role: Role
  byProvider: boolean
}

type RolesDeps = MembersDeps & { log: Pick<Logger, 'warn'> }

export async function applyRoles(deps: RolesDeps, userId: string, granted: GrantedRoles): Promise<void> {
  await applyOwnership(deps, userId, granted.isOwner)
  const wanted = await findPlaces(deps, granted.roles)
  const members = await listMemberships(deps.prisma, userId)
  for (const [key, { byProvider, place }] of members) {
    if (byProvider && !wanted.has(key)) await takeBack(deps, userId, place)
  }
  for (const [key, { place, role }] of wanted) {
    const member = members.get(key)
    if (member !== undefined && (!member.byProvider || member.role === role)) continue
    await setMember(deps, OPERATOR, { place, userId, byProvider: true }, role)
  }
}

async function applyOwnership({ prisma, publish, log }: RolesDeps, userId: string, isOwner: boolean | null) {
  if (isOwner === null) return
  const changed = await prisma.$transaction(async (transaction) => {
    // All owners, in their order: two of them who lose it at once wait for each other, and one of them stays.
    await transaction.$queryRaw`select from app_user where is_owner or id = ${userId} order by id for update`
    const user = await transaction.user.findUniqueOrThrow({ where: { id: userId } })
    if (isOwner === user.isOwner || (user.isOwner && !user.ownerByProvider)) return false
    const others = await transaction.user.count({ where: { isOwner: true, disabledAt: null, id: { not: userId } } })
    if (!isOwner && others === 0) {
      log.warn({ userId }, 'the only owner of the instance stays one, although the provider says no more that they are')
      return false
    }
    await transaction.user.update({ where: { id: userId }, data: { isOwner, ownerByProvider: isOwner } })
    const changes = { isOwner: { from: user.isOwner, to: isOwner } }
    await recordAudit(transaction, OPERATOR, { action: 'user.change', target: user.email, changes })
    return true
  })
  if (changed) publish([{ type: 'access' }])
}

/** By place; of two values that give roles in one place the higher one counts. */
async function findPlaces({ prisma, log }: RolesDeps, roles: readonly MappedRole[]) {
  const wanted = new Map<string, { place: Place; role: Role }>()
  for (const { group: name, project: slug, role } of roles) {
    const place = await findPlace(prisma, name, slug)
    if (place === null) {
      log.warn({ path: slug === null ? name : `${name}/${slug}` }, 'FAULTLINE_OIDC_ROLES names what is not there')
      continue
    }
    const before = wanted.get(keyOf(place))
    if (before === undefined || includesRole(role, before.role)) wanted.set(keyOf(place), { place, role })
  }
  return wanted
}

async function findPlace(prisma: PrismaClient, name: string, slug: string | null): Promise<Place | null> {
  if (slug === null) {
    const group = await prisma.group.findUnique({ where: { name } })
    return group === null ? null : { groupId: group.id }
  }
  const project = await prisma.project.findFirst({ where: { slug, group: { name } } })
  return project === null ? null : { projectId: project.id }
}

async function listMemberships(prisma: PrismaClient, userId: string): Promise<Map<string, ProviderMembership>> {
  const [groups, projects] = await Promise.all([
    prisma.groupMember.findMany({ where: { userId } }),
    prisma.projectMember.findMany({ where: { userId } }),
  ])
  const all: ProviderMembership[] = [
    ...groups.map(({ groupId, role, byProvider }) => ({ place: { groupId }, role, byProvider })),
    ...projects.map(({ projectId, role, byProvider }) => ({ place: { projectId }, role, byProvider })),
  ]
  return new Map(all.map((membership) => [keyOf(membership.place), membership]))
}

async function takeBack(deps: RolesDeps, userId: string, place: Place): Promise<void> {
  try {
    await removeMember(deps, OPERATOR, { place, userId })
  } catch (error) {
    // A group keeps its last owner, and somebody else may have removed the member meanwhile.
    if (!(error instanceof AppError)) throw error
    deps.log.warn(
      { userId, ...place, reason: error.message },
      'a role that the provider gives no more could not be taken back',
    )
  }
}

function keyOf(place: Place): string {
  return 'groupId' in place ? `group ${place.groupId}` : `project ${place.projectId}`
}
