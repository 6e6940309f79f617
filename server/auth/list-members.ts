// Pages of the members of groups and projects, by address, any number of them with two statements. A project's hold those of
// its group, whose role holds for it.

import type { PrismaClient, User } from '../database/generated/client.ts'
import type { Place } from '../domain/place.ts'
import type { Role } from '../domain/role.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'
import { defineCursor, TEXT } from '../domain/list-cursor.ts'

export interface Member {
  user: User
  role: Role
  /** Where the membership lies. */
  source: 'GROUP' | 'PROJECT'
  since: Date
}

export interface MembersKey {
  place: Place
  first: number
  /** The page begins behind this one. */
  after: { email: string; source: string } | null
}

const CURSOR = defineCursor<[email: string, source: string]>(TEXT, TEXT)

type MemberRow = Omit<Member, 'user'> & { page: number; userId: string; email: string }

/** @throws InvalidFields for what is no cursor of this list. */
export function toMembersKey(place: Place, { first, after }: PageRequest): MembersKey {
  if (after === null) return { place, first, after }
  const [email, source] = CURSOR.parse(after)
  return { place, first, after: { email, source } }
}

/** In the order of the keys. */
export async function listMembers(prisma: PrismaClient, keys: readonly MembersKey[]): Promise<Page<Member>[]> {
  const wanted = keys.map(({ place, first, after }) => ({ ...place, ...after, limit: first + 1 }))
  const rows = await prisma.$queryRaw<MemberRow[]>`
    select k.page::int, l.*
      from jsonb_array_elements(${JSON.stringify(wanted)}::jsonb) with ordinality as k (wanted, page),
           jsonb_to_record(k.wanted) as w ("groupId" int, "projectId" int, email text, source text, "limit" int),
           lateral (
             select u.id as "userId", u.email, m.role, m.source, m.created_at as since
               from (select user_id, role, created_at, 'PROJECT' as source from project_member
                      where project_id = w."projectId"
                     union all
                     select user_id, role, created_at, 'GROUP' from group_member
                      where group_id = coalesce(w."groupId", (select group_id from project where id = w."projectId"))
                    ) m join app_user u on u.id = m.user_id
              where w.email is null or (u.email, m.source) > (w.email, w.source)
              order by u.email, m.source limit w."limit") l
     order by k.page, l.email, l.source`
  const users = await prisma.user.findMany({ where: { id: { in: rows.map(({ userId }) => userId) } } })
  const byId = new Map(users.map((user) => [user.id, user]))
  const byPage = Map.groupBy(rows, ({ page }) => page)
  return keys.map(({ first }, index) => toPage(byPage.get(index + 1) ?? [], first, byId))
}

function toPage(rows: readonly MemberRow[], first: number, users: ReadonlyMap<string, User>): Page<Member> {
  const items = rows.slice(0, first).flatMap(({ userId, email, role, source, since }) => {
    const user = users.get(userId)
    // Who was deleted between the two statements is no member any more.
    return user === undefined ? [] : [{ node: { user, role, source, since }, cursor: CURSOR.format([email, source]) }]
  })
  return { items, hasNextPage: rows.length > first }
}
