import { describe, expect, it } from 'vitest'
import type { AccessTokens } from '../../server/auth/access-tokens.ts'
import { createAuthenticate } from '../../server/auth/authenticate.ts'
import type { Sessions } from '../../server/auth/sessions.ts'
import { AppError } from '../../server/errors.ts'
import { makePerson } from '../support/make-viewer.ts'

const person = makePerson()
const client = makePerson({ scopes: ['api'], tokenId: 'token' })

const { authenticate, authenticateConnectionParams } = createAuthenticate(
  {
    findViewer: async (cookies) => (cookies === 'session=good' ? person : null),
  } as Partial<Sessions> as Sessions,
  {
    authenticate: async (secret) => {
      if (secret !== 'good') throw new AppError('UNAUTHENTICATED', `not valid: ${secret}`)
      return client
    },
  } as Partial<AccessTokens> as AccessTokens,
)

const unauthenticated = expect.objectContaining({ code: 'UNAUTHENTICATED' })

describe('authenticate', () => {
  it.each([
    [{ authorization: 'Bearer good' }],
    [{ authorization: 'bearer  good' }],
    [{ 'private-token': 'good' }],
    [{ authorization: 'Basic b3duZXI6c2VjcmV0', 'private-token': 'good' }],
    [{ authorization: 'Bearer good', cookie: 'session=good' }],
  ])('knows the token in %j', async (headers) => {
    expect(await authenticate({ headers })).toBe(client)
    expect(await authenticate({ headers: new Headers(headers) })).toBe(client)
  })

  it('knows the person by the cookie, behind a proxy with a password of its own too', async () => {
    expect(await authenticate({ headers: { cookie: 'session=good' } })).toBe(person)
    expect(await authenticate({ headers: { cookie: 'session=good', authorization: 'Basic eDp5' } })).toBe(person)
  })

  it('takes who sends nothing for nobody', async () => {
    expect(await authenticate({ headers: {} })).toBeNull()
    expect(await authenticate({ headers: { cookie: 'session=bad' } })).toBeNull()
  })

  it.each([
    [{ authorization: 'Bearer bad', cookie: 'session=good' }],
    [{ authorization: 'Bearer', cookie: 'session=good' }],
    [{ 'private-token': '', cookie: 'session=good' }],
  ])('never falls back to the cookie when the token is wrong: %j', async (headers) => {
    await expect(authenticate({ headers })).rejects.toEqual(unauthenticated)
  })
})

describe('authenticateConnectionParams', () => {
  it.each([
    [{ Authorization: 'Bearer good' }],
    [{ authorization: 'bearer good' }],
    [{ AUTHORIZATION: 'BEARER good' }],
    [{ 'PRIVATE-TOKEN': 'good' }],
    [{ 'private-token': 'good' }],
    [{ 'Private-Token': ' good ' }],
  ])('knows the token in %j', async (params) => {
    expect(await authenticateConnectionParams(params)).toBe(client)
  })

  it.each([[undefined], [null], ['Bearer good'], [{}], [{ token: 'good' }], [{ Authorization: null }]])(
    'finds no token in %j',
    async (params) => {
      expect(await authenticateConnectionParams(params)).toBeNull()
    },
  )

  it.each([
    [{ Authorization: 'good' }],
    [{ Authorization: 'Bearer bad' }],
    [{ Authorization: { Bearer: 'good' } }],
    [{ 'PRIVATE-TOKEN': 7 }],
  ])('refuses %j', async (params) => {
    await expect(authenticateConnectionParams(params)).rejects.toEqual(unauthenticated)
  })
})
