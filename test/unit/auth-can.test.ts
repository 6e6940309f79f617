import { describe, expect, it } from 'vitest'
import { assertCan, can, type InstanceAction, type ProjectAction } from '../../server/auth/can.ts'
import type { Viewer } from '../../server/auth/viewer.ts'

const owner: Viewer = {
  userId: 'user',
  email: 'owner@example.com',
  name: null,
  isOwner: true,
  scopes: null,
  tokenId: null,
}
const stranger: Viewer = { ...owner, isOwner: false }
const target = { projectId: 1 }

const projectActions: ProjectAction[] = ['readProject', 'changeIssue', 'manageProject']
const instanceActions: InstanceAction[] = ['readInstance', 'manageOwnTokens', 'createProject', 'manageInstance']

function withToken(scopes: string[]): Viewer {
  return { ...owner, scopes, tokenId: 'token' }
}

function allowed(viewer: Viewer | null): string[] {
  return [
    ...projectActions.filter((action) => can(viewer, action, target)),
    ...instanceActions.filter((action) => can(viewer, action)),
  ]
}

describe('can', () => {
  it('lets the owner do everything, by cookie and by a token with the scope api', () => {
    const everything = [...projectActions, ...instanceActions]
    expect(allowed(owner)).toEqual(everything)
    expect(allowed(withToken(['api']))).toEqual(everything)
    expect(allowed(withToken(['read_api', 'api']))).toEqual(everything)
  })

  it('lets a token with the scope read_api read, and nothing else', () => {
    expect(allowed(withToken(['read_api']))).toEqual(['readProject', 'readInstance'])
  })

  it('lets a token without a scope that is known do nothing', () => {
    expect(allowed(withToken([]))).toEqual([])
    expect(allowed(withToken(['write_repository']))).toEqual([])
  })

  it('lets nobody do anything who is not signed in', () => {
    expect(allowed(null)).toEqual([])
  })

  it('lets a person without any role see no project', () => {
    expect(allowed(stranger)).toEqual(['readInstance', 'manageOwnTokens'])
  })
})

describe('assertCan', () => {
  it('passes what is allowed', () => {
    expect(() => assertCan(owner, 'changeIssue', target)).not.toThrow()
    expect(() => assertCan(withToken(['read_api']), 'readInstance')).not.toThrow()
  })

  it('asks who is not signed in to do so', () => {
    expect(() => assertCan(null, 'readProject', target)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
  })

  it('names the scope that a token lacks', () => {
    const refused = expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringContaining('"api"') })
    expect(() => assertCan(withToken(['read_api']), 'changeIssue', target)).toThrow(refused)
  })

  it('does not tell that a project exists to who may not see it', () => {
    const absent = expect.objectContaining({ code: 'NOT_FOUND' })
    expect(() => assertCan(stranger, 'readProject', target)).toThrow(absent)
    expect(() => assertCan(stranger, 'manageProject', target)).toThrow(absent)
  })

  it('forbids what only the owner may do', () => {
    expect(() => assertCan(stranger, 'createProject')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
  })
})
