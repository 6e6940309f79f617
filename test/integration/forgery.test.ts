// What a page of somebody else can make a signed-in browser send: links, forms, and requests without asking first. Nothing
// of it changes anything. The routes are those that the server registers, so that the next one is held to it as well.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectRoutes } from '../support/collect-routes.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { listFields, writeField } from '../support/write-operation.ts'

/** What forms can send, and JSON, which a browser asks about first. */
const BODIES: [string, string][] = [
  ['application/x-www-form-urlencoded', 'active=false&integrated=true'],
  ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="active"\r\n\r\nfalse\r\n--x--\r\n'],
  ['text/plain', '{"active":false,"integrated":true}'],
  ['application/json', '{"active":false,"integrated":true}'],
]
const ELSEWHERE = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }] as const
const PARAMETERS: Record<string, string> = { ':id': '1', ':key_id': '1', ':group': 'acme', ':project': 'shop' }

let server: TestServer
let cookie: string

beforeAll(async () => {
  server = await createTestServer()
  const answer = await fetch(`${server.url}/-/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify(server.owner),
  })
  cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
})
afterAll(() => server.stop())

const routes = await collectRoutes()
const changing = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))

function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
  const url = `${server.url}${path.replaceAll(/:\w+/g, (name) => PARAMETERS[name] ?? 'x')}`
  const init = { method, headers: { cookie, ...headers }, redirect: 'manual' as const }
  return fetch(url, body === undefined ? init : { ...init, body })
}

/** Whatever a request could have changed, and whether its sender is still signed in. */
async function readState(): Promise<unknown> {
  const { prisma, pool } = server.database
  const counts = await Promise.all([
    ...[prisma.auditEntry.count(), prisma.user.count(), prisma.session.count(), prisma.accessToken.count()],
    ...[prisma.clientKey.count(), prisma.project.count(), prisma.group.count(), prisma.invitation.count()],
  ])
  const { rows } = await pool.query(
    'SELECT tracking_enabled, tracking_hidden, settings, name, slug FROM project ORDER BY id',
  )
  const session = await fetch(`${server.url}/-/auth/get-session`, { headers: { cookie } })
  return { counts, rows, session: await session.json() }
}

async function expectNoChange(attack: () => Promise<void>): Promise<void> {
  const before = await readState()
  expect(before).toMatchObject({ session: { user: { email: server.owner.email } } })
  await attack()
  expect(await readState()).toEqual(before)
}

describe('a page of somebody else', () => {
  it('is tried on every route that changes something', () => {
    expect(changing.filter(({ path }) => path.startsWith('/-/')).length).toBeGreaterThan(12)
    expect(changing.filter(({ path }) => path.startsWith('/api/v4/')).length).toBeGreaterThan(4)
    expect(routes.filter(({ path }) => !/^\/(?:-|api\/(?:v4|0))\//.test(path))).toEqual([])
  })

  it.each(changing.map(({ method, path }) => [method, path] as const))('changes nothing by %s %s', (method, path) =>
    expectNoChange(async () => {
      for (const from of ELSEWHERE) {
        for (const [type, body] of BODIES) {
          const answer = await send(method, path, { ...from, 'content-type': type }, body)
          // To GitLab's API a cookie is nobody; our own endpoints see that the page is not ours.
          expect([from, type, answer.status]).toEqual([from, type, path.startsWith('/api/v4/') ? 401 : 403])
          expect(answer.headers.get('access-control-allow-origin')).toBeNull()
        }
      }
    }),
  )

  it.each(changing.filter(({ path }) => path.startsWith('/-/')).map(({ path }) => path))(
    'changes nothing by a link to %s, nor does a form of our own origin',
    (path) =>
      expectNoChange(async () => {
        for (const method of ['GET', 'HEAD']) {
          const answer = await send(method, `${path}?a=b`, {})
          // The page itself has this address, too.
          expect(answer.status).toBe(path === '/-/setup' ? 200 : 404)
        }
        for (const [type, body] of BODIES.slice(0, 3)) {
          expect((await send('POST', path, { origin: server.url, 'content-type': type }, body)).status).toBe(415)
        }
      }),
  )

  it('has no answer that it may read, and no route that a browser is told to be open', async () => {
    for (const path of [
      '/graphql',
      '/-/auth/sign-in/email',
      '/-/auth/account',
      '/api/v4/projects/1/error_tracking/settings',
    ]) {
      const asked = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
      const answer = await send('OPTIONS', path, { ...asked, 'access-control-request-headers': 'content-type' })
      expect([path, answer.headers.get('access-control-allow-origin')]).toEqual([path, null])
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })
})

describe('GraphQL', () => {
  const prefix = '/graphql'
  const mutations = listFields('Mutation').map((field) => {
    const options = { ids: new Map<string, string>(), paths: { project: 'forged/app', group: 'forged' } }
    return [field.name, `mutation { ${writeField(field, options)} }`] as const
  })

  it.each(mutations)('does not do %s for a link or a form elsewhere', (_name, query) =>
    expectNoChange(async () => {
      const encoded = new URLSearchParams({ query }).toString()
      for (const from of [...ELSEWHERE, {}]) {
        expect((await send('GET', `${prefix}?${encoded}`, from)).status).toBeGreaterThanOrEqual(400)
      }
      for (const from of ELSEWHERE) {
        for (const [type] of BODIES) {
          const body = type.startsWith('application/x') ? encoded : JSON.stringify({ query })
          await expectRefused(await send('POST', prefix, { ...from, 'content-type': type }, body))
        }
      }
      for (const [type] of BODIES.slice(0, 3)) {
        const body = type.startsWith('application/x') ? encoded : JSON.stringify({ query })
        await expectRefused(await send('POST', prefix, { origin: server.url, 'content-type': type }, body))
      }
    }),
  )

  async function expectRefused(answer: Response): Promise<void> {
    const text = await answer.text()
    expect([answer.status, text]).toEqual([answer.status, expect.not.stringMatching(/"data":\{"/)])
    expect(answer.status >= 400 || text.includes('"FORBIDDEN"')).toBe(true)
  }
})
