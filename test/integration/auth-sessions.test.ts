import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuthServer, type AuthServer } from '../support/create-auth-server.ts'

const password = 'correct horse battery'
const [accountPath, endPath, endOthersPath] = ['/-/auth/account', '/-/auth/end-session', '/-/auth/end-other-sessions']

let server: AuthServer
let email: string

beforeAll(async () => {
  server = await createAuthServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  email = (await server.addPerson()).email
})

async function signIn(headers: Record<string, string> = {}, address = email): Promise<string> {
  return (await server.post('/-/auth/sign-in/email', { email: address, password }, headers)).cookie
}

const list = async (cookie: string) => (await server.get(accountPath, { cookie })).body.sessions ?? []
const isSignedIn = async (cookie: string) => (await server.auth.authenticate({ headers: { cookie } })) !== null

describe('the sessions of an account', () => {
  it('say since when, from where and with what, the current one first', async () => {
    const elsewhere = await signIn({ 'x-test-address': '203.0.113.7', 'user-agent': 'Browser/1' })
    const cookie = await signIn({ 'user-agent': 'Browser/2' })
    expect((await server.get(accountPath, { cookie })).body.hasPassword).toBe(true)
    expect(await list(cookie)).toEqual([
      expect.objectContaining({ isCurrent: true, address: '192.0.2.1', userAgent: 'Browser/2' }),
      expect.objectContaining({ isCurrent: false, address: '203.0.113.7', userAgent: 'Browser/1' }),
    ])
    expect((await list(elsewhere)).map(({ isCurrent, userAgent }) => [isCurrent, userAgent])).toEqual([
      [true, 'Browser/1'],
      [false, 'Browser/2'],
    ])
  })

  it('say when they were last used', async () => {
    const sibling = server.createSibling()
    const cookie = await signIn()
    server.clock.nowMs += 3_600_000
    await sibling.authenticate({ headers: { cookie } })
    // As a process does that ends; otherwise within a minute.
    await sibling.stop()
    const [session] = await list(cookie)
    expect(new Date(session?.lastUsedAt ?? 0).getTime()).toBe(server.clock.nowMs)
  })

  it('stand in the order of their last use, one that just began before one that was used long ago', async () => {
    await signIn({ 'user-agent': 'Used' })
    const { rows } = await server.database.pool.query<{ id: string }>(
      `update session set created_at = now() - interval '2 days', last_used_at = now() - interval '1 day'
         where user_id = (select id from app_user where email = $1) returning id`,
      [email],
    )
    expect(rows).toHaveLength(1)
    await signIn({ 'user-agent': 'JustBegan' })
    const cookie = await signIn({ 'user-agent': 'Current' })
    expect((await list(cookie)).map(({ userAgent }) => userAgent)).toEqual(['Current', 'JustBegan', 'Used'])
  })

  it('do not name those of others, nor those that are over, nor any secret', async () => {
    const other = await server.addPerson()
    await signIn({}, other.email)
    const cookie = await signIn()
    await signIn()
    await server.database.pool.query(
      `update session set expires_at = now() where id <> (select id from session order by created_at limit 1)
         and user_id = (select id from app_user where email = $1) and id <> $2`,
      [email, (await list(cookie))[0]?.id],
    )
    const sessions = await list(cookie)
    expect(sessions).toHaveLength(1)
    const token = decodeURIComponent(cookie.split('=')[1] ?? '').split('.')[0] ?? ''
    expect(JSON.stringify(sessions)).not.toContain(token)
  })

  it('are for who is signed in by cookie', async () => {
    expect((await server.get(accountPath)).status).toBe(401)
    expect((await server.post(endOthersPath, {})).status).toBe(401)
    expect((await server.post(endPath, { session: 'x' })).status).toBe(401)
  })
})

describe('ending sessions', () => {
  it('ends one at once, in every process, and writes it down', async () => {
    const sibling = server.createSibling()
    const [cookie, elsewhere] = [await signIn(), await signIn()]
    expect(await sibling.authenticate({ headers: { cookie: elsewhere } })).not.toBeNull()
    const id = (await list(elsewhere))[0]?.id
    expect((await server.post(endPath, { session: id }, { cookie })).status).toBe(200)
    expect([await isSignedIn(cookie), await isSignedIn(elsewhere)]).toEqual([true, false])
    expect(await sibling.authenticate({ headers: { cookie: elsewhere } })).toBeNull()
    expect(await readAudit()).toEqual([{ action: 'session.revoke', changes: { sessions: { from: 1, to: 0 } } }])
  })

  it('ends all but the current one', async () => {
    const [cookie, ...others] = [await signIn(), await signIn(), await signIn()]
    expect((await server.post(endOthersPath, {}, { cookie })).body).toEqual({ ended: 2 })
    expect(await Promise.all([cookie, ...others].map(isSignedIn))).toEqual([true, false, false])
    expect((await server.post(endOthersPath, {}, { cookie })).body).toEqual({ ended: 0 })
    expect(await readAudit()).toEqual([{ action: 'session.revoke', changes: { sessions: { from: 2, to: 0 } } }])
  })

  it('does not end anybody else’s, nor says that there is one', async () => {
    const other = await server.addPerson()
    const theirs = await signIn({}, other.email)
    const id = (await list(theirs))[0]?.id
    const cookie = await signIn()
    const answers = [
      await server.post(endPath, { session: id }, { cookie }),
      await server.post(endPath, { session: 'nothing' }, { cookie }),
    ]
    for (const { status, body } of answers) {
      expect([status, body]).toEqual([404, { code: 'NOT_FOUND', message: 'This session has ended already.' }])
    }
    expect(await isSignedIn(theirs)).toBe(true)
  })

  it('is not done by GET, nor from a page of another site', async () => {
    const [cookie, elsewhere] = [await signIn(), await signIn()]
    expect((await server.get(endOthersPath, { cookie })).status).toBe(404)
    expect((await server.post(endOthersPath, {}, { cookie, origin: 'https://evil.example' })).status).toBe(403)
    expect(await isSignedIn(elsewhere)).toBe(true)
  })
})

async function readAudit() {
  const entries = await server.database.prisma.auditEntry.findMany({ where: { target: email } })
  return entries.map(({ action, changes }) => ({ action, changes }))
}
