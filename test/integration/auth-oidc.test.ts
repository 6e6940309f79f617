// Signing in by a real OpenID Connect provider, and by one that lies.

import { randomUUID } from 'node:crypto'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../server/auth/audit.ts'
import { setMember } from '../../server/auth/members.ts'
import { readConfig } from '../../server/config.ts'
import { createAuthServer, type AuthServer } from '../support/create-auth-server.ts'
import { startForgingProvider, type ForgingProvider } from '../support/start-forging-provider.ts'
import { startOidcProvider, type TestOidcProvider } from '../support/start-oidc-provider.ts'

const departPath = '/-/auth/oidc/depart'
const password = 'correct horse battery'

let provider: TestOidcProvider
let server: AuthServer

beforeAll(async () => {
  provider = await startOidcProvider()
  server = await openServer()
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
beforeEach(() => {
  server.clock.nowMs += 60 * 60_000
})

function openServer(variables: Record<string, string> = {}): Promise<AuthServer> {
  return createAuthServer({ oidc: readConfig({ ...provider.variables, ...variables }).oidc })
}

/** Somebody whom the provider knows, and vouches for. */
function meet(about: Partial<NonNullable<TestOidcProvider['person']>> = {}) {
  const sub = randomUUID()
  provider.person = { sub, email: `${sub}@example.com`, email_verified: true, name: 'Ada', ...about }
  return provider.person
}

/** All of the way: to the provider, through it, and back. */
async function travel(on = server, { next = '/acme/shop', cookie = '', connect = false } = {}) {
  const departed = await on.post(departPath, { next, connect, password }, cookie === '' ? {} : { cookie })
  const back = new URL(await provider.visit(departed.body.url ?? ''))
  const headers = { cookie: [departed.cookie, cookie].filter(Boolean).join('; ') }
  const arrived = await on.get(back.pathname + back.search, headers)
  return { ...arrived, location: String(arrived.headers.location), back, headers }
}

const findViewer = (cookie: string, on = server) => on.auth.authenticate({ headers: { cookie } })
const findUser = (email: string | undefined, on = server) =>
  on.database.prisma.user.findUnique({ where: { email: email ?? '' }, include: { accounts: true } })

async function readAudit(email: string | undefined, on = server) {
  const entries = await on.database.prisma.auditEntry.findMany({
    where: { target: email ?? '' },
    orderBy: { id: 'asc' },
  })
  return entries.map(({ action, actorKind, address }) => [action, actorKind, address])
}

describe('signing in by a provider', () => {
  it('makes an account for who comes for the first time, and shows the page that was asked for', async () => {
    const { email } = meet()
    const { status, location, cookie, setCookies } = await travel()
    expect([status, location]).toEqual([302, '/acme/shop'])
    expect(await findViewer(cookie)).toMatchObject({ email, name: 'Ada', isOwner: false })
    expect(setCookies).toContainEqual(expect.stringMatching(/session_token=.*HttpOnly; SameSite=Lax$/))
    expect(setCookies).toContainEqual(expect.stringContaining('journey=; Max-Age=0'))
    expect((await findUser(email))?.emailVerified).toBe(true)
    expect(await readAudit(email)).toEqual([['user.create', 'person', '192.0.2.1']])
  })

  it('finds the same account again, whatever the address is by then', async () => {
    const person = meet()
    const first = await findViewer((await travel()).cookie)
    provider.person = { ...person, email: `new-${person.email}` }
    expect(await findViewer((await travel()).cookie)).toEqual(first)
  })

  it('makes one account of two first visits at the same moment', async () => {
    const { email } = meet()
    const viewers = await Promise.all([travel(), travel()].map(async (each) => findViewer((await each).cookie)))
    expect(viewers.map((viewer) => viewer?.kind === 'person' && viewer.email)).toEqual([email, email])
    expect((await findUser(email))?.accounts).toHaveLength(1)
  })

  it('sends the browser with PKCE, state and nonce, and begins with a POST from a page of ours', async () => {
    const departed = await server.post(departPath, {})
    const url = new URL(departed.body.url ?? '')
    expect(url.origin).toBe(provider.issuer)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      redirect_uri: 'http://localhost:4000/-/auth/oidc/callback',
      scope: 'openid email profile',
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(departed.setCookies[0]).toMatch(
      /^faultline-4000\.journey=[\w-]+; Max-Age=600; Path=\/-\/auth; HttpOnly; SameSite=Lax$/,
    )
    expect(departed.setCookies[0]).not.toContain(url.searchParams.get('state'))
    expect((await server.get(departPath)).status).toBe(404)
    expect((await server.post(departPath, {}, { origin: 'https://evil.example' })).status).toBe(403)
  })

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'acme',
    `/${'ä'.repeat(1_900)}`,
  ])('sends nobody to %j afterwards', async (next) => {
    meet()
    expect((await travel(server, { next })).location).toBe('/')
  })

  it('sends a page that was opened by another name of this machine to the public URL first', async () => {
    const departed = await server.post(departPath, { next: '/acme' }, { origin: 'http://127.0.0.1:4000' })
    expect([departed.body, departed.setCookies]).toEqual([{ url: 'http://localhost:4000/-/sign-in?next=%2Facme' }, []])
  })

  it('asks for the second step of who has turned it on', async () => {
    meet()
    const { cookie } = await travel()
    await server.database.pool.query('update session set created_at = $1', [new Date(server.clock.nowMs)])
    const { secret = '' } = (await server.post('/-/auth/two-factor/begin', {}, { cookie })).body
    const makeCode = () => new TOTP({ secret }).generate({ timestamp: server.clock.nowMs })
    await server.post('/-/auth/two-factor/confirm', { code: makeCode() }, { cookie })
    server.clock.nowMs += 30_000
    const again = await travel()
    expect(again.location).toBe('/-/sign-in?step=code&next=%2Facme%2Fshop')
    expect(await findViewer(again.cookie)).toBeNull()
    const second = await server.post('/-/auth/sign-in/code', { code: makeCode() }, { cookie: again.cookie })
    expect(await findViewer(second.cookie)).not.toBeNull()
  })
})

describe('an account that was there before', () => {
  it('is joined where both sides vouch for the address', async () => {
    const { id, email } = await server.addPerson()
    await server.database.prisma.user.update({ where: { id }, data: { emailVerified: true } })
    meet({ email: email.toUpperCase() })
    expect(await findViewer((await travel()).cookie)).toMatchObject({ userId: id })
    expect((await findUser(email))?.accounts).toHaveLength(2)
    expect(await readAudit(email)).toEqual([['user.connect', 'person', '192.0.2.1']])
    // The password goes on.
    expect((await server.post('/-/auth/sign-in/email', { email, password })).status).toBe(200)
  })

  it.each<[string, boolean, boolean | undefined, string]>([
    ['the provider does not vouch for the address', true, false, 'unverified_address'],
    ['the provider says nothing of that', true, undefined, 'unverified_address'],
    ['nobody has shown here that the address is theirs', false, true, 'unconfirmed_address'],
  ])('is not joined where %s', async (_what, here, there, reason) => {
    const { id, email } = await server.addPerson()
    await server.database.prisma.user.update({ where: { id }, data: { emailVerified: here } })
    meet({ email, ...(there === undefined ? { email_verified: undefined as never } : { email_verified: there }) })
    const { location, cookie } = await travel()
    expect(location).toBe(`/-/sign-in?failed=${reason}&next=%2Facme%2Fshop`)
    expect(await findViewer(cookie)).toBeNull()
    expect((await findUser(email))?.accounts).toHaveLength(1)
  })

  it('is not joined by a second person of the provider with the same address', async () => {
    const { email } = meet()
    await travel()
    meet({ email })
    expect((await travel()).location).toContain('failed=other_identity')
  })

  it('is connected and disconnected by who gives its password once more', async () => {
    const { email } = await server.addPerson()
    const { cookie } = await server.post('/-/auth/sign-in/email', { email, password })
    const statusOf = async (path: string, body: object) => (await server.post(path, body, { cookie })).status
    expect(await statusOf(departPath, { connect: true })).toBe(403)
    expect(await statusOf(departPath, { connect: true, password: 'another' })).toBe(403)
    meet()
    await travel(server, { cookie, connect: true })
    expect(await statusOf('/-/auth/oidc/disconnect', {})).toBe(403)
    expect((await findUser(email))?.accounts).toHaveLength(2)
  })

  it('lets nobody in who was disabled', async () => {
    const { email } = meet()
    await travel()
    await server.database.prisma.user.update({ where: { email }, data: { disabledAt: new Date() } })
    const { location, cookie } = await travel()
    expect([location, await findViewer(cookie)]).toEqual(['/-/sign-in?failed=disabled&next=%2Facme%2Fshop', null])
  })

  it('is connected by who is signed in, whatever the address, and disconnected again', async () => {
    const { id, email } = await server.addPerson()
    const { cookie } = await server.post('/-/auth/sign-in/email', { email, password })
    meet({ email: `other-${email}` })
    expect((await travel(server, { cookie, connect: true })).location).toBe('/-/account')
    const account = async () => (await server.get('/-/auth/account', { cookie })).body.provider
    expect(await account()).toEqual({ name: 'Acme ID', isConnected: true })
    expect(await findViewer((await travel()).cookie)).toMatchObject({ userId: id })
    expect((await server.post('/-/auth/oidc/disconnect', { password }, { cookie })).status).toBe(200)
    expect(await account()).toEqual({ name: 'Acme ID', isConnected: false })
    expect((await readAudit(email)).map(([action]) => action)).toEqual(['user.connect', 'user.disconnect'])
  })

  it('is not connected in a browser where somebody else is signed in by then, or nobody', async () => {
    const [one, two] = [await server.addPerson(), await server.addPerson()]
    const cookieOf = async ({ email }: { email: string }) =>
      (await server.post('/-/auth/sign-in/email', { email, password })).cookie
    meet()
    const departed = await server.post(departPath, { connect: true, password }, { cookie: await cookieOf(one) })
    const back = new URL(await provider.visit(departed.body.url ?? ''))
    const cookie = `${departed.cookie}; ${await cookieOf(two)}`
    const arrived = await server.get(back.pathname + back.search, { cookie })
    expect(arrived.headers.location).toContain('failed=expired')
    for (const { email } of [one, two]) expect((await findUser(email))?.accounts).toHaveLength(1)
    expect((await server.post(departPath, { connect: true })).status).toBe(401)
  })

  it('keeps the provider where that is the only way in', async () => {
    meet()
    const { cookie } = await travel()
    const answer = await server.post('/-/auth/oidc/disconnect', {}, { cookie })
    expect([answer.status, answer.body.message]).toEqual([
      409,
      'Without a password, Acme ID is the only way in that you have.',
    ])
  })

  it('gets no link for a password by mail where there is none', async () => {
    const { email } = meet()
    await travel()
    expect((await server.post('/-/auth/forgot-password', { email })).status).toBe(200)
    await server.auth.forgottenPassword.stop()
    expect(server.mails.filter(({ to }) => to === email)).toEqual([])
  })
})

describe('what is refused on the way back', () => {
  it('is a person who said no', async () => {
    provider.person = null
    expect((await travel()).location).toBe('/-/sign-in?failed=denied&next=%2Facme%2Fshop')
  })

  it('is an answer in another browser, or in none that was sent there', async () => {
    meet()
    const departed = await server.post(departPath, {})
    const back = new URL(await provider.visit(departed.body.url ?? ''))
    const path = back.pathname + back.search
    expect((await server.get(path)).headers.location).toBe('/-/sign-in?failed=expired&next=%2F')
    const other = await server.post(departPath, {})
    expect((await server.get(path, { cookie: other.cookie })).headers.location).toContain('failed=failed')
  })

  it('is an answer that comes a second time, or too late', async () => {
    meet()
    const { back, headers } = await travel()
    const again = await server.get(back.pathname + back.search, headers)
    expect(again.headers.location).toContain('failed=failed')
    const departed = await server.post(departPath, {})
    const late = new URL(await provider.visit(departed.body.url ?? ''))
    server.clock.nowMs += 10 * 60_000
    const arrived = await server.get(late.pathname + late.search, { cookie: departed.cookie })
    expect(arrived.headers.location).toContain('failed=expired')
  })

  it.each(['', '?', '?code=', '?code=x&state=y', `?code=${'x'.repeat(5_000)}`, '?error=access_denied&state=y'])(
    'is %j, whoever sends it',
    async (query) => {
      const { cookie } = await server.post(departPath, {})
      const arrived = await server.get(`/-/auth/oidc/callback${query}`, { cookie })
      expect([arrived.status, arrived.headers.location]).toEqual([302, expect.stringContaining('failed=failed')])
    },
  )

  it('is too many failures from one address, with the time to wait', async () => {
    const from = { 'x-test-address': '203.0.113.50' }
    for (let count = 0; count < 30; count += 1) {
      expect((await server.get('/-/auth/oidc/callback?code=x', from)).status).toBe(302)
    }
    const refused = await server.get('/-/auth/oidc/callback?code=x', from)
    expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, 300])
  })

  it('is who says no address', async () => {
    meet({ email: undefined as never })
    expect((await travel()).location).toContain('failed=no_address')
  })

  it('is who has no account, where nobody gets one by signing in', async () => {
    const closed = await openServer({ FAULTLINE_OIDC_SIGN_UP: 'no' })
    const { email } = meet()
    expect((await travel(closed)).location).toContain('failed=no_account')
    expect(await findUser(email, closed)).toBeNull()
    await closed.stop()
  })
})

describe('a claim that gives roles', () => {
  let roles: AuthServer
  let group: { id: number }
  let project: { id: number }

  beforeAll(async () => {
    roles = await openServer({
      FAULTLINE_OIDC_ROLES_CLAIM: 'groups',
      FAULTLINE_OIDC_ROLES:
        'devs=acme:DEVELOPER, all=acme:REPORTER, leads=acme/shop:OWNER, ghosts=nowhere:OWNER, ghosts=acme/none:OWNER',
      FAULTLINE_OIDC_OWNERS: 'admins',
    })
    await roles.auth.createOwner({ email: 'owner@example.com', password })
    const { prisma } = roles.database
    group = await prisma.group.create({ data: { name: 'acme' } })
    project = await prisma.project.create({ data: { slug: 'shop', name: 'shop', groupId: group.id } })
  })
  afterAll(() => roles.stop())

  async function signInWith(groups: unknown, person = meet()) {
    provider.person = { ...person, groups }
    const viewer = await findViewer((await travel(roles)).cookie, roles)
    if (viewer?.kind !== 'person') throw new Error('nobody is signed in')
    const inGroup = viewer.groupRoles.get(group.id) ?? null
    return {
      person,
      viewer,
      userId: viewer.userId,
      isOwner: viewer.isOwner,
      inGroup,
      inProject: viewer.projectRoles.get(project.id),
    }
  }

  it('gives the highest of them at the first sign-in, and takes them back with the claim', async () => {
    const first = await signInWith(['all', 'devs', 'leads', 'ghosts', 'unknown'])
    expect(first).toMatchObject({ isOwner: false, inGroup: 'DEVELOPER', inProject: 'OWNER' })
    expect(await signInWith(['all'], first.person)).toMatchObject({ inGroup: 'REPORTER', inProject: 'REPORTER' })
    expect(await signInWith([], first.person)).toMatchObject({ inGroup: null, inProject: undefined })
    expect((await readAudit(first.person.email, roles)).map(([action]) => action)).toEqual([
      'user.create',
      'member.add',
      'member.add',
      'member.remove',
      'member.change',
      'member.remove',
    ])
  })

  it('gives nothing to who was disabled', async () => {
    const { person, userId } = await signInWith(['all'])
    await roles.database.prisma.user.update({ where: { id: userId }, data: { disabledAt: new Date() } })
    provider.person = { ...person, groups: ['all', 'leads', 'admins'] }
    expect((await travel(roles)).location).toContain('failed=disabled')
    expect((await findUser(person.email, roles))?.isOwner).toBe(false)
    expect(await roles.database.prisma.projectMember.count({ where: { userId } })).toBe(0)
  })

  it('leaves alone what somebody gave by hand', async () => {
    const { person, userId } = await signInWith([])
    await roles.database.prisma.groupMember.create({ data: { groupId: group.id, userId, role: 'MAINTAINER' } })
    expect(await signInWith(['all'], person)).toMatchObject({ inGroup: 'MAINTAINER' })
    expect(await signInWith([], person)).toMatchObject({ inGroup: 'MAINTAINER' })
  })

  it('leaves alone what somebody changed by hand after the claim gave it', async () => {
    const { person, userId } = await signInWith(['all', 'leads'])
    const members = { prisma: roles.database.prisma, publish: () => undefined }
    await setMember(members, OPERATOR, { place: { groupId: group.id }, userId }, 'MAINTAINER')
    expect(await signInWith(['all', 'leads'], person)).toMatchObject({ inGroup: 'MAINTAINER', inProject: 'OWNER' })
    expect(await signInWith([], person)).toMatchObject({ inGroup: 'MAINTAINER', inProject: 'MAINTAINER' })
  })

  it('takes back a role that it changed before', async () => {
    const { person } = await signInWith(['all'])
    expect(await signInWith(['devs'], person)).toMatchObject({ inGroup: 'DEVELOPER' })
    expect(await signInWith([], person)).toMatchObject({ inGroup: null })
  })

  it('makes and unmakes owners of the instance, but not of one that was made by hand', async () => {
    const first = await signInWith('admins')
    expect(first.isOwner).toBe(true)
    expect((await signInWith([], first.person)).isOwner).toBe(false)
    const byHand = await signInWith([])
    await roles.database.prisma.user.update({ where: { id: byHand.userId }, data: { isOwner: true } })
    expect((await signInWith([], byHand.person)).isOwner).toBe(true)
    await roles.database.prisma.user.update({ where: { id: byHand.userId }, data: { isOwner: false } })
  })

  it('leaves the instance its last owner', async () => {
    const { person } = await signInWith('admins')
    const { prisma } = roles.database
    await prisma.user.updateMany({ where: { email: 'owner@example.com' }, data: { disabledAt: new Date() } })
    expect((await signInWith([], person)).isOwner).toBe(true)
    await prisma.user.updateMany({ where: { email: 'owner@example.com' }, data: { disabledAt: null } })
    expect((await signInWith([], person)).isOwner).toBe(false)
  })
})

describe('a provider', () => {
  let forger: ForgingProvider
  let fooled: AuthServer

  beforeEach(async () => {
    forger = await startForgingProvider()
    const variables = { ...provider.variables, FAULTLINE_OIDC_ISSUER: forger.issuer }
    fooled = await createAuthServer({ oidc: readConfig(variables).oidc })
    return async () => {
      await fooled.stop()
      await forger.stop()
    }
  })

  async function comeBack(claims: Record<string, unknown> = {}) {
    const departed = await fooled.post(departPath, {})
    const { searchParams } = new URL(departed.body.url ?? '')
    forger.claims = {
      sub: '1',
      nonce: searchParams.get('nonce'),
      email: 'ada@example.com',
      email_verified: true,
      ...claims,
    }
    const query = new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '' })
    const arrived = await fooled.get(`/-/auth/oidc/callback?${query}`, { cookie: departed.cookie })
    return { location: arrived.headers.location, viewer: await findViewer(arrived.cookie, fooled) }
  }

  it('is believed when all it says holds', async () => {
    expect((await comeBack()).viewer).toMatchObject({ email: 'ada@example.com' })
  })

  it.each<[string, Record<string, unknown>]>([
    ['another nonce', { nonce: 'x'.repeat(43) }],
    ['another issuer', { iss: 'https://id.example.com' }],
    ['a token for another application', { aud: 'other' }],
    ['a token that has expired', { exp: 1_000_000 }],
    ['a token without its person', { sub: undefined }],
  ])('is not believed with %s', async (_what, claims) => {
    const { location, viewer } = await comeBack(claims)
    expect([location, viewer]).toEqual(['/-/sign-in?failed=failed&next=%2F', null])
    expect(await fooled.database.prisma.user.count()).toBe(0)
  })

  it('is not believed when the token is signed by another key', async () => {
    forger.signsWithOtherKey = true
    expect((await comeBack()).viewer).toBeNull()
  })

  it.each(['huge', 'other issuer', 'away', 'no JSON'] as const)(
    'whose description is %s is no reason to stop, and is asked again later',
    async (discovery) => {
      forger.discovery = discovery
      const refused = await fooled.post(departPath, {})
      expect([refused.status, refused.body]).toEqual([
        503,
        { code: 'UNAVAILABLE', message: 'Acme ID cannot be reached. Try again in a moment.' },
      ])
      forger.discovery = 'honest'
      expect((await comeBack()).viewer).not.toBeNull()
    },
  )

  it('is asked for its description once an hour', async () => {
    const asked = () => forger.requests.filter((path) => path.includes('.well-known')).length
    await Promise.all([fooled.post(departPath, {}), fooled.post(departPath, {})])
    await fooled.post(departPath, {})
    expect(asked()).toBe(1)
    fooled.clock.nowMs += 60 * 60_000
    await fooled.post(departPath, {})
    expect(asked()).toBe(2)
  })

  it('that nobody set up has no endpoints', async () => {
    const without = await createAuthServer()
    expect((await without.post(departPath, {})).status).toBe(404)
    expect((await without.get('/-/auth/oidc/callback?code=x')).status).toBe(404)
    await without.stop()
  })
})
