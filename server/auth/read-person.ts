// A person with all that their rights rest on, in one statement: it is asked for again every second that somebody works.

import { Prisma, type PrismaClient } from '../database/generated/client.ts'
import type { Role } from '../domain/role.ts'
import type { Person } from './viewer.ts'

interface PersonRow {
  id: string
  email: string
  name: string
  isOwner: boolean
  mayCreateGroups: boolean
  groupRoles: [groupId: number, role: Role][] | null
  projectRoles: [projectId: number, groupId: number, role: Role][] | null
}

/** @returns null for who is not there, or was disabled. */
export async function readPerson(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  userId: string,
  by: Pick<Person, 'scopes' | 'tokenId'>,
): Promise<Person | null> {
  const [row] = await prisma.$queryRaw<PersonRow[]>(SELECT_PERSON(userId))
  return row === undefined ? null : toPerson(row, by)
}

function toPerson(row: PersonRow, { scopes, tokenId }: Pick<Person, 'scopes' | 'tokenId'>): Person {
  const { id, email, name, isOwner, mayCreateGroups, groupRoles, projectRoles } = row
  const groups = new Map(groupRoles)
  return {
    kind: 'person',
    userId: id,
    email,
    name: name === '' ? null : name,
    isOwner,
    mayCreateGroups: isOwner || mayCreateGroups,
    groupRoles: groups,
    projectRoles: new Map(projectRoles?.map(([projectId, , role]) => [projectId, role])),
    groupsSeen: new Set([...groups.keys(), ...(projectRoles ?? []).map(([, groupId]) => groupId)]),
    scopes,
    tokenId,
  }
}

/** The enum's order is that of the roles, so that `max` is the higher one. */
const SELECT_PERSON = (userId: string) => Prisma.sql`
  select u.id, u.email, u.name, u.is_owner as "isOwner",
         exists (select from setting where name = 'group_creators' and value = '"EVERYBODY"') as "mayCreateGroups",
         (select json_agg(json_build_array(m.group_id, m.role)) from group_member m
           where m.user_id = u.id and not u.is_owner) as "groupRoles",
         (select json_agg(json_build_array(r.project_id, r.group_id, r.role)) from (
            select p.id as project_id, p.group_id, max(m.role) as role
              from (select p.id as project_id, m.role from group_member m join project p using (group_id) where m.user_id = u.id
                    union all
                    select project_id, role from project_member where user_id = u.id) m
              join project p on p.id = m.project_id group by p.id) r
           where not u.is_owner) as "projectRoles"
    from app_user u where u.id = ${userId} and u.disabled_at is null`
