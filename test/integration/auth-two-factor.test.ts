import { TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuthServer, type AuthServer } from '../support/create-auth-server.ts'

const password = 'correct horse battery'
const path = (name: string) => `/-/auth/${name}`
const [signInPath, codePath] = [path('sign-in/email'), path('sign-in/code')]
const [beginPath, confirmPath] = [path('two-factor/begin'), path('two-factor/confirm')]
const [disablePath, renewPath] = [path('two-factor/disable'), path('two-factor/recovery-codes')]

let server: AuthServer
let person: { id: string; email: string }
let cookie: string

beforeAll(async () => {
  server = await createAuthServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  server.clock.nowMs += 60 * 60_000
  person = await server.addPerson()
  cookie = (await signIn()).cookie
})

const signIn = () => server.post(signInPath, { email: person.email, password })
/** As the browser keeps it for the second step. */
const firstStep = async () => ({ cookie: (await signIn()).cookie })
const isSignedIn = async (cookies: string) =>
  (await server.auth.authenticate({ headers: { cookie: cookies } })) !== null

/** As an authenticator app shows it. */
function makeCode(secret: string, afterSeconds = 0): string {
  return new TOTP({ secret }).generate({ timestamp: server.clock.nowMs + afterSeconds * 1000 })
}

async function turnOn(): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret = '' } = (await server.post(beginPath, { password }, { cookie })).body
  const { recoveryCodes = [] } = (await server.post(confirmPath, { code: makeCode(secret) }, { cookie })).body
  // The code that confirmed it counts as used.
  server.clock.nowMs += 30_000
  return { secret, recoveryCodes }
}

const readState = async () => (await server.get(path('account'), { cookie })).body.twoFactor

describe('turning the second step on', () => {
  it('takes the password, a first code, and gives recovery codes', async () => {
    const begun = await server.post(beginPath, { password }, { cookie })
    expect(begun.body).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      uri: expect.stringMatching(/^otpauth:\/\/totp\/.*secret=[A-Z2-7]{32}/),
    })
    expect(await readState()).toEqual({ enabledAt: null, recoveryCodesLeft: 0 })
    expect((await signIn()).body.needsCode).toBeUndefined()

    const confirmed = await server.post(confirmPath, { code: makeCode(begun.body.secret ?? '') }, { cookie })
    expect(confirmed.body.recoveryCodes).toHaveLength(10)
    for (const code of confirmed.body.recoveryCodes ?? []) expect(code).toMatch(/^[2-9a-z]{5}-[2-9a-z]{5}$/)
    expect(new Set(confirmed.body.recoveryCodes).size).toBe(10)
    expect(await readState()).toEqual({ enabledAt: new Date(server.clock.nowMs).toISOString(), recoveryCodesLeft: 10 })
    expect(await readAudit()).toEqual(['two_factor.enable'])
  })

  it('refuses a wrong password and a wrong code, and stays off', async () => {
    expect((await server.post(beginPath, { password: 'wrong' }, { cookie })).status).toBe(403)
    expect((await server.post(beginPath, {}, { cookie })).status).toBe(403)
    expect((await server.post(confirmPath, { code: '123456' }, { cookie })).status).toBe(409)
    const { secret = '' } = (await server.post(beginPath, { password }, { cookie })).body
    const wrong = makeCode(secret, 300)
    const answer = await server.post(confirmPath, { code: wrong }, { cookie })
    expect([answer.status, answer.body.message]).toEqual([
      400,
      'This code is wrong. Is the clock of your device right?',
    ])
    expect((await readState())?.enabledAt).toBeNull()
  })

  it('cannot be begun again while it is on: the secret stays', async () => {
    const { secret } = await turnOn()
    expect((await server.post(beginPath, { password }, { cookie })).status).toBe(409)
    expect((await server.post(confirmPath, { code: makeCode(secret) }, { cookie })).status).toBe(409)
  })

  it('keeps neither secret nor codes in the database in clear', async () => {
    const { secret, recoveryCodes } = await turnOn()
    const { rows } = await server.database.pool.query(
      `select (select json_agg(t) from two_factor t)::text || (select json_agg(r) from recovery_code r)::text as all`,
    )
    const hex = (text: string) => Buffer.from(text).toString('hex')
    for (const text of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replace('-', ''))]) {
      expect(rows[0].all).not.toContain(text)
      expect(rows[0].all).not.toContain(hex(text))
    }
  })

  it('is for who is signed in by cookie, from a page of ours', async () => {
    for (const each of [beginPath, confirmPath, disablePath, renewPath]) {
      expect((await server.post(each, { password, code: '123456' })).status).toBe(401)
      const foreign = { cookie, origin: 'https://evil.example' }
      expect((await server.post(each, { password, code: '123456' }, foreign)).status).toBe(403)
    }
  })
})

describe('signing in in two steps', () => {
  it('gives no session for the password alone, and one for the code', async () => {
    const { secret } = await turnOn()
    const first = await signIn()
    expect([first.status, first.body]).toEqual([200, { user: null, needsCode: true }])
    expect(first.setCookies).toHaveLength(1)
    expect(first.setCookies[0]).toMatch(/^faultline-4000\.first_step=.*Path=\/-\/auth; HttpOnly; SameSite=Lax$/)
    expect(await isSignedIn(first.cookie)).toBe(false)

    const code = makeCode(secret)
    const second = await server.post(
      codePath,
      { code: `${code.slice(0, 3)} ${code.slice(3)}` },
      { cookie: first.cookie },
    )
    expect(second.body.user).toEqual({ id: person.id, email: person.email, name: 'Grace' })
    expect(await isSignedIn(second.cookie)).toBe(true)
    expect(second.setCookies).toContainEqual(expect.stringContaining('first_step=; Max-Age=0'))
  })

  it('takes a code once, in other processes and at the same moment too', async () => {
    const { secret } = await turnOn()
    const [one, two] = [await firstStep(), await firstStep()]
    const code = makeCode(secret)
    const answers = await Promise.all([one, two, one, two].map((first) => server.post(codePath, { code }, first)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    const viewer = { userId: person.id, email: person.email }
    const nobody = { viewer: null, address: null }
    await expect(server.createSibling().twoFactor.verify(viewer, code, nobody)).rejects.toMatchObject({
      message: 'This code is wrong, or was used before.',
    })
    // Nor an older one.
    expect((await server.post(codePath, { code: makeCode(secret, -30) }, one)).status).toBe(401)
    server.clock.nowMs += 30_000
    expect((await server.post(codePath, { code: makeCode(secret) }, one)).status).toBe(200)
  })

  it('takes each recovery code once, however it is typed', async () => {
    const { recoveryCodes } = await turnOn()
    const first = await firstStep()
    const [code = '', other = ''] = recoveryCodes
    expect((await server.post(codePath, { code: ` ${code.toUpperCase().replace('-', ' ')} ` }, first)).status).toBe(200)
    expect((await server.post(codePath, { code }, first)).status).toBe(401)
    expect((await server.post(codePath, { code: other }, first)).status).toBe(200)
    expect((await readState())?.recoveryCodesLeft).toBe(8)
    expect(await readAudit()).toEqual(['two_factor.enable', 'two_factor.recover', 'two_factor.recover'])
  })

  it('refuses the eleventh wrong code in an hour, however many come at once, and says how long to wait', async () => {
    const { secret } = await turnOn()
    const first = await firstStep()
    const guesses = Array.from({ length: 14 }, () => server.post(codePath, { code: makeCode(secret, 3600) }, first))
    const answers = await Promise.all(guesses)
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), ...Array(4).fill(429)])
    const refused = await server.post(codePath, { code: makeCode(secret) }, await firstStep())
    expect([refused.status, refused.body.message]).toEqual([429, 'Too many wrong codes. Try again in 60 minutes.'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500)
    server.clock.nowMs += 60 * 60_000
    expect((await server.post(codePath, { code: makeCode(secret) }, await firstStep())).status).toBe(200)
  })

  it.each([
    ['no first step', () => ({})],
    ['a made-up one', () => ({ cookie: 'faultline-4000.first_step=abcdefabcdefabcdef' })],
  ])('refuses a code after %s', async (_what, headers) => {
    const { secret } = await turnOn()
    expect((await server.post(codePath, { code: makeCode(secret) }, headers())).status).toBe(403)
  })

  it('ends ten minutes after the first step, and with a new password', async () => {
    const { secret } = await turnOn()
    const late = await firstStep()
    server.clock.nowMs += 10 * 60_000
    expect((await server.post(codePath, { code: makeCode(secret) }, late)).body.message).toBe(
      'This took too long. Sign in again.',
    )
    const begun = await firstStep()
    const change = { currentPassword: password, newPassword: 'seven wet umbrellas' }
    expect((await server.post(path('change-password'), change, { cookie })).status).toBe(200)
    expect((await server.post(codePath, { code: makeCode(secret) }, begun)).status).toBe(403)
  })

  it('lets nobody in who was disabled in between', async () => {
    const { secret } = await turnOn()
    const first = await firstStep()
    await server.database.prisma.user.update({ where: { id: person.id }, data: { disabledAt: new Date() } })
    expect((await server.post(codePath, { code: makeCode(secret) }, first)).status).toBe(403)
  })
})

describe('turning the second step off', () => {
  it('takes the password, and then the password alone signs in', async () => {
    await turnOn()
    expect((await server.post(disablePath, { password: 'wrong' }, { cookie })).status).toBe(403)
    expect((await server.post(disablePath, { password }, { cookie })).status).toBe(200)
    expect((await signIn()).body.user).toMatchObject({ email: person.email })
    expect(await readState()).toEqual({ enabledAt: null, recoveryCodesLeft: 0 })
    expect(await server.database.prisma.recoveryCode.count({ where: { userId: person.id } })).toBe(0)
    expect(await readAudit()).toEqual(['two_factor.enable', 'two_factor.disable'])
  })

  it('is not needed for new recovery codes, which void the old ones', async () => {
    const { recoveryCodes } = await turnOn()
    const renewed = await server.post(renewPath, { password }, { cookie })
    expect(renewed.body.recoveryCodes).toHaveLength(10)
    const first = await firstStep()
    expect((await server.post(codePath, { code: recoveryCodes[0] }, first)).status).toBe(401)
    expect((await server.post(codePath, { code: renewed.body.recoveryCodes?.[0] }, first)).status).toBe(200)
  })

  it('takes a sign-in of the last ten minutes where there is no password', async () => {
    await server.database.prisma.account.deleteMany({ where: { userId: person.id } })
    await server.database.pool.query('update session set created_at = $1 where user_id = $2', [
      new Date(server.clock.nowMs),
      person.id,
    ])
    expect((await server.post(beginPath, {}, { cookie })).status).toBe(200)
    server.clock.nowMs += 10 * 60_000
    const late = await server.post(beginPath, {}, { cookie })
    expect([late.status, late.body.message]).toEqual([
      403,
      'You signed in a while ago. Sign out and in again, then you can change this.',
    ])
  })
})

async function readAudit(): Promise<string[]> {
  const entries = await server.database.prisma.auditEntry.findMany({
    where: { target: person.email, action: { startsWith: 'two_factor' } },
    orderBy: { id: 'asc' },
  })
  return entries.map(({ action }) => action)
}
