/** Each includes those before it. */
export const ROLES = ['REPORTER', 'DEVELOPER', 'MAINTAINER', 'OWNER'] as const
export type Role = (typeof ROLES)[number]

export function includesRole(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least)
}
