// Which roles the values of a provider's claim stand for: `devs=acme:DEVELOPER, leads=acme/shop:MAINTAINER`.

import { ROLES, type Role } from './role.ts'

export interface MappedRole {
  /** Of the claim. */
  value: string
  group: string
  /** null: the whole group. */
  project: string | null
  role: Role
}

/**
 * A value may hold commas and equals signs, as the names of LDAP groups do: an entry ends with a path and a role, and that
 * is how its end is found.
 *
 * @returns null when it cannot be read.
 */
export function parseRoleMapping(text: string): MappedRole[] | null {
  const name = '[a-z0-9][a-z0-9_-]{0,62}'
  const entry = new RegExp(`\\s*(\\S.*?)=(${name})(?:/(${name}))?:(${ROLES.join('|')})\\s*(?:,|$)`, 'gsy')
  const mapped: MappedRole[] = []
  while (entry.lastIndex < text.length) {
    const match = entry.exec(text)
    if (match === null) return null
    const [, value = '', group = '', project = null, role] = match
    mapped.push({ value, group, project, role: role as Role })
  }
  return mapped.length === 0 ? null : mapped
}
