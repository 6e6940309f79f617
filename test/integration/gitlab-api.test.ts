// GitLab's REST API as its clients meet it: a table of request, who asks, status and body, and an unmodified client.

import { Gitlab } from '@gitbeaker/rest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROLES, type Role } from '../../server/domain/role.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'

type Actor = 'anonymous' | 'outsider' | 'wrong token' | Role

let server: TestServer
/** Their access tokens. `outsider` has a token of another project. */
const tokens = new Map<Actor, string>()

beforeAll(async () => {
  server = await createTestServer()
  await server.seed.project('other/app').withClientKey()
  for (const role of ROLES) tokens.set(role, await createToken('acme/shop', role))
  tokens.set('outsider', await createToken('other/app', 'OWNER'))
  tokens.set('wrong token', 'flt_nobodyHasThisOne')
})
afterAll(() => server.stop())

async function createToken(path: string, role: Role, scopes = ['api']): Promise<string> {
  const { project } = await server.gql<{ project: { id: string } }>(
    'query ($path: String!) { project(path: $path) { id } }',
    {
      path,
    },
  )
  const { createAccessToken } = await server.gql<{ createAccessToken: { secret: string } }>(
    `mutation ($project: ID!, $role: Role!, $scopes: [String!]!) {
       createAccessToken(input: { name: "test", scopes: $scopes, project: $project, role: $role }) { secret } }`,
    { project: project.id, role, scopes },
  )
  return createAccessToken.secret
}

/** @returns the number of a project that was never set up, or was with `tracking`. */
async function createProject(tracking?: 'on'): Promise<number> {
  const path = `fresh/app-${crypto.randomUUID().slice(0, 8)}`
  const { createProject: created } = await server.gql<{ createProject: { project: { id: string; number: number } } }>(
    'mutation ($path: String!) { createProject(input: { path: $path }) { project { id number } } }',
    { path },
  )
  const { id, number } = created.project
  if (tracking === 'on') {
    const enable = `mutation ($id: ID!) { enableErrorTracking(input: { project: $id, backend: INTEGRATED }) { project { id } } }`
    await server.gql(enable, { id })
  }
  return number
}

interface Call {
  method?: string
  token?: string | null
  headers?: Record<string, string>
  body?: BodyInit
}

async function call(path: string, { method = 'GET', token = server.token, headers = {}, body }: Call = {}) {
  const response = await fetch(`${server.url}/api/v4${path}`, {
    method,
    headers: { ...(token === null ? {} : { 'PRIVATE-TOKEN': token }), ...headers },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown }
}

const form = (values: Record<string, string>): Call => ({ body: new URLSearchParams(values) })
const json = (value: unknown): Call => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

const UNAUTHORIZED = [401, { message: '401 Unauthorized' }] as const
const FORBIDDEN = [403, { message: '403 Forbidden' }] as const
const NO_PROJECT = [404, { message: '404 Project Not Found' }] as const
const NO_SETTINGS = [404, { message: '404 Error Tracking Setting Not Found' }] as const

const INTEGRATED_SETTINGS = {
  active: true,
  project_name: null,
  sentry_external_url: null,
  api_url: null,
  integrated: true,
}

describe('who may', () => {
  const requests: [string, string, Call][] = [
    ['GET', '/error_tracking/settings', {}],
    ['PATCH', '/error_tracking/settings', form({ active: 'true' })],
    ['PUT', '/error_tracking/settings', form({ active: 'true', integrated: 'true' })],
    ['GET', '/error_tracking/client_keys', {}],
    ['POST', '/error_tracking/client_keys', {}],
    ['DELETE', '/error_tracking/client_keys/999999', {}],
  ]
  const refusals: [Actor, readonly [number, object]][] = [
    ['anonymous', UNAUTHORIZED],
    ['wrong token', UNAUTHORIZED],
    ['outsider', NO_PROJECT],
    ['REPORTER', FORBIDDEN],
    ['DEVELOPER', FORBIDDEN],
  ]
  const rows = requests.flatMap(([method, path, options]) =>
    refusals.map(([actor, answer]) => [method, path, actor, options, answer] as const),
  )

  it.each(rows)('%s %s is refused to %s', async (method, path, actor, options, [status, body]) => {
    const answer = await call(`/projects/1${path}`, { ...options, method, token: tokens.get(actor) ?? null })
    expect(answer).toMatchObject({ status, body })
    expect(answer.body).toEqual(body)
  })

  it.each(
    requests.flatMap(([method, path, options]) =>
      (['MAINTAINER', 'OWNER'] as const).map((role) => [method, path, role, options] as const),
    ),
  )('%s %s is allowed to %s', async (method, path, role, options) => {
    const { status } = await call(`/projects/1${path}`, { ...options, method, token: tokens.get(role) ?? null })
    expect(status).toBe(method === 'POST' ? 201 : method === 'DELETE' ? 404 : 200)
  })

  it.each([
    ['/projects/4711', NO_PROJECT],
    ['/projects/acme%2Fnothing', NO_PROJECT],
    ['/projects/4711/error_tracking/settings', NO_PROJECT],
    ['/projects/99999999999999/error_tracking/client_keys', NO_PROJECT],
    ['/nothing', [404, { error: '404 Not Found' }]],
  ] as const)('%s is not there', async (path, [status, body]) => {
    expect(await call(path)).toMatchObject({ status, body })
  })

  it('names the scope that a token lacks, before it says whether the project is there', async () => {
    const token = await createToken('acme/shop', 'OWNER', ['read_api'])
    expect((await call('/projects/1/error_tracking/settings', { token })).status).toBe(200)
    for (const path of ['/projects/1/error_tracking/client_keys', '/projects/4711/error_tracking/client_keys']) {
      expect(await call(path, { method: 'POST', token })).toMatchObject({
        status: 403,
        body: { error: 'insufficient_scope', error_description: expect.stringContaining('"api"'), scope: 'api' },
      })
    }
  })

  it.each([
    ['PRIVATE-TOKEN', (token: string) => ({ path: '', headers: { 'PRIVATE-TOKEN': token } })],
    ['Authorization: Bearer', (token: string) => ({ path: '', headers: { Authorization: `Bearer ${token}` } })],
    ['private_token=', (token: string) => ({ path: `?private_token=${token}`, headers: {} })],
    ['access_token=', (token: string) => ({ path: `?access_token=${token}`, headers: {} })],
  ])('takes the token in %s', async (_name, send) => {
    const { path, headers } = send(tokens.get('MAINTAINER') ?? '')
    const { status } = await call(`/projects/1/error_tracking/settings${path}`, { token: null, headers })
    expect(status).toBe(200)
  })

  it('lets no cookie change anything: a form on a page of somebody else would send it along', async () => {
    const signIn = await fetch(`${server.url}/-/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify(server.owner),
    })
    const cookie = signIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    expect(cookie).not.toBe('')
    const answer = await call('/projects/1/error_tracking/client_keys', {
      method: 'POST',
      token: null,
      headers: { cookie },
    })
    expect(answer).toMatchObject({ status: 401, body: { message: '401 Unauthorized' } })
  })
})

describe('the settings', () => {
  it('are not there before PUT makes them', async () => {
    const path = `/projects/${await createProject()}/error_tracking/settings`
    expect(await call(path)).toMatchObject({ status: NO_SETTINGS[0], body: NO_SETTINGS[1] })
    expect(await call(path, { method: 'PATCH', ...form({ active: 'true' }) })).toMatchObject({
      status: 404,
      body: NO_SETTINGS[1],
    })
    const put = await call(path, { method: 'PUT', ...form({ active: 'true', integrated: 'true' }) })
    expect(put).toMatchObject({ status: 200 })
    expect(put.body).toEqual(INTEGRATED_SETTINGS)
    expect((await call(path)).body).toEqual(INTEGRATED_SETTINGS)
  })

  it('that name Sentry as the backend leave what was taken in to be read', async () => {
    const project = `/projects/${await createProject()}/error_tracking`
    const put = await call(`${project}/settings`, { method: 'PUT', ...form({ active: 'true', integrated: 'false' }) })
    expect(put).toMatchObject({ status: 200, body: { active: true, integrated: false } })
    const { projects } = await server.gql<{ projects: { nodes: { errorTracking: object; issueCounts: object }[] } }>(
      `{ projects(first: 100) { nodes { errorTracking { backend } issueCounts { unresolved } issues { nodes { id } } } } }`,
    )
    expect(projects.nodes).toContainEqual({
      errorTracking: { backend: 'SENTRY' },
      issueCounts: { unresolved: expect.anything() },
      issues: { nodes: [] },
    })
  })

  it('make the first key when they are turned on, and no second one', async () => {
    const project = `/projects/${await createProject()}/error_tracking`
    await call(`${project}/settings`, { method: 'PUT', ...form({ active: 'false', integrated: 'true' }) })
    expect((await call(`${project}/client_keys`)).body).toEqual([])
    await call(`${project}/settings`, { method: 'PATCH', ...form({ active: 'true' }) })
    expect((await call(`${project}/client_keys`)).body).toMatchObject([{ active: true }])
    await call(`${project}/settings`, { method: 'PATCH', ...form({ active: 'true' }) })
    expect((await call(`${project}/client_keys`)).body).toHaveLength(1)
  })

  it.each([
    [
      'the query',
      (values: Record<string, string>) => ({ query: `?${new URLSearchParams(values).toString()}`, options: {} }),
    ],
    ['a form', (values: Record<string, string>) => ({ query: '', options: form(values) })],
    [
      'a multipart form',
      (values: Record<string, string>) => {
        const body = new FormData()
        for (const [name, value] of Object.entries(values)) body.set(name, value)
        return { query: '', options: { body } }
      },
    ],
    [
      'JSON',
      ({ active, integrated }: Record<string, string>) => ({
        query: '',
        options: json({ active: active === 'true', integrated: integrated === 'true' }),
      }),
    ],
  ])('are changed by parameters in %s', async (_name, send) => {
    const path = `/projects/${await createProject('on')}/error_tracking/settings`
    for (const active of ['false', 'true']) {
      const { query, options } = send({ active, integrated: 'true' })
      const answer = await call(`${path}${query}`, { method: 'PATCH', ...options })
      expect(answer).toMatchObject({ status: 200, body: { active: active === 'true', integrated: true } })
    }
  })

  it.each([
    ['PATCH', {}, 'active is missing'],
    ['PATCH', { active: '' }, 'active is empty'],
    ['PATCH', { active: 'randomstring' }, 'active is invalid'],
    ['PATCH', { active: 'true', integrated: 'randomstring' }, 'integrated is invalid'],
    ['PUT', {}, 'active is missing, integrated is missing'],
    ['PUT', { active: 'true' }, 'integrated is missing'],
    ['PUT', { integrated: 'true' }, 'active is missing'],
    ['PUT', { active: '', integrated: 'true' }, 'active is empty'],
    ['PUT', { active: 'true', integrated: 'maybe' }, 'integrated is invalid'],
  ])('refuse %s %o: %s', async (method, values, error) => {
    const answer = await call('/projects/1/error_tracking/settings', { method, ...form(values) })
    expect(answer).toMatchObject({ status: 400, body: { error } })
  })

  it('are looked for after the parameters, as GitLab does it', async () => {
    const path = `/projects/${await createProject()}/error_tracking/settings`
    for (const method of ['PATCH', 'PUT']) {
      const answer = await call(path, { method, ...form({ active: 'randomstring', integrated: 'true' }) })
      expect(answer).toMatchObject({ status: 400, body: { error: 'active is invalid' } })
    }
  })

  it.each(['null', '[]', '{"active":', '"x"', '{"active": {"a": 1}}', '{"active": null}'])(
    'refuse the JSON %s',
    async (body) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await call('/projects/1/error_tracking/settings', { method: 'PATCH', headers, body })
      expect(answer).toMatchObject({ status: 400, body: { error: expect.any(String) } })
    },
  )

  it('are found by number, by path and with a slash at the end', async () => {
    for (const id of ['1', 'acme%2Fshop']) {
      for (const slash of ['', '/']) {
        expect((await call(`/projects/${id}/error_tracking/settings${slash}`)).body).toEqual(INTEGRATED_SETTINGS)
      }
    }
  })

  it('of a project that is hidden are not there, which is not the same as off', async () => {
    const number = await createProject('on')
    const project = `/projects/${number}/error_tracking`
    const { project: node } = await server.gql<{ project: { id: string } }>(
      'query ($path: String!) { project(path: $path) { id } }',
      { path: ((await call(`/projects/${number}`)).body as { path_with_namespace: string }).path_with_namespace },
    )
    const hide = (hidden: boolean) =>
      server.gql(
        `mutation ($id: ID!, $hidden: Boolean!) {
           hideErrorTracking(input: { project: $id, hidden: $hidden }) { project { errorTracking { hidden } } } }`,
        { id: node.id, hidden },
      )
    await call(`${project}/settings`, { method: 'PATCH', ...form({ active: 'false' }) })
    expect((await call(`${project}/settings`)).status).toBe(200)
    await hide(true)
    for (const [method, path, options] of [
      ['GET', '/settings', {}],
      ['PATCH', '/settings', form({ active: 'true' })],
      ['PUT', '/settings', form({ active: 'true', integrated: 'true' })],
      ['GET', '/client_keys', {}],
      ['POST', '/client_keys', {}],
      ['DELETE', '/client_keys/1', {}],
    ] as const) {
      const answer = await call(`${project}${path}`, { method, ...options })
      expect(answer).toMatchObject({ status: 404, body: { message: '404 Not Found' } })
    }
    await hide(false)
    expect((await call(`${project}/settings`)).body).toMatchObject({ active: false })
  })

  it('are written down when they change, and not when a client sets what is set', async () => {
    const number = await createProject()
    const path = `/projects/${number}/error_tracking/settings`
    for (const active of ['false', 'false', 'true', 'true', 'false']) {
      await call(path, { method: 'PUT', ...form({ active, integrated: 'true' }) })
    }
    const entries = await server.database.prisma.auditEntry.findMany({
      where: { projectId: number, action: { startsWith: 'error_tracking.' } },
      orderBy: { id: 'asc' },
    })
    expect(entries.map(({ action, changes }) => [action, changes])).toEqual([
      ['error_tracking.disable', { enabled: { from: false, to: false } }],
      ['error_tracking.enable', { enabled: { from: false, to: true } }],
      ['error_tracking.disable', { enabled: { from: true, to: false } }],
    ])
  })

  it('turned off and on hold for SDKs within a second', async () => {
    const path = '/projects/1/error_tracking/settings'
    await call(path, { method: 'PATCH', ...form({ active: 'false' }) })
    expect((await server.sendEnvelope('{}\n{"type":"event"}\n{"message":"x"}')).status).toBe(403)
    await call(path, { method: 'PATCH', ...form({ active: 'true' }) })
    await expect(server.sendEvent()).resolves.toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('the client keys', () => {
  it('are made with 201, listed, and deleted with 200 and what they were', async () => {
    const keys = `/projects/${await createProject('on')}/error_tracking/client_keys`
    const created = await call(keys, { method: 'POST' })
    expect(created).toMatchObject({
      status: 201,
      body: {
        id: expect.any(Number),
        active: true,
        public_key: expect.stringMatching(/^[0-9a-f]{32}$/),
        sentry_dsn: expect.any(String),
      },
    })
    const key = created.body as { id: number; public_key: string; sentry_dsn: string }
    expect(Object.keys(key)).toEqual(['id', 'active', 'public_key', 'sentry_dsn'])
    expect(key.sentry_dsn).toContain(`//${key.public_key}@`)
    expect((await call(keys)).body).toContainEqual(key)
    expect(await call(`${keys}/${key.id}`, { method: 'DELETE' })).toMatchObject({ status: 200, body: key })
    expect((await call(keys)).body).not.toContainEqual(key)
    expect(await call(`${keys}/${key.id}`, { method: 'DELETE' })).toMatchObject({
      status: 404,
      body: { message: '404 Not found' },
    })
  })

  it('are not deleted through another project', async () => {
    const number = await createProject('on')
    const [key] = (await call(`/projects/${number}/error_tracking/client_keys`)).body as { id: number }[]
    const answer = await call(`/projects/1/error_tracking/client_keys/${key?.id}`, { method: 'DELETE' })
    expect(answer.status).toBe(404)
    expect((await call(`/projects/${number}/error_tracking/client_keys`)).body).toMatchObject([{ id: key?.id }])
  })

  it.each(['abc', '1x', '-1'])('have no number %s', async (id) => {
    const answer = await call(`/projects/1/error_tracking/client_keys/${id}`, { method: 'DELETE' })
    expect(answer).toMatchObject({ status: 400, body: { error: 'key_id is invalid' } })
  })

  it('come in pages, with GitLab’s headers', async () => {
    const keys = `/projects/${await createProject('on')}/error_tracking/client_keys`
    for (let made = 1; made < 5; made += 1) await call(keys, { method: 'POST' })
    const { body, headers } = await call(`${keys}?per_page=2&page=2`)
    expect(body).toHaveLength(2)
    expect(
      Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-') && !name.startsWith('x-content'))),
    ).toEqual({
      'x-page': '2',
      'x-per-page': '2',
      'x-total': '5',
      'x-total-pages': '3',
      'x-next-page': '3',
      'x-prev-page': '1',
    })
    const target = `${server.url}/api/v4${keys}`
    expect(headers.get('link')).toBe(
      [
        `<${target}?page=1&per_page=2>; rel="prev"`,
        `<${target}?page=3&per_page=2>; rel="next"`,
        `<${target}?page=1&per_page=2>; rel="first"`,
        `<${target}?page=3&per_page=2>; rel="last"`,
      ].join(', '),
    )
    const last = await call(`${keys}?per_page=2&page=3`)
    expect(last.body).toHaveLength(1)
    expect(last.headers.get('x-next-page')).toBe('')
    expect((await call(`${keys}?page=9`)).body).toEqual([])
  })

  it('are twenty a page, and a hundred at most', async () => {
    expect((await call('/projects/1/error_tracking/client_keys')).headers.get('x-per-page')).toBe('20')
    expect((await call('/projects/1/error_tracking/client_keys?per_page=1000')).headers.get('x-per-page')).toBe('100')
  })

  it.each([
    ['per_page=x', 'per_page is invalid'],
    ['page=1.5', 'page is invalid'],
    ['per_page=0', 'per_page does not have a valid value'],
  ])('refuse %s', async (query, error) => {
    const answer = await call(`/projects/1/error_tracking/client_keys?${query}`)
    expect(answer).toMatchObject({ status: 400, body: { error } })
  })

  it('are rotated with the curl commands of GitLab’s documentation, which send a content type and no body', async () => {
    const keys = `/projects/${await createProject('on')}/error_tracking/client_keys`
    const headers = { 'Content-Type': 'application/json' }
    const [old] = (await call(keys, { headers })).body as { id: number }[]
    expect((await call(keys, { method: 'POST', headers })).status).toBe(201)
    expect((await call(`${keys}/${old?.id}`, { method: 'DELETE', headers })).status).toBe(200)
    expect((await call(keys, { headers })).body).toHaveLength(1)
  })
})

describe('finding the way', () => {
  it('tells the version, and who asks', async () => {
    expect((await call('/version')).body).toMatchObject({ version: expect.any(String), revision: expect.any(String) })
    expect((await call('/user')).body).toMatchObject({
      id: 1,
      username: 'owner',
      email: 'owner@example.com',
      is_admin: true,
    })
    const token = tokens.get('REPORTER') ?? null
    expect((await call('/user', { token })).body).toMatchObject({ username: 'project_1_bot', bot: true, email: null })
    for (const path of ['/version', '/user', '/projects']) {
      expect(await call(path, { token: null })).toMatchObject({ status: UNAUTHORIZED[0], body: UNAUTHORIZED[1] })
    }
  })

  it('lists the projects that one may see, and finds them by name', async () => {
    const shop = { id: 1, path: 'shop', path_with_namespace: 'acme/shop', namespace: { full_path: 'acme' } }
    expect((await call('/projects?search=shop')).body).toMatchObject([shop])
    expect((await call('/projects', { token: tokens.get('REPORTER') ?? null })).body).toMatchObject([shop])
    expect((await call('/projects', { token: tokens.get('outsider') ?? null })).body).toMatchObject([
      { path_with_namespace: 'other/app' },
    ])
    expect((await call('/projects/acme%2Fshop')).body).toMatchObject(shop)
    expect((await call('/projects/Acme%2FShop')).body).toMatchObject(shop)
  })

  it.each(['asc', 'desc'])('leads through all pages by the links, in the order %s', async (sort) => {
    const group = `pages-${crypto.randomUUID().slice(0, 8)}`
    const numbers: number[] = []
    for (let made = 0; made < 5; made += 1) {
      numbers.push((await server.seed.project(`${group}/app-${made}`).withClientKey()).number)
    }
    const found: number[] = []
    let next: string | undefined = `${server.url}/api/v4/projects?search=${group}&sort=${sort}&per_page=2`
    while (next !== undefined) {
      const answer: Response = await fetch(next, { headers: { 'PRIVATE-TOKEN': server.token } })
      found.push(...((await answer.json()) as { id: number }[]).map(({ id }) => id))
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    }
    expect(found).toEqual(sort === 'asc' ? numbers : numbers.toReversed())
  })

  it('finds what is sought as it stands, and no pattern', async () => {
    for (const search of ['%', '_', '\\', 's%p', '\ufffd']) {
      expect((await call(`/projects?search=${encodeURIComponent(search)}`)).body).toEqual([])
    }
    expect(await call('/projects?search=%00')).toMatchObject({ status: 400, body: { message: expect.any(String) } })
  })
})

describe('an unmodified GitLab client', () => {
  it('finds the project, changes the settings and makes, lists and deletes keys', async () => {
    const number = await createProject()
    const gitlab = new Gitlab({ host: server.url, token: server.token })
    expect(await gitlab.Projects.show(number)).toMatchObject({ id: number })
    await gitlab.ErrorTrackingSettings.create(number, true, true)
    expect(await gitlab.ErrorTrackingSettings.show(number)).toMatchObject({ active: true, integrated: true })
    await gitlab.ErrorTrackingSettings.edit(number, false)
    expect(await gitlab.ErrorTrackingSettings.show(number)).toMatchObject({ active: false, integrated: true })
    const key = await gitlab.ErrorTrackingClientKeys.create(number)
    expect(key).toMatchObject({ active: true, public_key: expect.any(String) })
    expect(await gitlab.ErrorTrackingClientKeys.all(number)).toHaveLength(2)
    await gitlab.ErrorTrackingClientKeys.remove(number, { keyId: key.id } as never)
    expect(await gitlab.ErrorTrackingClientKeys.all(number)).toHaveLength(1)
  })
})
