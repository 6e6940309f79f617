import { describe, expect, it } from 'vitest'
import { readClaimValues, readIdentity, type Claims } from '../../server/auth/oidc/read-claims.ts'
import { parseRoleMapping } from '../../server/domain/role-mapping.ts'

const [group, role] = ['acme', 'DEVELOPER']

describe('FAULTLINE_OIDC_ROLES', () => {
  it('names a value of the claim, a group or project, and a role', () => {
    expect(parseRoleMapping('devs=acme:DEVELOPER, lead devs=acme/shop:MAINTAINER,')).toEqual([
      { value: 'devs', group, project: null, role },
      { value: 'lead devs', group, project: 'shop', role: 'MAINTAINER' },
    ])
  })

  it('takes values that hold commas, colons and equals signs themselves', () => {
    expect(parseRoleMapping('cn=devs,ou=x=acme:DEVELOPER,urn:id:all=acme:REPORTER')).toEqual([
      { value: 'cn=devs,ou=x', group, project: null, role },
      { value: 'urn:id:all', group, project: null, role: 'REPORTER' },
    ])
  })

  it.each([
    '',
    'devs',
    'devs=acme',
    '=acme:DEVELOPER',
    'devs=acme:developer',
    'devs=Acme:DEVELOPER',
    'devs=acme/a/b:OWNER',
    'devs=acme:OWNER nonsense',
    'devs=acme:OWNER,nonsense',
  ])('cannot be %j', (text) => {
    expect(parseRoleMapping(text)).toBeNull()
  })

  it('is read in a moment, whatever stands there', () => {
    expect(parseRoleMapping(`${'a='.repeat(5_000)}:`)).toBeNull()
  })
})

describe('what a provider says of somebody', () => {
  it.each<[string, unknown, string, string[]]>([
    ['a list', ['devs', 'all', 7], 'groups', ['devs', 'all']],
    ['a text', 'devs', 'groups', ['devs']],
    ['an object', { devs: {}, all: {} }, 'groups', ['devs', 'all']],
    ['nothing', undefined, 'groups', []],
    ['null', null, 'groups', []],
    ['a number', 7, 'groups', []],
  ])('has values as %s', (_what, groups, path, values) => {
    expect([...readClaimValues({ groups }, path)]).toEqual(values)
  })

  it('may lie deep, or have dots in its name', () => {
    const claims: Claims = { realm_access: { roles: ['deep'] }, 'https://acme.example/roles': ['named'] }
    expect([...readClaimValues(claims, 'realm_access.roles')]).toEqual(['deep'])
    expect([...readClaimValues(claims, 'https://acme.example/roles')]).toEqual(['named'])
    for (const path of ['constructor', '__proto__.x', 'realm_access.roles.length', 'realm_access.other']) {
      expect(readClaimValues(claims, path).size).toBe(0)
    }
  })

  it.each<[unknown, boolean]>([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [1, false],
    [undefined, false],
  ])('vouches for an address with %j: %j', (email_verified, emailVerified) => {
    expect(readIdentity({ sub: '1', email: 'Ada@Example.com', email_verified })).toEqual({
      ...{ subject: '1', email: 'ada@example.com', emailVerified, name: '' },
    })
  })

  it('is taken with care', () => {
    const identity = readIdentity({ sub: '1', email: 'no address', name: `A\0d\na${'x'.repeat(500)}` })
    expect(identity).toMatchObject({ email: null, name: `Ada${'x'.repeat(97)}` })
    expect(readIdentity({ sub: '1', name: 7, preferred_username: 'ada' })).toMatchObject({ name: 'ada' })
  })
})
