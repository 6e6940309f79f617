import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { OPERATOR } from '../../server/auth/audit.ts'
import { createAuthServer, type AuthServer } from '../support/create-auth-server.ts'
import { makePerson } from '../support/make-viewer.ts'

let server: AuthServer
let userId: string

beforeAll(async () => {
  server = await createAuthServer()
  userId = (await server.auth.createOwner({ email: 'owner@example.com', password: 'correct horse' })).id
})
afterAll(() => server.stop())

function createToken(scopes = ['api'], expiresAt: Date | null = null) {
  return server.auth.accessTokens.create({ userId, name: 'ci', scopes, expiresAt }, OPERATOR)
}

function authenticate(secret: string) {
  return server.auth.authenticate({ headers: { 'private-token': secret } })
}

const unauthenticated = expect.objectContaining({ code: 'UNAUTHENTICATED' })

describe('an access token', () => {
  it('stands for its person, with its scopes, in either header', async () => {
    const { accessToken, secret } = await createToken(['read_api', 'read_api'])
    expect(secret).toMatch(/^flt_[0-9A-Za-z]{40}$/)
    const who = { userId, email: 'owner@example.com', isOwner: true }
    const viewer = makePerson({ ...who, scopes: ['read_api'], tokenId: accessToken.id })
    expect(await authenticate(secret)).toEqual(viewer)
    expect(await server.auth.authenticate({ headers: { authorization: `Bearer ${secret}` } })).toEqual(viewer)
    expect(await server.auth.authenticateConnectionParams({ Authorization: `Bearer ${secret}` })).toEqual(viewer)
  })

  it('is kept as a hash only', async () => {
    const { accessToken, secret } = await createToken()
    const { rows } = await server.database.pool.query('select * from access_token where id = $1', [accessToken.id])
    expect(rows[0].secret_hash).toEqual(createHash('sha256').update(secret).digest())
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('is refused when it is unknown, in this process too when it is made a moment later', async () => {
    await expect(authenticate('flt_unknown')).rejects.toEqual(unauthenticated)
    await expect(authenticate('x'.repeat(10_000))).rejects.toEqual(unauthenticated)
    const chosen = 'chosen-by-the-operator-1'
    await expect(authenticate(chosen)).rejects.toEqual(unauthenticated)
    await server.auth.giveOwnerToken(userId, chosen)
    await server.auth.giveOwnerToken(userId, chosen)
    expect(await authenticate(chosen)).toMatchObject({ userId, scopes: ['api'] })
  })

  it('is refused from the moment it expires, although it is remembered', async () => {
    const { secret } = await createToken(['api'], new Date(server.clock.nowMs + 1000))
    expect(await authenticate(secret)).toMatchObject({ userId })
    server.clock.nowMs += 1000
    await expect(authenticate(secret)).rejects.toEqual(
      expect.objectContaining({ code: 'UNAUTHENTICATED', message: 'This access token has expired.' }),
    )
  })

  it('is refused at once by every process that is told, and within a second by one that is not', async () => {
    const sibling = server.createSibling()
    const { accessToken, secret } = await createToken()
    const request = { headers: { 'private-token': secret } }
    expect(await authenticate(secret)).not.toBeNull()
    expect(await sibling.authenticate(request)).not.toBeNull()
    expect(await server.auth.accessTokens.revoke({ userId }, accessToken.id, OPERATOR)).toMatchObject({
      id: accessToken.id,
    })
    await expect(authenticate(secret)).rejects.toEqual(unauthenticated)
    await expect(sibling.authenticate(request)).rejects.toEqual(unauthenticated)

    const untold = await createToken()
    const requestUntold = { headers: { 'private-token': untold.secret } }
    expect(await sibling.authenticate(requestUntold)).not.toBeNull()
    await server.database.prisma.accessToken.delete({ where: { id: untold.accessToken.id } })
    server.clock.nowMs += 900
    await expect(sibling.authenticate(requestUntold)).rejects.toEqual(unauthenticated)
  })

  it('is refused when its person is disabled, and works again afterwards', async () => {
    const { secret } = await createToken()
    for (const disabledAt of [new Date(), null]) {
      await server.database.prisma.user.update({ where: { id: userId }, data: { disabledAt } })
      server.clock.nowMs += 900
      if (disabledAt === null) expect(await authenticate(secret)).toMatchObject({ userId })
      else await expect(authenticate(secret)).rejects.toEqual(unauthenticated)
    }
  })

  it('is revoked by its own person only, and once', async () => {
    const { accessToken, secret } = await createToken()
    expect(await server.auth.accessTokens.revoke({ userId: 'somebody else' }, accessToken.id, OPERATOR)).toBeNull()
    expect(await server.auth.accessTokens.revoke({ userId }, 'no uuid', OPERATOR)).toBeNull()
    expect(await authenticate(secret)).not.toBeNull()
    expect(await server.auth.accessTokens.revoke({ userId }, accessToken.id, OPERATOR)).not.toBeNull()
    expect(await server.auth.accessTokens.revoke({ userId }, accessToken.id, OPERATOR)).toBeNull()
  })

  it('remembers its last use, written together for many uses', async () => {
    const { accessToken, secret } = await createToken()
    for (let index = 0; index < 5; index += 1) {
      server.clock.nowMs += 100
      await authenticate(secret)
    }
    const usedAt = new Date(server.clock.nowMs)
    await server.auth.accessTokens.stop()
    const row = await server.database.prisma.accessToken.findUniqueOrThrow({ where: { id: accessToken.id } })
    expect(row.lastUsedAt).toEqual(usedAt)
  })

  it('writes its last use ten seconds after it at the latest', async () => {
    const { accessToken, secret } = await createToken()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await authenticate(secret)
    vi.advanceTimersByTime(10_000)
    vi.useRealTimers()
    await vi.waitFor(async () => {
      const row = await server.database.prisma.accessToken.findUniqueOrThrow({ where: { id: accessToken.id } })
      expect(row.lastUsedAt).toEqual(new Date(server.clock.nowMs))
    })
  })

  it('costs one look-up for hundreds of requests', async () => {
    const { secret } = await createToken()
    let statements = 0
    const count = () => (statements += 1)
    server.database.pool.on('acquire', count)
    await Promise.all(Array.from({ length: 300 }, () => authenticate(secret)))
    server.database.pool.off('acquire', count)
    expect(statements).toBeGreaterThan(0)
    expect(statements).toBeLessThan(4)
  })

  it.each([
    ['a name that is empty', { name: ' ' }],
    ['a name that no page can show', { name: 'a\0b' }],
    ['no scopes', { scopes: [] }],
    ['a scope that does not exist', { scopes: ['api', 'sudo'] }],
    ['an expiry in the past', { expiresAt: new Date(1) }],
    ['an expiry that is no time', { expiresAt: new Date(Number.NaN) }],
  ])('is not made with %s', async (_what, change) => {
    const token = { userId, name: 'ci', scopes: ['api'], expiresAt: null, ...change }
    await expect(server.auth.accessTokens.create(token, OPERATOR)).rejects.toEqual(
      expect.objectContaining({ code: 'INVALID' }),
    )
  })
})
