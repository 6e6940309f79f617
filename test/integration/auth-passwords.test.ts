import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuthServer, type AuthServer } from '../support/create-auth-server.ts'
import { until } from '../support/until.ts'

const password = 'correct horse battery'
const newPassword = 'seven wet umbrellas'
const [signInPath, changePath] = ['/-/auth/sign-in/email', '/-/auth/change-password']
const [forgotPath, linkPath, resetPath] = ['/-/auth/forgot-password', '/-/auth/password-link', '/-/auth/reset-password']

let server: AuthServer
let person: { id: string; email: string }
let email: string
let cookie: string

beforeAll(async () => {
  server = await createAuthServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  // No failure of another test counts any more.
  server.clock.nowMs += 60 * 60_000
  person = await server.addPerson()
  email = person.email
  cookie = await signIn(password)
})

async function signIn(withPassword: string): Promise<string> {
  return (await server.post(signInPath, { email, password: withPassword })).cookie
}

const isSignedIn = async (with_: string) => (await server.auth.authenticate({ headers: { cookie: with_ } })) !== null

/** Links are sent behind the answer, so those of other tests may still come. */
const mailsToPerson = () => server.mails.filter(({ to }) => to === email)

/** As it stands in the mail. */
async function tokenFromMail(): Promise<string> {
  const mail = await until(() => mailsToPerson().find(({ kind }) => kind === 'password reset'))
  return /\/-\/reset#([\w-]{43})/.exec(mail.text)?.[1] ?? ''
}

describe('changing a password', () => {
  it('takes the new one from then on, ends all other sessions, and tells the person', async () => {
    const elsewhere = await signIn(password)
    const answer = await server.post(changePath, { currentPassword: password, newPassword }, { cookie })
    expect([answer.status, answer.setCookies]).toEqual([200, []])
    expect([await isSignedIn(cookie), await isSignedIn(elsewhere)]).toEqual([true, false])
    expect((await server.post(signInPath, { email, password })).status).toBe(401)
    expect((await server.post(signInPath, { email, password: newPassword })).status).toBe(200)
    expect(mailsToPerson()).toEqual([
      expect.objectContaining({ to: email, kind: 'password changed', subject: 'Your password was changed' }),
    ])
    expect(await readAudit()).toEqual([{ action: 'password.change', actor: person.id, address: '192.0.2.1' }])
  })

  it.each([
    ['a wrong current one', 'wrong horse', newPassword, 403, 'This is not your password.'],
    ['one that is easy to guess', password, 'grace12345', 400, expect.stringContaining('too easy to guess')],
    ['one that is too short', password, 'short', 400, 'A password has 8 to 128 characters.'],
    ['the same one', password, password, 400, 'This is the password that you have already.'],
  ])('refuses %s, and changes nothing', async (_what, currentPassword, wanted, status, message) => {
    const answer = await server.post(changePath, { currentPassword, newPassword: wanted }, { cookie })
    expect([answer.status, answer.body.message]).toEqual([status, message])
    expect((await server.post(signInPath, { email, password })).status).toBe(200)
    expect(mailsToPerson()).toEqual([])
  })

  it('is for who is signed in, from a page of ours, and not by GET', async () => {
    const change = { currentPassword: password, newPassword }
    expect((await server.post(changePath, change)).status).toBe(401)
    expect((await server.post(changePath, change, { cookie, origin: 'https://evil.example' })).status).toBe(403)
    expect((await server.get(changePath, { cookie })).status).toBe(404)
  })

  it('counts wrong tries like failed sign-ins, with the time to wait', async () => {
    const guess = () => server.post(changePath, { currentPassword: 'wrong horse', newPassword }, { cookie })
    const elsewhere = { 'x-test-address': '198.51.100.7' }
    for (let count = 0; count < 20; count += 1) expect((await guess()).status).toBe(403)
    const refused = await guess()
    expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, expect.toSatisfy((s) => s > 200)])
    expect((await server.post(signInPath, { email, password }, elsewhere)).status).toBe(429)
  })
})

describe('a forgotten password', () => {
  it('is set anew by the link in a mail, once, which ends every session', async () => {
    expect((await server.post(forgotPath, { email: ` ${email.toUpperCase()} ` })).status).toBe(200)
    const token = await tokenFromMail()
    expect((await server.post(linkPath, { token })).body).toEqual({ email })
    const answer = await server.post(resetPath, { token, password: newPassword })
    expect([answer.status, answer.body, answer.setCookies]).toEqual([200, { email }, []])
    expect(await isSignedIn(cookie)).toBe(false)
    expect(await isSignedIn(await signIn(newPassword))).toBe(true)
    expect((await server.post(signInPath, { email, password })).status).toBe(401)

    const again = await server.post(resetPath, { token, password: 'another seven umbrellas' })
    expect([again.status, again.body.code]).toEqual([403, 'FORBIDDEN'])
    expect((await server.post(linkPath, { token })).body).toEqual({ email: null })
    expect((await findPerson()).emailVerified).toBe(true)
    expect(await readAudit()).toEqual([{ action: 'password.reset', actor: person.id, address: '192.0.2.1' }])
  })

  it('keeps the link when the new password is not good enough', async () => {
    await server.post(forgotPath, { email })
    const token = await tokenFromMail()
    expect((await server.post(resetPath, { token, password: 'password' })).status).toBe(400)
    expect((await server.post(resetPath, { token, password: newPassword })).status).toBe(200)
  })

  it('has a link that ends within the hour', async () => {
    await server.post(forgotPath, { email })
    const token = await tokenFromMail()
    server.clock.nowMs += 60 * 60_000
    expect((await server.post(linkPath, { token })).body).toEqual({ email: null })
    expect((await server.post(resetPath, { token, password: newPassword })).status).toBe(403)
  })

  it('lets one of many who use a link at the same moment through, and voids all other links', async () => {
    await server.post(forgotPath, { email })
    const token = await tokenFromMail()
    const { link } = await server.auth.passwordLinks.create(person.id, 'owner')
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((word) => server.post(resetPath, { token, password: `${word} wet umbrellas` })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403])
    const other = await server.post(resetPath, { token: link.split('#')[1], password: newPassword })
    expect(other.status).toBe(403)
  })

  it('is answered the same, after the same work, whether or not the address has an account', async () => {
    const answers = []
    for (const address of ['nobody@example.com', 'nobody', '', email]) {
      const before = server.statements.count
      const { status, body, setCookies, headers } = await server.post(forgotPath, { email: address })
      answers.push([status, body, setCookies, Object.keys(headers)])
      // Of an address with an account too, but the link is made behind the answer.
      if (address !== email) expect(server.statements.count - before).toBe(1)
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
    await tokenFromMail()
    expect(mailsToPerson()).toHaveLength(1)
  })

  it('may be asked for three times in a quarter of an hour, with or without an account', async () => {
    for (const address of [email, 'nobody@example.com']) {
      for (let count = 0; count < 3; count += 1) {
        expect((await server.post(forgotPath, { email: address })).status).toBe(200)
      }
      const refused = await server.post(forgotPath, { email: address })
      expect([refused.status, refused.headers['retry-after']]).toEqual([429, '900'])
    }
    server.clock.nowMs += 15 * 60_000
    expect((await server.post(forgotPath, { email })).status).toBe(200)
  })

  it('may be asked for twenty times from one address', async () => {
    for (let count = 0; count < 20; count += 1) await server.post(forgotPath, { email: `person${count}@example.com` })
    expect((await server.post(forgotPath, { email })).status).toBe(429)
    expect((await server.post(forgotPath, { email }, { 'x-test-address': '198.51.100.7' })).status).toBe(200)
  })

  it('of an account that was disabled stays as it is', async () => {
    const { link } = await server.auth.passwordLinks.create(person.id, 'mail')
    await server.database.prisma.user.update({ where: { id: person.id }, data: { disabledAt: new Date() } })
    expect((await server.post(forgotPath, { email })).status).toBe(200)
    expect((await server.post(resetPath, { token: link.split('#')[1], password: newPassword })).status).toBe(403)
    expect(await server.database.prisma.passwordLink.count({ where: { userId: person.id } })).toBe(1)
    expect(mailsToPerson()).toEqual([])
  })

  it('says so when mail is off', async () => {
    const silent = await createAuthServer({ mailIsOn: false })
    const answer = await silent.post(forgotPath, { email })
    expect([answer.status, answer.body]).toEqual([
      503,
      { code: 'UNAVAILABLE', message: 'This Faultline sends no mail. Ask its owner for a link.' },
    ])
    await silent.stop()
  })

  it('leaves no trace of a link in the database but its hash', async () => {
    await server.post(forgotPath, { email })
    const token = await tokenFromMail()
    const { rows } = await server.database.pool.query(
      `select json_agg(p)::text as everything, encode(min(token_hash), 'base64') as hash from password_link p`,
    )
    expect(rows[0].everything).not.toContain(token)
    expect(Buffer.from(rows[0].hash, 'base64')).toHaveLength(32)
  })

  it.each(['', 'x'.repeat(43), 'é'.repeat(43)])('refuses the token %j', async (token) => {
    expect((await server.post(resetPath, { token, password: newPassword })).status).toBe(403)
  })
})

describe('a link from the owner', () => {
  it('works for a day, without saying that the address is the person’s', async () => {
    const { link, expiresAt } = await server.auth.passwordLinks.create(person.id, 'owner')
    expect(link).toMatch(/^http:\/\/localhost:4000\/-\/reset#[\w-]{43}$/)
    expect(expiresAt.getTime() - server.clock.nowMs).toBe(24 * 60 * 60_000)
    server.clock.nowMs += 24 * 60 * 60_000 - 1
    expect((await server.post(resetPath, { token: link.split('#')[1], password: newPassword })).status).toBe(200)
    expect((await findPerson()).emailVerified).toBe(false)
  })
})

it('refuses an owner’s password that is easy to guess, and the one-time link still works', async () => {
  const fresh = await createAuthServer()
  const owner = { email: 'owner@example.com' }
  const token = new URL((await fresh.auth.setupLink()) ?? '').hash.slice(1)
  const refused = await fresh.post('/-/setup', { token, ...owner, password: 'password1' })
  expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('too easy to guess')])
  expect((await fresh.post('/-/setup', { token, ...owner, password })).status).toBe(200)
  await fresh.stop()
})

async function readAudit() {
  const entries = await server.database.prisma.auditEntry.findMany({ where: { target: email } })
  return entries.map(({ action, actorUserId, address }) => ({ action, actor: actorUserId, address }))
}

function findPerson() {
  return server.database.prisma.user.findUniqueOrThrow({ where: { email } })
}
