// Who asks: a person, by cookie or with a token of theirs, or a token that belongs to a project and stands for nobody.

import type { Role } from '../domain/role.ts'

/** What an access token may be allowed: README.md tells which allows what. */
export const SCOPES = ['api', 'read_api', 'project:read', 'event:read', 'event:write', 'project:releases'] as const
export type Scope = (typeof SCOPES)[number]

export interface Person {
  kind: 'person'
  userId: string
  email: string
  name: string | null
  /** Of the whole instance: sees and may do everything. */
  isOwner: boolean
  mayCreateGroups: boolean
  /** Empty for the instance's owner, who needs none. */
  groupRoles: ReadonlyMap<number, Role>
  /** The higher of the group's and the project's own, of every project with either. Empty for the instance's owner. */
  projectRoles: ReadonlyMap<number, Role>
  /** Groups of which they see one project at least, or are members. */
  groupsSeen: ReadonlySet<number>
  /** null: signed in by cookie, where no scope limits what the person may do. */
  scopes: readonly string[] | null
  /** null: signed in by cookie. */
  tokenId: string | null
}

export interface ProjectToken {
  kind: 'project_token'
  userId: null
  /** The token's. */
  name: string
  projectId: number
  role: Role
  scopes: readonly string[]
  tokenId: string
}

export type Viewer = Person | ProjectToken

/** Equal for viewers who get the same answers. */
export function describeRights(viewer: Viewer | null): string {
  if (viewer === null) return ''
  let rights = known.get(viewer)
  if (rights === undefined) known.set(viewer, (rights = format(viewer)))
  return rights
}

const known = new WeakMap<Viewer, string>()

function format(viewer: Viewer): string {
  if (viewer.kind === 'project_token') return JSON.stringify([viewer.projectId, viewer.role, viewer.scopes])
  const { userId, isOwner, mayCreateGroups, groupRoles, projectRoles, scopes } = viewer
  return JSON.stringify([userId, isOwner, mayCreateGroups, [...groupRoles], [...projectRoles], scopes])
}
