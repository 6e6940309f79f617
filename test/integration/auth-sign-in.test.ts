import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../server/auth/auth.ts'
import { openDatabase } from '../../server/database/client.ts'
import { createMail } from '../../server/mail/mail.ts'
import { createAuthServer, type AuthServer } from '../support/create-auth-server.ts'
import { makePerson } from '../support/make-viewer.ts'

const email = 'owner@example.com'
const password = 'correct horse battery'
const signInPath = '/-/auth/sign-in/email'

let server: AuthServer

beforeAll(async () => {
  server = await createAuthServer()
  await server.auth.createOwner({ email: 'Owner@Example.com', password, name: 'Ada' })
})
afterAll(() => server.stop())

describe('sign-in', () => {
  it('answers a right password with a cookie that stands for the person', async () => {
    const { status, body, cookie, setCookies } = await server.post(signInPath, { email, password })
    expect(status).toBe(200)
    expect(body).toEqual({ user: { id: expect.any(String), email, name: 'Ada' } })
    expect(setCookies).toHaveLength(1)
    expect(setCookies[0]).toMatch(
      /^faultline-4000\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect(await server.auth.authenticate({ headers: { cookie: `theme=dark; ${cookie}` } })).toEqual(
      makePerson({ userId: body.user?.id ?? '', email, name: 'Ada', isOwner: true }),
    )
    expect((await server.get('/-/auth/get-session', { cookie })).body).toEqual(body)
  })

  it('takes the address in any letter case', async () => {
    expect((await server.post(signInPath, { email: ' OWNER@example.COM ', password })).status).toBe(200)
  })

  it('answers a wrong password and an unknown address in the same words, after the same work', async () => {
    const headers = { 'x-test-address': '198.51.100.1' }
    const answers = []
    for (const body of [
      { email, password: 'wrong horse' },
      { email: 'nobody@example.com', password },
      { email: 'nobody', password },
      { email, password: 'x'.repeat(200) },
    ]) {
      const work = { hashes: server.hashes.count, statements: server.statements.count }
      const answer = await server.post(signInPath, body, headers)
      const hashed = server.hashes.count - work.hashes
      answers.push([answer.status, answer.body, answer.setCookies, hashed, server.statements.count - work.statements])
    }
    const refused = { code: 'UNAUTHENTICATED', message: 'The e-mail address or the password is wrong.' }
    expect(answers[0]).toEqual([401, refused, [], 1, expect.any(Number)])
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  it('refuses a cookie whose signature is not ours', async () => {
    const { cookie } = await server.post(signInPath, { email, password })
    const forged = cookie.replace(/=(.)/, (_all, first: string) => `=${first === 'a' ? 'b' : 'a'}`)
    expect(await server.auth.authenticate({ headers: { cookie: forged } })).toBeNull()
    expect((await server.get('/-/auth/get-session', { cookie: forged })).body).toEqual({ user: null })
  })

  it('ends the session at sign-out, in this process at once', async () => {
    const { cookie } = await server.post(signInPath, { email, password })
    expect(await server.auth.authenticate({ headers: { cookie } })).not.toBeNull()
    const signedOut = await server.post('/-/auth/sign-out', {}, { cookie })
    expect(signedOut.status).toBe(200)
    expect(signedOut.setCookies).toContainEqual(expect.stringMatching(/^faultline-4000\.session_token=; Max-Age=0;/))
    expect(await server.auth.authenticate({ headers: { cookie } })).toBeNull()
  })

  it('ends the session in other processes within a second', async () => {
    const sibling = server.createSibling()
    const { cookie } = await server.post(signInPath, { email, password })
    expect(await sibling.authenticate({ headers: { cookie } })).toMatchObject({ email })
    await server.post('/-/auth/sign-out', {}, { cookie })
    server.clock.nowMs += 1000
    expect(await sibling.authenticate({ headers: { cookie } })).toBeNull()
  })

  it('asks the database once for hundreds of requests with one cookie', async () => {
    const { cookie } = await server.post(signInPath, { email, password })
    let statements = 0
    const count = () => (statements += 1)
    server.database.pool.on('acquire', count)
    await Promise.all(Array.from({ length: 300 }, () => server.auth.authenticate({ headers: { cookie } })))
    server.database.pool.off('acquire', count)
    expect(statements).toBeGreaterThan(0)
    expect(statements).toBeLessThan(5)
  })

  it('refuses a session that has expired', async () => {
    const { cookie } = await server.post(signInPath, { email, password })
    await server.database.pool.query(`update session set expires_at = now() - interval '1 second'`)
    expect(await server.auth.authenticate({ headers: { cookie } })).toBeNull()
  })

  it('stores no password and no secret of a cookie in clear', async () => {
    const { cookie } = await server.post(signInPath, { email, password })
    const { rows } = await server.database.pool.query(
      `select (select json_agg(a) from account a)::text || (select json_agg(s) from session s)::text as everything`,
    )
    expect(rows[0].everything).not.toContain(password)
    expect(rows[0].everything).not.toContain(decodeURIComponent(cookie.split('=')[1] ?? ''))
  })

  it('keeps where a session came from', async () => {
    await server.database.pool.query('delete from session')
    await server.post(signInPath, { email, password }, { 'x-test-address': '203.0.113.7', 'user-agent': 'Browser/1' })
    const { rows } = await server.database.pool.query('select ip_address, user_agent from session')
    expect(rows).toEqual([{ ip_address: '203.0.113.7', user_agent: 'Browser/1' }])
  })

  it('keeps an IPv6 address whole', async () => {
    await server.database.pool.query('delete from session')
    await server.post(signInPath, { email, password }, { 'x-test-address': '2001:db8::7:1' })
    const { rows } = await server.database.pool.query('select ip_address from session')
    expect(rows).toEqual([{ ip_address: '2001:db8::7:1' }])
  })

  it('does not believe an address that a client claims in our own header', async () => {
    await server.database.pool.query('delete from session')
    await server.post(signInPath, { email, password }, { 'x-faultline-client-address': '203.0.113.9' })
    const { rows } = await server.database.pool.query('select ip_address from session')
    expect(rows).toEqual([{ ip_address: '192.0.2.1' }])
  })
})

describe('guessing', () => {
  it('is slowed down by account, with the time to wait, and ends when that is over', async () => {
    const guess = (index: number) =>
      server.post(signInPath, { email, password: `guess ${index}` }, { 'x-test-address': `203.0.113.${100 + index}` })
    server.clock.nowMs += 600_000
    const answers = await Promise.all(Array.from({ length: 14 }, (_, index) => guess(index)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(4)
    expect(refused[0]?.body).toEqual({
      code: 'RATE_LIMITED',
      message: 'Too many failed sign-ins. Try again in 5 minutes.',
    })
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(290)

    const fromElsewhere = { 'x-test-address': '203.0.113.200' }
    expect((await server.post(signInPath, { email, password }, fromElsewhere)).status).toBe(429)
    expect((await server.post(signInPath, { email, password })).status).toBe(200)
    server.clock.nowMs += 300_000
    expect((await server.post(signInPath, { email, password }, fromElsewhere)).status).toBe(200)
  })
})

describe('what is closed', () => {
  it('makes no account for who signs up', async () => {
    const body = { email: 'new@example.com', password: 'long enough', name: 'New' }
    const answer = await server.post('/-/auth/sign-up/email', body)
    expect(answer.status).toBe(404)
    expect(answer.body).toMatchObject({ code: 'NOT_FOUND' })
    expect(await server.database.prisma.user.count()).toBe(1)
  })

  it.each(['/-/auth/list-sessions', '/-/auth/ok', '/-/auth/error', '/-/auth/callback/github', '/-/auth/'])(
    'has no %s',
    async (path) => {
      expect((await server.get(path)).status).toBe(404)
    },
  )

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://localhost:5000' }],
    ['another scheme', { origin: 'https://localhost:4000' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['nowhere', { origin: '' }],
  ])('refuses a request from %s', async (_where, headers) => {
    const { cookie } = await server.post(signInPath, { email, password })
    expect((await server.post(signInPath, { email, password }, headers)).status).toBe(403)
    expect((await server.post('/-/auth/sign-out', {}, { ...headers, cookie })).status).toBe(403)
    expect(await server.auth.authenticate({ headers: { cookie } })).not.toBeNull()
  })

  it.each(['http://127.0.0.1:4000', 'http://[::1]:4000'])('takes %s for a page of ours', async (origin) => {
    expect((await server.post(signInPath, { email, password }, { origin })).status).toBe(200)
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses a form or text (%s)',
    async (type) => {
      const answer = await server.post(signInPath, { email, password }, { 'content-type': type })
      expect(answer.status).toBe(415)
      expect(answer.setCookies).toEqual([])
    },
  )

  it('refuses an address that no account can have', async () => {
    for (const path of ['/-/auth/sign-in/email', '/-/auth/forgot-password']) {
      expect((await server.post(path, { email: 'a\0@example.com', password })).status).toBe(400)
    }
  })

  it('refuses bodies that are too large, no JSON or of another shape', async () => {
    expect((await server.post(signInPath, { email, password: 'x'.repeat(20_000) })).status).toBe(413)
    for (const body of [[], 7, null, {}, { email }, { email: { $ne: 1 }, password }]) {
      expect((await server.post(signInPath, body)).status).toBe(400)
    }
  })
})

it('says that the database is away instead of taking people for strangers', async () => {
  const log = pino({ level: 'silent' })
  const database = openDatabase({ ...server.database.connection, host: '127.0.0.1', port: 1 }, log)
  const nobody = { publish: () => undefined, onChanges: () => undefined, mail: createMail({ config: null, log }) }
  const { publicUrl, secret } = server
  const auth = createAuth({ prisma: database.prisma, publicUrl: () => publicUrl, secret, ...nobody, log })
  const { cookie } = await server.post(signInPath, { email, password })
  const unavailable = expect.objectContaining({ code: 'UNAVAILABLE' })
  const person = { email, password, address: '192.0.2.1', userAgent: undefined }
  await expect(auth.signIn.withPassword(person)).rejects.toEqual(unavailable)
  await expect(auth.authenticate({ headers: { cookie } })).rejects.toEqual(unavailable)
  await expect(auth.authenticate({ headers: { 'private-token': 'x'.repeat(20) } })).rejects.toEqual(unavailable)
  await expect(auth.sessions.signOut(cookie)).rejects.toEqual(unavailable)
  await expect(auth.owner.exists()).rejects.toEqual(unavailable)
  await database.close()
})

it('marks cookies as secure where the public URL is https', async () => {
  const secure = await createAuthServer({ publicUrl: 'https://errors.example.com' })
  try {
    await secure.auth.createOwner({ email, password })
    const { cookie, setCookies } = await secure.post(signInPath, { email, password })
    expect(setCookies).toHaveLength(1)
    expect(setCookies[0]).toMatch(
      /^__Secure-faultline\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(await secure.auth.authenticate({ headers: { cookie } })).toMatchObject({ email })
    const fromLoopback = { origin: 'http://localhost:4000' }
    expect((await secure.post(signInPath, { email, password }, fromLoopback)).status).toBe(403)
  } finally {
    await secure.stop()
  }
})
