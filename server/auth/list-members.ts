// Pages of the members of a group or project, by address. A project's hold those of its group, whose role holds for it.

import type { PrismaClient, User } from '../database/generated/client.ts'
import { Prisma } from '../database/generated/client.ts'
import type { Place } from '../domain/place.ts'
import type { Role } from '../domain/role.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'
import { parseCursor, formatCursor } from '../domain/list-cursor.ts'

export interface Member {
  user: User
  role: Role
  /** Where the membership lies. */
  source: 'GROUP' | 'PROJECT'
  since: Date
}

type MemberRow = Omit<Member, 'user'> & { userId: string; email: string }

export async function listMembers(prisma: PrismaClient, place: Place, page: PageRequest): Promise<Page<Member>> {
  const [email, source] = page.after === null ? [] : parseCursor(page.after, 2)
  const follows = email === undefined ? Prisma.empty : Prisma.sql`where (u.email, m.source) > (${email}, ${source})`
  const rows = await prisma.$queryRaw<MemberRow[]>`
    select u.id as "userId", u.email, m.role, m.source, m.created_at as since
      from (${selectMembers(place)}) m join app_user u on u.id = m.user_id ${follows}
     order by u.email, m.source limit ${page.first + 1}`
  const users = await prisma.user.findMany({ where: { id: { in: rows.map(({ userId }) => userId) } } })
  const byId = new Map(users.map((user) => [user.id, user]))
  const items = rows.slice(0, page.first).flatMap((row) => {
    const user = byId.get(row.userId)
    const { role, source: from, since } = row
    // Who was deleted between the two statements is no member any more.
    return user === undefined
      ? []
      : [{ node: { user, role, source: from, since }, cursor: formatCursor([row.email, from]) }]
  })
  return { items, hasNextPage: rows.length > page.first }
}

function selectMembers(place: Place): Prisma.Sql {
  if ('groupId' in place) {
    return Prisma.sql`select user_id, role, created_at, 'GROUP' as source from group_member where group_id = ${place.groupId}`
  }
  return Prisma.sql`
    select user_id, role, created_at, 'PROJECT' as source from project_member where project_id = ${place.projectId}
    union all
    select m.user_id, m.role, m.created_at, 'GROUP' from group_member m join project p using (group_id)
     where p.id = ${place.projectId}`
}
