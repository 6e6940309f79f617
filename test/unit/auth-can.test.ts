// The whole table: who may do what. A new action is not listed by itself; the compiler asks for its line here.

import { describe, expect, it } from 'vitest'
import {
  assertCan,
  assertMayTry,
  can,
  findRole,
  type Action,
  type GroupAction,
  type InstanceAction,
  type ProjectAction,
} from '../../server/auth/can.ts'
import { MissingScope } from '../../server/auth/missing-scope.ts'
import { SCOPES, type Viewer } from '../../server/auth/viewer.ts'
import { ROLES, type Role } from '../../server/domain/role.ts'
import { makePerson, makeProjectToken } from '../support/make-viewer.ts'

const PROJECT = { projectId: 1 }
const GROUP = { groupId: 10 }

/** Least role, and the scopes beside `api`. */
const PROJECT_RULES: Record<ProjectAction, [Role, string[]]> = {
  findProject: ['REPORTER', ['read_api', 'project:read', 'event:read', 'event:write', 'project:releases']],
  readProject: ['REPORTER', ['read_api', 'project:read']],
  readIssues: ['REPORTER', ['read_api', 'event:read']],
  readMembers: ['REPORTER', ['read_api']],
  changeIssue: ['DEVELOPER', ['event:write']],
  manageReleases: ['DEVELOPER', ['project:releases']],
  readSettings: ['MAINTAINER', ['read_api']],
  manageProject: ['MAINTAINER', []],
  deleteIssues: ['MAINTAINER', []],
  manageMembers: ['OWNER', []],
  readTokens: ['OWNER', ['read_api']],
  manageTokens: ['OWNER', []],
  readAuditLog: ['OWNER', ['read_api']],
  hideErrorTracking: ['OWNER', []],
  moveProject: ['OWNER', []],
  deleteProject: ['OWNER', []],
}
const GROUP_RULES: Record<GroupAction, [Role, string[]]> = {
  findGroup: ['REPORTER', ['read_api', 'project:read', 'event:read', 'event:write', 'project:releases']],
  readGroupMembers: ['REPORTER', ['read_api']],
  createProject: ['OWNER', []],
  manageGroupMembers: ['OWNER', []],
  readGroupAuditLog: ['OWNER', ['read_api']],
  renameGroup: ['OWNER', []],
  deleteGroup: ['OWNER', []],
}
const INSTANCE_RULES: Record<InstanceAction, ['everybody' | 'creators' | 'owner', string[]]> = {
  readInstance: ['everybody', ['read_api', 'project:read', 'event:read', 'event:write', 'project:releases']],
  readOwnAccount: ['everybody', ['read_api']],
  manageOwnTokens: ['everybody', []],
  acceptInvitation: ['everybody', []],
  createGroup: ['creators', []],
  readEverything: ['owner', ['read_api']],
  manageInstance: ['owner', []],
}
const PERSONS_ONLY = new Set<Action>([
  ...(['manageTokens', 'readOwnAccount', 'manageOwnTokens', 'createGroup'] as const),
  ...(['acceptInvitation', 'readEverything', 'manageInstance'] as const),
])

const projectActions = Object.keys(PROJECT_RULES) as ProjectAction[]
const groupActions = Object.keys(GROUP_RULES) as GroupAction[]
const instanceActions = Object.keys(INSTANCE_RULES) as InstanceAction[]

const instanceOwner = makePerson({ isOwner: true })
const stranger = makePerson()
const onProject = (role: Role) => makePerson({ projectRoles: new Map([[1, role]]), groupsSeen: new Set([10]) })
/** With the project in it, as server/auth/read-person.ts says it. */
const onGroup = (role: Role) => makePerson({ ...onProject(role), groupRoles: new Map([[10, role]]) })

function allowed(viewer: Viewer | null): Action[] {
  return [
    ...projectActions.filter((action) => can(viewer, action, PROJECT)),
    ...groupActions.filter((action) => can(viewer, action, GROUP)),
    ...instanceActions.filter((action) => can(viewer, action)),
  ]
}

function reachedBy(role: Role, rules: Record<string, [Role, string[]]>): string[] {
  return Object.entries(rules).flatMap(([action, [least]]) =>
    ROLES.indexOf(role) >= ROLES.indexOf(least) ? [action] : [],
  )
}

const forEverybody = ['readInstance', 'readOwnAccount', 'manageOwnTokens', 'acceptInvitation']

describe('can', () => {
  it.each(ROLES)('lets a %s of the project do what that role may, there only', (role) => {
    expect(allowed(onProject(role))).toEqual([...reachedBy(role, PROJECT_RULES), 'findGroup', ...forEverybody])
    for (const action of projectActions) expect(can(onProject(role), action, { projectId: 2 })).toBe(false)
  })

  it.each(ROLES)('lets a %s of the group do what that role may, in the group and its project', (role) => {
    const expected = [...reachedBy(role, PROJECT_RULES), ...reachedBy(role, GROUP_RULES), ...forEverybody]
    expect(allowed(onGroup(role))).toEqual(expected)
    for (const action of groupActions) expect(can(onGroup(role), action, { groupId: 11 })).toBe(false)
  })

  it.each(ROLES)('lets a project’s token with the role %s do what that role may, in its project only', (role) => {
    const token = makeProjectToken({ role })
    const reached = reachedBy(role, PROJECT_RULES).filter((action) => !PERSONS_ONLY.has(action as Action))
    expect(allowed(token)).toEqual([...reached, 'readInstance'])
    for (const action of projectActions) expect(can(token, action, { projectId: 2 })).toBe(false)
  })

  it('lets the instance’s owner do everything, by cookie and by a token with the scope api', () => {
    const everything = [...projectActions, ...groupActions, ...instanceActions]
    expect(allowed(instanceOwner)).toEqual(everything)
    expect(allowed({ ...instanceOwner, scopes: ['api'], tokenId: 'token' })).toEqual(everything)
  })

  it('lets who has no role anywhere see nothing, and make groups where the instance allows it', () => {
    expect(allowed(stranger)).toEqual(forEverybody)
    expect(allowed(makePerson({ mayCreateGroups: true }))).toEqual([...forEverybody, 'createGroup'])
  })

  it('lets nobody do anything who is not signed in', () => {
    expect(allowed(null)).toEqual([])
  })

  it.each(SCOPES)('lets a token with the scope %s do what the scope allows, whatever its role', (scope) => {
    const rules = { ...PROJECT_RULES, ...GROUP_RULES, ...INSTANCE_RULES }
    const expected = Object.entries(rules).flatMap(([action, [, scopes]]) =>
      scope === 'api' || scopes.includes(scope) ? [action] : [],
    )
    expect(allowed({ ...instanceOwner, scopes: [scope], tokenId: 'token' })).toEqual(expected)
  })

  it('lets a token without a scope that is known do nothing', () => {
    expect(allowed({ ...instanceOwner, scopes: [] })).toEqual([])
    expect(allowed({ ...instanceOwner, scopes: ['write_repository'] })).toEqual([])
  })
})

describe('findRole', () => {
  it('is the one that the project has for the viewer', () => {
    expect(findRole(instanceOwner, PROJECT)).toBe('OWNER')
    expect(findRole(onGroup('DEVELOPER'), PROJECT)).toBe('DEVELOPER')
    expect(findRole(onGroup('DEVELOPER'), GROUP)).toBe('DEVELOPER')
    expect(findRole(onProject('DEVELOPER'), GROUP)).toBeNull()
    expect(findRole(makeProjectToken({ role: 'OWNER' }), GROUP)).toBeNull()
    expect(findRole(stranger, PROJECT)).toBeNull()
  })
})

describe('assertCan', () => {
  const coded = (code: string) => expect.objectContaining({ code })

  it('passes what is allowed', () => {
    expect(() => assertCan(onProject('DEVELOPER'), 'changeIssue', PROJECT)).not.toThrow()
    expect(() => assertCan({ ...stranger, scopes: ['read_api'] }, 'readInstance')).not.toThrow()
  })

  it('asks who is not signed in to do so', () => {
    expect(() => assertCan(null, 'readProject', PROJECT)).toThrow(coded('UNAUTHENTICATED'))
  })

  it('names the scopes of which a token lacks one, the narrowest first', () => {
    const reader = { ...onProject('OWNER'), scopes: ['project:read'], tokenId: 'token' }
    const refusal = (action: ProjectAction) => {
      try {
        assertCan(reader, action, PROJECT)
      } catch (error) {
        return error
      }
    }
    expect(refusal('changeIssue')).toBeInstanceOf(MissingScope)
    expect(refusal('changeIssue')).toMatchObject({ code: 'FORBIDDEN', scopes: ['event:write', 'api'] })
    expect(refusal('readIssues')).toMatchObject({ message: expect.stringContaining('"event:read"') })
    expect(refusal('manageProject')).toMatchObject({ scopes: ['api'] })
    expect(refusal('readProject')).toBeUndefined()
  })

  it('does not tell that a project or group exists to who may not see it', () => {
    for (const action of projectActions) {
      expect(() => assertCan(stranger, action, PROJECT), action).toThrow(coded('NOT_FOUND'))
    }
    for (const action of groupActions) {
      expect(() => assertCan(stranger, action, GROUP), action).toThrow(coded('NOT_FOUND'))
    }
  })

  it('forbids what the role does not reach', () => {
    expect(() => assertCan(onProject('REPORTER'), 'changeIssue', PROJECT)).toThrow(coded('FORBIDDEN'))
    expect(() => assertCan(onProject('OWNER'), 'createProject', GROUP)).toThrow(coded('FORBIDDEN'))
    expect(() => assertCan(stranger, 'manageInstance')).toThrow(coded('FORBIDDEN'))
  })
})

describe('assertMayTry', () => {
  it('tells what is known before the target is', () => {
    expect(() => assertMayTry(null, 'changeIssue')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
    expect(() => assertMayTry({ ...stranger, scopes: ['read_api'] }, 'changeIssue')).toThrow(MissingScope)
    expect(() => assertMayTry(makeProjectToken({ role: 'OWNER' }), 'manageTokens')).toThrow('project’s access token')
    expect(() => assertMayTry(stranger, 'changeIssue')).not.toThrow()
  })
})
