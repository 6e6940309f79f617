import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAuthServer, type AuthServer } from '../support/create-auth-server.ts'

const email = 'owner@example.com'
const password = 'correct horse battery'

let server: AuthServer
let token: string

beforeEach(async () => {
  server = await createAuthServer()
  token = new URL((await server.auth.setupLink()) ?? '').hash.slice(1)
})
afterEach(() => server.stop())

describe('the one-time link', () => {
  it('is the same in every process, and unlike that of another installation', async () => {
    const link = await server.auth.setupLink()
    expect(link).toMatch(/^http:\/\/localhost:4000\/-\/setup#[A-Za-z0-9_-]{43}$/)
    expect(await server.createSibling().setupLink()).toBe(link)
    const other = await createAuthServer()
    expect(await other.auth.setupLink()).not.toBe(link)
    await other.stop()
  })

  it('creates the owner and signs in, once', async () => {
    const created = await server.post('/-/setup', { token, email: ' Owner@Example.com', password, name: ' Ada ' })
    expect(created.status).toBe(200)
    expect(created.body.user).toEqual({ id: expect.any(String), email, name: 'Ada' })
    expect(await server.auth.authenticate({ headers: { cookie: created.cookie } })).toMatchObject({ isOwner: true })

    expect(await server.auth.setupLink()).toBeNull()
    expect(await server.createSibling().setupLink()).toBeNull()
    const again = await server.post('/-/setup', { token, email: 'second@example.com', password })
    expect([again.status, again.body]).toEqual([
      403,
      { code: 'FORBIDDEN', message: 'This link was used already. Sign in instead.' },
    ])
    expect(await server.database.prisma.user.count()).toBe(1)
  })

  it('makes one owner of many who use it at the same moment, in several processes too', async () => {
    const sibling = server.createSibling()
    const people = Array.from({ length: 5 }, (_, index) => ({ email: `person${index}@example.com`, password }))
    const results = await Promise.all([
      ...people.map(async (person) => (await server.post('/-/setup', { token, ...person })).status),
      sibling.createOwner({ email: 'sibling@example.com', password }).then(
        () => 200,
        (error: { code: string }) => (error.code === 'CONFLICT' ? 403 : 500),
      ),
    ])
    expect(results.sort()).toEqual([200, 403, 403, 403, 403, 403])
    expect(await server.database.prisma.user.count()).toBe(1)
    expect(await server.database.prisma.account.count()).toBe(1)
  })

  it.each([['wrong'], [''], ['x'.repeat(43)], ['é'.repeat(43)]])('is refused with the token %j', async (wrong) => {
    const answer = await server.post('/-/setup', { token: wrong, email, password })
    expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN'])
    expect(await server.database.prisma.user.count()).toBe(0)
  })

  it.each([
    ['an address that is none', { email: 'owner', password }, 'This is not an e-mail address.'],
    ['a NUL in the address', { email: 'owner@example.com\0', password }, 'This is not an e-mail address.'],
    ['a short password', { email, password: 'short' }, 'A password has 8 to 128 characters.'],
    ['a long password', { email, password: 'x'.repeat(129) }, 'A password has 8 to 128 characters.'],
    [
      'a NUL in the name',
      { email, password, name: 'A\0da' },
      'A name has at most 100 characters, all of them visible.',
    ],
    ['no password', { email }, 'Missing or wrong: password.'],
  ])('says what is wrong with %s, and still works afterwards', async (_what, person, message) => {
    const refused = await server.post('/-/setup', { token, ...person })
    expect([refused.status, refused.body]).toEqual([400, { code: 'INVALID', message }])
    expect((await server.post('/-/setup', { token, email, password })).status).toBe(200)
  })

  it('cannot be used from a page of another site', async () => {
    const headers = { origin: 'https://evil.example' }
    expect((await server.post('/-/setup', { token, email, password }, headers)).status).toBe(403)
    expect(await server.database.prisma.user.count()).toBe(0)
  })
})

it('is not offered where the owner came from the variables', async () => {
  const { id } = await server.auth.createOwner({ email, password })
  expect(await server.auth.setupLink()).toBeNull()
  expect((await server.post('/-/setup', { token, email: 'second@example.com', password })).status).toBe(403)
  expect((await server.post('/-/auth/sign-in/email', { email, password })).body.user?.id).toBe(id)
})
