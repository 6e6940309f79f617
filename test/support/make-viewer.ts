import type { Person, ProjectToken } from '../../server/auth/viewer.ts'

/** Somebody who is signed in by cookie, and a member of nothing. */
export function makePerson(changes: Partial<Person> = {}): Person {
  return {
    kind: 'person',
    userId: 'user',
    email: 'person@example.com',
    name: null,
    isOwner: false,
    mayCreateGroups: changes.isOwner ?? false,
    groupRoles: new Map(),
    projectRoles: new Map(),
    groupsSeen: new Set(),
    scopes: null,
    tokenId: null,
    ...changes,
  }
}

/** Of project 1, with every scope. */
export function makeProjectToken(changes: Partial<ProjectToken> = {}): ProjectToken {
  return {
    kind: 'project_token',
    userId: null,
    name: 'deploys',
    projectId: 1,
    role: 'REPORTER',
    scopes: ['api'],
    tokenId: 'token',
    ...changes,
  }
}
