// Every permission question is asked here, so that one file tells who may do what. A permission has two halves, and both
// must hold: the role that the viewer has where the action happens, and a scope of the token they came with (a cookie has
// no limit of its own). The tables below are the rules; README.md shows them as a matrix.

import type { Role } from '../domain/role.ts'
import { includesRole } from '../domain/role.ts'
import { AppError } from '../errors.ts'
import { MissingScope } from './missing-scope.ts'
import type { Person, Scope, Viewer } from './viewer.ts'

interface ProjectTarget {
  projectId: number
}

interface GroupTarget {
  groupId: number
}

interface Rule {
  /** Those that allow it beside `api`; a refusal names the first. */
  scopes: readonly Scope[]
  /** Not for a project's token: what it may do must end with it. */
  personOnly?: true
}

const ANY_SCOPE = ['read_api', 'project:read', 'event:read', 'event:write', 'project:releases'] as const

/** Actions on one project, with the least role that may do them. */
const PROJECT_ACTIONS = {
  /** See that it is there: its name, path and number. Whatever else is read of a project is reached through it. */
  findProject: { role: 'REPORTER', scopes: ANY_SCOPE },
  /** Whether error tracking is on, what was received, who sends, how its releases do. */
  readProject: { role: 'REPORTER', scopes: ['project:read', 'read_api'] },
  /** Issues, events and what belongs to them, live too. */
  readIssues: { role: 'REPORTER', scopes: ['event:read', 'read_api'] },
  readMembers: { role: 'REPORTER', scopes: ['read_api'] },
  /** Resolve, ignore, reopen. */
  changeIssue: { role: 'DEVELOPER', scopes: ['event:write'] },
  manageReleases: { role: 'DEVELOPER', scopes: ['project:releases'] },
  /** Settings, client keys, the connection to a Sentry server. */
  readSettings: { role: 'MAINTAINER', scopes: ['read_api'] },
  manageProject: { role: 'MAINTAINER', scopes: [] },
  /** With all their events. */
  deleteIssues: { role: 'MAINTAINER', scopes: [] },
  manageMembers: { role: 'OWNER', scopes: [] },
  /** Of the project, with their roles. */
  readTokens: { role: 'OWNER', scopes: ['read_api'] },
  manageTokens: { role: 'OWNER', scopes: [], personOnly: true },
  readAuditLog: { role: 'OWNER', scopes: ['read_api'] },
  /** Whether the project has error tracking at all. */
  hideErrorTracking: { role: 'OWNER', scopes: [] },
  /** Another path, another group. */
  moveProject: { role: 'OWNER', scopes: [] },
  deleteProject: { role: 'OWNER', scopes: [] },
} as const satisfies Record<string, Rule & { role: Role }>

/** Actions on one group. A role on the group holds for its projects too; what they ask for is above. */
const GROUP_ACTIONS = {
  /** Its name; also for who sees one of its projects only. */
  findGroup: { role: 'SEES_A_PROJECT', scopes: ANY_SCOPE },
  readGroupMembers: { role: 'REPORTER', scopes: ['read_api'] },
  createProject: { role: 'OWNER', scopes: [] },
  manageGroupMembers: { role: 'OWNER', scopes: [] },
  readGroupAuditLog: { role: 'OWNER', scopes: ['read_api'] },
  renameGroup: { role: 'OWNER', scopes: [] },
  deleteGroup: { role: 'OWNER', scopes: [] },
} as const satisfies Record<string, Rule & { role: Role | 'SEES_A_PROJECT' }>

/** Actions that belong to no project or group. */
const INSTANCE_ACTIONS = {
  /** List what one sees. */
  readInstance: { by: 'EVERYBODY', scopes: ANY_SCOPE },
  readOwnAccount: { by: 'EVERYBODY', scopes: ['read_api'], personOnly: true },
  manageOwnTokens: { by: 'EVERYBODY', scopes: [], personOnly: true },
  acceptInvitation: { by: 'EVERYBODY', scopes: [], personOnly: true },
  createGroup: { by: 'GROUP_CREATORS', scopes: [], personOnly: true },
  /** All accounts, all groups, the whole audit log, what belongs to no project. */
  readEverything: { by: 'OWNER', scopes: ['read_api'], personOnly: true },
  manageInstance: { by: 'OWNER', scopes: [], personOnly: true },
} as const satisfies Record<string, Rule & { by: 'EVERYBODY' | 'GROUP_CREATORS' | 'OWNER' }>

export type ProjectAction = keyof typeof PROJECT_ACTIONS
export type GroupAction = keyof typeof GROUP_ACTIONS
export type InstanceAction = keyof typeof INSTANCE_ACTIONS
/** Who may do it is a person. */
type PersonAction = {
  [Name in InstanceAction]: (typeof INSTANCE_ACTIONS)[Name] extends { personOnly: true } ? Name : never
}[InstanceAction]
export type Action = ProjectAction | GroupAction | InstanceAction

type Target = ProjectTarget | GroupTarget | undefined

export function can(viewer: Viewer | null, action: ProjectAction, target: ProjectTarget): boolean
export function can(viewer: Viewer | null, action: GroupAction, target: GroupTarget): boolean
export function can(viewer: Viewer | null, action: InstanceAction): boolean
export function can(viewer: Viewer | null, action: Action, target?: Target): boolean {
  return viewer !== null && hasScope(viewer, action) && hasRole(viewer, action, target)
}

/**
 * @throws AppError UNAUTHENTICATED for who is not signed in, FORBIDDEN for who may not (MissingScope, where a token lacks
 * one), NOT_FOUND where the project or group may not even be seen, so that the answer does not tell that it exists.
 */
export function assertCan(viewer: Viewer | null, action: ProjectAction, target: ProjectTarget): asserts viewer is Viewer
export function assertCan(viewer: Viewer | null, action: GroupAction, target: GroupTarget): asserts viewer is Viewer
export function assertCan(viewer: Viewer | null, action: PersonAction): asserts viewer is Person
export function assertCan(viewer: Viewer | null, action: InstanceAction): asserts viewer is Viewer
export function assertCan(viewer: Viewer | null, action: Action, target?: Target): asserts viewer is Viewer {
  assertMayTry(viewer, action)
  if (target !== undefined && !sees(viewer, target)) {
    throw new AppError('NOT_FOUND', `There is no such ${'projectId' in target ? 'project' : 'group'}.`)
  }
  if (!hasRole(viewer, action, target)) throw new AppError('FORBIDDEN', 'You are not allowed to do this.')
}

/**
 * What can be said before it is known what the action is done to: who is not signed in, and whose token lacks the scope,
 * is told so, whether that is there or not.
 */
export function assertMayTry(viewer: Viewer | null, action: Action): asserts viewer is Viewer {
  if (viewer === null) throw new AppError('UNAUTHENTICATED', 'Sign in, or send a personal access token.')
  const { scopes, personOnly } = findRule(action)
  if (!hasScope(viewer, action)) throw new MissingScope([...scopes, 'api'])
  if (personOnly === true && viewer.kind !== 'person') {
    throw new AppError('FORBIDDEN', 'A project’s access token is not allowed to do this.')
  }
}

/** @returns null for who has nothing to do with it. */
export function findRole(viewer: Viewer, target: ProjectTarget | GroupTarget): Role | null {
  if (viewer.kind === 'project_token') {
    return 'projectId' in target && target.projectId === viewer.projectId ? viewer.role : null
  }
  if (viewer.isOwner) return 'OWNER'
  return (
    ('projectId' in target ? viewer.projectRoles.get(target.projectId) : viewer.groupRoles.get(target.groupId)) ?? null
  )
}

function sees(viewer: Viewer, target: ProjectTarget | GroupTarget): boolean {
  if (findRole(viewer, target) !== null) return true
  return 'groupId' in target && viewer.kind === 'person' && viewer.groupsSeen.has(target.groupId)
}

function hasScope(viewer: Viewer, action: Action): boolean {
  if (viewer.scopes === null || viewer.scopes.includes('api')) return true
  return findRule(action).scopes.some((scope) => viewer.scopes?.includes(scope))
}

function hasRole(viewer: Viewer, action: Action, target: Target): boolean {
  if (findRule(action).personOnly === true && viewer.kind !== 'person') return false
  if (isInstanceAction(action)) return isAmong(viewer, INSTANCE_ACTIONS[action].by)
  if (target === undefined) return false
  const least = isProjectAction(action) ? PROJECT_ACTIONS[action].role : GROUP_ACTIONS[action].role
  if (least === 'SEES_A_PROJECT') return sees(viewer, target)
  const role = findRole(viewer, target)
  return role !== null && includesRole(role, least)
}

function isAmong(viewer: Viewer, people: (typeof INSTANCE_ACTIONS)[InstanceAction]['by']): boolean {
  if (people === 'EVERYBODY') return true
  return viewer.kind === 'person' && (people === 'OWNER' ? viewer.isOwner : viewer.mayCreateGroups)
}

function findRule(action: Action): Rule {
  if (isProjectAction(action)) return PROJECT_ACTIONS[action]
  return isInstanceAction(action) ? INSTANCE_ACTIONS[action] : GROUP_ACTIONS[action]
}

export function isProjectAction(action: Action): action is ProjectAction {
  return Object.hasOwn(PROJECT_ACTIONS, action)
}

export function isInstanceAction(action: Action): action is InstanceAction {
  return Object.hasOwn(INSTANCE_ACTIONS, action)
}
