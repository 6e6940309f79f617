// Every permission question is asked here, so that one file tells who may do what. A permission has two halves, and both
// must hold: the role that the person has where the action happens, and the scope of the token they came with (a cookie
// has no limit of its own). Today the instance's owner is the only person, and OWNER everywhere; memberships of groups
// and projects belong into `findRole`, and nothing else here has to change for them.

import { AppError } from '../errors.ts'
import type { Scope, Viewer } from './viewer.ts'

/** Each includes those before it. */
const ROLES = ['REPORTER', 'DEVELOPER', 'MAINTAINER', 'OWNER'] as const
type Role = (typeof ROLES)[number]

interface ProjectTarget {
  projectId: number
}

/** Actions on one project, with the least role that may do them. */
const PROJECT_ACTIONS = {
  /** See the project, its issues and events, live too. */
  readProject: { role: 'REPORTER', scope: 'read_api' },
  /** Resolve, ignore, reopen. */
  changeIssue: { role: 'DEVELOPER', scope: 'api' },
  /** Settings and client keys. */
  manageProject: { role: 'MAINTAINER', scope: 'api' },
} as const satisfies Record<string, { role: Role; scope: Scope }>

/** Actions that belong to no project. */
const INSTANCE_ACTIONS = {
  /** List projects and oneself; what a list holds is asked for each project. */
  readInstance: { ownerOnly: false, scope: 'read_api' },
  manageOwnTokens: { ownerOnly: false, scope: 'api' },
  createProject: { ownerOnly: true, scope: 'api' },
  manageInstance: { ownerOnly: true, scope: 'api' },
} as const satisfies Record<string, { ownerOnly: boolean; scope: Scope }>

export type ProjectAction = keyof typeof PROJECT_ACTIONS
export type InstanceAction = keyof typeof INSTANCE_ACTIONS

export function can(viewer: Viewer | null, action: ProjectAction, target: ProjectTarget): boolean
export function can(viewer: Viewer | null, action: InstanceAction): boolean
export function can(viewer: Viewer | null, action: ProjectAction | InstanceAction, target?: ProjectTarget): boolean {
  return viewer !== null && hasScope(viewer, findRule(action).scope) && hasRole(viewer, action, target)
}

/**
 * @throws AppError UNAUTHENTICATED for who is not signed in, FORBIDDEN for who may not (with the scope that a token
 * lacks), NOT_FOUND where the project may not even be seen, so that the answer does not tell that it exists.
 */
export function assertCan(viewer: Viewer | null, action: ProjectAction, target: ProjectTarget): asserts viewer is Viewer
export function assertCan(viewer: Viewer | null, action: InstanceAction): asserts viewer is Viewer
export function assertCan(
  viewer: Viewer | null,
  action: ProjectAction | InstanceAction,
  target?: ProjectTarget,
): asserts viewer is Viewer {
  if (viewer === null) throw new AppError('UNAUTHENTICATED', 'Sign in, or send a personal access token.')
  if (target !== undefined && !hasRole(viewer, 'readProject', target)) {
    throw new AppError('NOT_FOUND', 'There is no such project.')
  }
  const { scope } = findRule(action)
  if (!hasScope(viewer, scope)) {
    throw new AppError('FORBIDDEN', `This access token lacks the scope "${scope}", which this needs.`)
  }
  if (!hasRole(viewer, action, target)) throw new AppError('FORBIDDEN', 'You are not allowed to do this.')
}

function hasScope(viewer: Viewer, scope: Scope): boolean {
  return viewer.scopes === null || viewer.scopes.includes('api') || viewer.scopes.includes(scope)
}

function hasRole(viewer: Viewer, action: ProjectAction | InstanceAction, target: ProjectTarget | undefined): boolean {
  if (!isProjectAction(action)) return viewer.isOwner || !INSTANCE_ACTIONS[action].ownerOnly
  const role = target === undefined ? null : findRole(viewer, target)
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(PROJECT_ACTIONS[action].role)
}

/** @returns null for who has nothing to do with the project. */
function findRole(viewer: Viewer, _target: ProjectTarget): Role | null {
  return viewer.isOwner ? 'OWNER' : null
}

function findRule(action: ProjectAction | InstanceAction): { scope: Scope } {
  return isProjectAction(action) ? PROJECT_ACTIONS[action] : INSTANCE_ACTIONS[action]
}

function isProjectAction(action: ProjectAction | InstanceAction): action is ProjectAction {
  return Object.hasOwn(PROJECT_ACTIONS, action)
}
