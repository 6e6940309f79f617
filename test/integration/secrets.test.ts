// A day of an installation in which every secret was used, rightly and wrongly, with the database failing in between: where
// none of them is to be found afterwards.

import { randomBytes, randomUUID } from 'node:crypto'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient } from '../support/api-client.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { listDocuments } from '../support/list-documents.ts'
import { startOidcProvider, type TestOidcProvider } from '../support/start-oidc-provider.ts'
import { startSmtpServer, type TestSmtpServer } from '../support/start-smtp-server.ts'
import { until } from '../support/until.ts'

const PASSWORDS = ['correct horse battery', 'a first word of mine', 'a second word of mine', 'a third word of mine']
const [, FIRST = '', SECOND = '', THIRD = ''] = PASSWORDS
const WRONG = ['not the word at all', 'flt_0000000000111111111122222222223333333333', 'glpat-00000000001111111111']
const [WRONG_PASSWORD = '', WRONG_TOKEN = '', FOREIGN_TOKEN = ''] = WRONG

let server: TestServer
let smtp: TestSmtpServer
let provider: TestOidcProvider
/** By what they are. */
const secrets = new Map<string, string>()
/** Addresses that we made, or sent somebody to. */
const addresses: string[] = []

beforeAll(async () => {
  smtp = await startSmtpServer()
  provider = await startOidcProvider()
  const secret = randomBytes(32).toString('base64')
  const mail = { SMTP_URL: smtp.url, MAIL_FROM: 'errors@example.com' }
  server = await createTestServer({ variables: { FAULTLINE_SECRET: secret, ...mail, ...provider.variables } })
  provider.allowRedirect(server.url)
  keep('FAULTLINE_SECRET', secret)
  keep('the password of SMTP_URL', 'mail:secret/')
  keep('FAULTLINE_OIDC_CLIENT_SECRET', provider.variables['FAULTLINE_OIDC_CLIENT_SECRET'] ?? '')
  keep('FAULTLINE_OWNER_TOKEN', server.token)
  for (const [index, password] of PASSWORDS.entries()) keep(`password ${index}`, password)
  for (const [index, wrong] of WRONG.entries()) keep(`wrong ${index}`, wrong)
  const email = await accept()
  await useTokens(email)
  await changePasswords(email)
  await signInInTwoSteps(email)
  await signInByProvider()
  await guess(email)
  await failInBetween(email)
})
afterAll(async () => {
  await server.stop()
  await smtp.stop()
  await provider.stop()
})

function keep(what: string, secret: string): string {
  expect(secret, what).toMatch(/.{6}/)
  secrets.set(what, secret)
  return secret
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const setCookies = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  const text = await answer.text()
  const found = (text.startsWith('{') ? JSON.parse(text) : {}) as object
  return { status: answer.status, cookie: setCookies.join('; '), setCookies, body: found, text }
}

/** Signs in, and remembers each cookie that is worth something. */
async function signIn(email: string, password: string, what: string): Promise<string> {
  const { status, cookie, setCookies } = await post('/-/auth/sign-in/email', { email, password })
  expect([what, status]).toEqual([what, 200])
  for (const [index, line] of setCookies.entries()) {
    keep(`cookie ${index} of ${what}`, decodeURIComponent(line.slice(line.indexOf('=') + 1)))
  }
  return cookie
}

function keepLink(what: string, link: string): string {
  addresses.push(link)
  return keep(what, link.split('#')[1] ?? '')
}

async function accept(): Promise<string> {
  const email = 'ada@example.com'
  const { project } = await server.gql<{ project: { id: string } }>('{ project(path: "acme/shop") { id } }')
  const create = 'mutation ($input: CreateInvitationInput!) { createInvitation(input: $input) { link } }'
  const invite = (input: object) =>
    server.gql<{ createInvitation: { link: string } }>(create, {
      input: { project: project.id, role: 'OWNER', ...input },
    })
  keepLink('an open invitation', (await invite({})).createInvitation.link)
  const token = keepLink('an invitation', (await invite({ email })).createInvitation.link)
  expect((await post('/-/auth/accept-invitation', { token, email, password: FIRST })).status).toBe(200)
  return email
}

async function useTokens(email: string): Promise<void> {
  const cookie = await signIn(email, FIRST, 'a first session')
  const create = 'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret } }'
  const make = async (input: object) => {
    const { body } = await post('/graphql', { query: create, variables: { input } }, { cookie })
    return (body as { data: { createAccessToken: { secret: string } } }).data.createAccessToken.secret
  }
  const own = keep('a personal token', await make({ name: 'own', scopes: ['api'] }))
  const { project } = await server.gql<{ project: { id: string } }>('{ project(path: "acme/shop") { id } }')
  const ofProject = { name: 'robot', scopes: ['api'], project: project.id, role: 'OWNER' }
  const robot = keep('a project’s token', await make(ofProject))
  for (const token of [own, robot, WRONG_TOKEN, FOREIGN_TOKEN]) {
    for (const path of ['projects/1', 'projects/nothing', 'nothing', 'projects?search=%00', 'projects?per_page=x']) {
      const url = `${server.url}/api/v4/${path}`
      const byQuery = `${url}${url.includes('?') ? '&' : '?'}private_token=${token}`
      for (const answer of await Promise.all([fetch(byQuery), fetch(url, { headers: { 'PRIVATE-TOKEN': token } })])) {
        expect(await answer.text()).not.toContain(token)
      }
    }
    const query = `{ project(path: "${token}") { id } nothing(token: "${token}") }`
    await post('/graphql', { query, variables: { token } }, { authorization: `Bearer ${token}` })
    await fetch(`${server.url}/${token}?token=${token}`, { headers: { authorization: `Bearer ${token}` } })
    const socket = createApiClient(server.url, token)
    await socket.subscribe('subscription { issueChanged(project: "x") { kind } }').catch(() => undefined)
    await socket.stop()
  }
}

async function changePasswords(email: string): Promise<void> {
  const cookie = await signIn(email, FIRST, 'a session that changes the password')
  const change = { currentPassword: FIRST, newPassword: SECOND }
  expect((await post('/-/auth/change-password', change, { cookie })).status).toBe(200)
  expect((await post('/-/auth/forgot-password', { email })).status).toBe(200)
  const find = () =>
    smtp.mails.map(({ text }) => /http\S+#[\w-]+/.exec(text)?.[0]).findLast((link) => link?.includes('reset'))
  const mailed = keepLink('a mailed link', await until(find))
  expect((await post('/-/auth/password-link', { token: mailed })).status).toBe(200)
  expect((await post('/-/auth/reset-password', { token: mailed, password: THIRD })).status).toBe(200)
  const { users } = await server.gql<{ users: { nodes: { id: string }[] } }>(
    `{ users(search: "${email}") { nodes { id } } }`,
  )
  const { createPasswordLink } = await server.gql<{ createPasswordLink: { link: string } }>(
    'mutation ($user: ID!) { createPasswordLink(input: { user: $user }) { link } }',
    { user: users.nodes[0]?.id },
  )
  keepLink('an owner’s link', createPasswordLink.link)
}

async function signInInTwoSteps(email: string): Promise<void> {
  const cookie = await signIn(email, THIRD, 'a session that turns two-factor on')
  const begun = await post('/-/auth/two-factor/begin', { password: THIRD }, { cookie })
  const { secret, uri } = begun.body as { secret: string; uri: string }
  keep('a secret of an authenticator app', secret)
  expect(uri).toContain(secret)
  const totp = new TOTP({ secret })
  const confirmed = await post('/-/auth/two-factor/confirm', { code: totp.generate() }, { cookie })
  const { recoveryCodes } = confirmed.body as { recoveryCodes: string[] }
  for (const [index, code] of recoveryCodes.entries()) keep(`recovery code ${index}`, code)
  const half = await signIn(email, THIRD, 'a first step')
  expect((await post('/-/auth/sign-in/code', { code: 'no-such-code' }, { cookie: half })).status).toBe(401)
  const whole = await post('/-/auth/sign-in/code', { code: recoveryCodes[0] }, { cookie: half })
  expect(whole.status).toBe(200)
}

async function signInByProvider(): Promise<void> {
  provider.person = { sub: randomUUID(), email: 'grace@example.com', email_verified: true, name: 'Grace' }
  const departed = await post('/-/auth/oidc/depart', { next: '/acme/shop' })
  const [line = ''] = departed.setCookies
  keep('the cookie of a journey', line.slice(line.indexOf('=') + 1))
  const back = await provider.visit((departed.body as { url: string }).url)
  keep('a code of the provider', new URL(back).searchParams.get('code') ?? '')
  // The second time it is void, which is logged.
  for (let times = 0; times < 2; times += 1) {
    const arrived = await fetch(back, { redirect: 'manual', headers: { cookie: departed.cookie } })
    addresses.push(new URL(arrived.headers.get('location') ?? '', server.url).href)
  }
  expect(addresses.slice(-2)).toEqual([`${server.url}/acme/shop`, expect.stringContaining('failed=failed')])
}

/** What is wrong is nearly right, so that it may not be seen either. */
async function guess(email: string): Promise<void> {
  expect((await post('/-/auth/sign-in/email', { email, password: WRONG_PASSWORD })).status).toBe(401)
  expect((await post('/-/auth/sign-in/email', { email: WRONG_PASSWORD, password: WRONG_PASSWORD })).status).toBe(401)
  expect((await post('/-/auth/sign-in/email', `{"email":"${email}","password":"${THIRD}"`)).status).toBe(400)
  expect((await post('/-/auth/sign-in/email', { email: { a: 1 }, password: THIRD })).status).toBe(400)
  expect((await post('/-/auth/sign-in/email', { email, password: `${THIRD}x` })).status).toBe(401)
  expect((await post('/-/setup', { token: WRONG_TOKEN, email, password: THIRD })).status).toBe(403)
  const owner = await signIn(server.owner.email, server.owner.password, 'a session of the owner')
  expect((await post('/-/auth/sign-out', {}, { cookie: owner })).status).toBe(200)
}

/** Each table that holds a secret is away while it is needed: the bugs that this makes are logged whole. */
async function failInBetween(email: string): Promise<void> {
  server.log.expectError('_away')
  server.log.expectError('does not exist')
  const { pool } = server.database
  const invitation = secrets.get('an open invitation')
  const token = secrets.get('an owner’s link')
  const attempts: [string, () => Promise<unknown>][] = [
    ['session', () => post('/-/auth/sign-in/email', { email: server.owner.email, password: server.owner.password })],
    ['account', () => post('/-/auth/sign-in/email', { email, password: THIRD })],
    [
      'account',
      () => post('/-/auth/accept-invitation', { token: invitation, email: 'new@example.com', password: FIRST }),
    ],
    ['invitation', () => post('/-/auth/accept-invitation', { token: invitation, email, password: FIRST })],
    ['password_link', () => post('/-/auth/reset-password', { token, password: SECOND })],
    ['access_token', () => fetch(`${server.url}/api/v4/user?private_token=${secrets.get('a personal token')}x`)],
    ['access_token', () => post('/graphql', { query: '{ viewer { id } }' }, { 'private-token': `${server.token}x` })],
  ]
  for (const [table, attempt] of attempts) {
    await pool.query(`ALTER TABLE "${table}" RENAME TO "${table}_away"`)
    await attempt()
    await pool.query(`ALTER TABLE "${table}_away" RENAME TO "${table}"`)
  }
  expect(server.log.lines.filter(({ level }) => level >= 50).length).toBeGreaterThan(3)
}

/** As it is, and as something else would write it. */
function findSecrets(text: string): string[] {
  const lower = text.toLowerCase()
  return [...secrets].flatMap(([what, secret]) => {
    const bytes = Buffer.from(secret)
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString('hex')]
    // Without its end, which depends on what follows.
    forms.push(bytes.toString('base64').slice(0, Math.floor(bytes.length / 3) * 4))
    return forms.some((form) => lower.includes(form.toLowerCase())) ? [what] : []
  })
}

describe('no secret', () => {
  it('is missing here', () => {
    expect(secrets.size).toBeGreaterThan(30)
    expect(findSecrets([...secrets.values()].join('\n'))).toEqual([...secrets.keys()])
  })

  it('is in the log', () => {
    expect(server.log.lines.length).toBeGreaterThan(10)
    expect(findSecrets(server.log.lines.map((line) => JSON.stringify(line)).join('\n'))).toEqual([])
  })

  it('is in the database in clear', async () => {
    const { pool } = server.database
    const { rows: tables } = await pool.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r'`,
    )
    expect(tables.length).toBeGreaterThan(20)
    let rowCount = 0
    for (const { name } of tables) {
      const { rows } = await pool.query<{ text: string }>(
        `SELECT t::text || ' ' || to_jsonb(t)::text AS text FROM "${name}" t`,
      )
      rowCount += rows.length
      expect([name, findSecrets(rows.map(({ text }) => text).join('\n'))]).toEqual([name, []])
    }
    expect(rowCount).toBeGreaterThan(50)
  })

  it('is in an address of ours before the #, which is where it stays in the browser', () => {
    expect(addresses.length).toBeGreaterThan(5)
    expect(findSecrets(addresses.map((address) => address.split('#')[0]).join('\n'))).toEqual([])
  })

  it.each(listDocuments())('is in what GraphQL answers later: %s', async (_place, document) => {
    const variables = document.includes('$path')
      ? { path: 'acme/shop' }
      : document.includes('$')
        ? { group: 'acme' }
        : {}
    expect(findSecrets(JSON.stringify(await server.ask(document, variables)))).toEqual([])
  })

  it.each(['/metrics', '/healthz', '/readyz', '/api/v4/user', '/api/v4/projects', '/api/v4/version'])(
    'is in %s',
    async (path) => {
      const answer = await fetch(`${server.url}${path}`, { headers: { 'PRIVATE-TOKEN': server.token } })
      expect(answer.status).toBe(200)
      expect(findSecrets(await answer.text())).toEqual([])
    },
  )
})
