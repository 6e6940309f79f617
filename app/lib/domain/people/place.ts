/** Where somebody is a member: a group or a project, by its id, as mutations take it. */
export type Place = { group: string } | { project: string }

export const ROLES = ['REPORTER', 'DEVELOPER', 'MAINTAINER', 'OWNER'] as const
