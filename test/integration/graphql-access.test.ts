// Who may ask for what, how much of it, and what they are told when something goes wrong.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

interface Answer {
  status: number
  body: { data?: any; errors?: { message: string; extensions?: { code?: string } }[] }
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} }
}

const codeOf = ({ body }: Answer) => body.errors?.[0]?.extensions?.code
const asOwner = () => ({ authorization: `Bearer ${server.token}` })

async function signIn(): Promise<string> {
  const response = await fetch(`${server.url}/-/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify(server.owner),
  })
  expect(response.status).toBe(200)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

describe('who is not signed in', () => {
  it.each([
    '{ projects { nodes { id } } }',
    '{ project(path: "acme/shop") { id } }',
    '{ issue(id: "x") { id } }',
    'mutation { createClientKey(input: { project: "x" }) { clientKey { id } } }',
    'mutation { disableErrorTracking(input: { project: "x" }) { project { id } } }',
    'mutation { rotateClientKey(input: { clientKey: "x" }) { newKey { id } } }',
    'mutation { resolveIssue(input: { issue: "x" }) { issue { id } } }',
    'mutation { updateIssues(input: { issues: [], status: RESOLVED }) { issues { id } } }',
    'mutation { createAccessToken(input: { name: "x", scopes: ["api"] }) { secret } }',
  ])('is told so: %s', async (query) => {
    const answer = await post({ query })
    expect(answer.status).toBe(200)
    expect(codeOf(answer)).toBe('UNAUTHENTICATED')
    expect(JSON.stringify(answer.body)).not.toContain('acme')
  })

  it('sees no node', async () => {
    const { project } = await server.gql<any>('{ project(path: "acme/shop") { id clientKeys { id } } }')
    for (const id of [project.id, project.clientKeys[0].id]) {
      const answer = await post({ query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id } })
      expect(answer.body).toEqual({ data: { node: null } })
    }
  })
})

describe('a token', () => {
  it('is taken from either header, and a wrong one is an error, not nobody', async () => {
    const query = '{ viewer { email } }'
    const viewer = { data: { viewer: { email: server.owner.email } } }
    expect((await post({ query }, asOwner())).body).toEqual(viewer)
    expect((await post({ query }, { 'Private-Token': server.token })).body).toEqual(viewer)
    expect(codeOf(await post({ query }, { authorization: 'Bearer wrong' }))).toBe('UNAUTHENTICATED')
  })

  it('that may only read changes nothing', async () => {
    const { createAccessToken } = await server.gql<any>(
      'mutation { createAccessToken(input: { name: "reader", scopes: ["read_api"] }) { secret } }',
    )
    const headers = { authorization: `Bearer ${createAccessToken.secret}` }
    const read = await post({ query: '{ project(path: "acme/shop") { id clientKeys { id } } }' }, headers)
    const { id, clientKeys } = read.body.data.project
    for (const [query, key] of [
      ['mutation ($id: ID!) { createClientKey(input: { project: $id }) { clientKey { id } } }', id],
      ['mutation ($id: ID!) { disableErrorTracking(input: { project: $id }) { project { id } } }', id],
      ['mutation ($id: ID!) { deleteClientKey(input: { clientKey: $id }) { clientKey { id } } }', clientKeys[0].id],
      [
        'mutation ($id: ID!) { resolveIssue(input: { issue: $id }) { issue { id } } }',
        Buffer.from('Issue:1.1').toString('base64url'),
      ],
    ]) {
      expect(codeOf(await post({ query, variables: { id: key } }, headers)), query).toBe('FORBIDDEN')
    }
    const more = 'mutation { createAccessToken(input: { name: "more", scopes: ["api"] }) { secret } }'
    expect(codeOf(await post({ query: more }, headers))).toBe('FORBIDDEN')
  })
})

describe('a cookie', () => {
  const query = '{ viewer { email } }'

  it('is taken from our own pages, under every name of this machine', async () => {
    const cookie = await signIn()
    const port = new URL(server.url).port
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      const answer = await post({ query }, { cookie, origin: `http://${host}:${port}` })
      expect(answer.body.data.viewer.email).toBe(server.owner.email)
    }
  })

  it('is refused from other pages, and in requests that a form could make', async () => {
    const cookie = await signIn()
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:1' },
      { 'content-type': 'text/plain', origin: server.url },
      { 'content-type': 'application/x-www-form-urlencoded', origin: server.url },
    ] as Record<string, string>[]) {
      const answer = await post({ query }, { cookie, ...headers })
      expect(answer.body.data?.viewer ?? null, JSON.stringify(headers)).toBeNull()
      expect(answer.body.errors !== undefined || answer.status === 415, JSON.stringify(headers)).toBe(true)
    }
  })

  it('cannot change anything by GET', async () => {
    const cookie = await signIn()
    const mutation = 'mutation { updateIssues(input: { issues: [], status: RESOLVED }) { issues { id } } }'
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(mutation)}`, { headers: { cookie } })
    expect(response.status).toBe(405)
  })

  it('ends with the sign-out', async () => {
    const cookie = await signIn()
    expect((await post({ query }, { cookie, origin: server.url })).body.data.viewer).not.toBeNull()
    await fetch(`${server.url}/-/auth/sign-out`, {
      method: 'POST',
      headers: { cookie, origin: server.url, 'content-type': 'application/json' },
      body: '{}',
    })
    expect((await post({ query }, { cookie, origin: server.url })).body).toEqual({ data: { viewer: null } })
  })
})

describe('the limits of an operation', () => {
  it('refuse one that is too deep', async () => {
    const deep = `{ project(path: "acme/shop") { issues { nodes { latestEvent { ${'previous { '.repeat(15)} id ${'}'.repeat(15)} } } } } }`
    const answer = await post({ query: deep }, asOwner())
    expect(codeOf(answer)).toBe('INVALID')
    expect(answer.body.errors?.[0]?.message).toContain('levels deep')
  })

  it('refuse one that costs too much, through fragments and variables too', async () => {
    const query = `query ($n: Int) { projects(first: $n) { nodes { issues(first: $n) { ...page } } } }
      fragment page on IssueConnection { nodes { events(first: $n) { nodes { id title } } } }`
    const answer = await post({ query, variables: { n: 100 } }, asOwner())
    expect(codeOf(answer)).toBe('INVALID')
    expect(answer.body.errors?.[0]?.message).toContain('costs')
    expect((await post({ query, variables: { n: 2 } }, asOwner())).body.errors).toBeUndefined()
  })

  it('refuse one with very many aliases, fields or tokens', async () => {
    const aliases = Array.from({ length: 100 }, (_, index) => `a${index}: viewer { id }`).join(' ')
    expect(codeOf(await post({ query: `{ ${aliases} }` }, asOwner()))).toBe('INVALID')
    expect(codeOf(await post({ query: `{ ${'viewer { id } '.repeat(5_000)} }` }, asOwner()))).toBe('INVALID')
    expect(codeOf(await post({ query: `${'{ a '.repeat(100_000)}` }, asOwner()))).toBe('INVALID')
    const bomb = Array.from({ length: 30 }, (_, i) => `fragment f${i} on Project { ...f${i + 1} ...f${i + 1} id }`)
    const query = `{ project(path: "acme/shop") { ...f0 } } ${bomb.join(' ')} fragment f30 on Project { id }`
    const startMs = performance.now()
    await post({ query }, asOwner())
    expect(performance.now() - startMs).toBeLessThan(2_000)
  })

  it('refuse a batch, and a body that is too large', async () => {
    const batch = await post([{ query: '{ viewer { id } }' }, { query: '{ viewer { id } }' }], asOwner())
    expect(batch.status).toBe(400)
    const large = await post({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(1_100_000) } }, asOwner())
    expect(large.status).toBe(413)
  })

  it('let our own largest page pass, and introspection', async () => {
    const query = `query ($n: Int) { project(path: "acme/shop") { id issueCounts { unresolved } issues(first: $n) {
      pageInfo { hasNextPage endCursor } edges { cursor node { id shortId title culprit level status eventCount userCount
      firstSeenAt lastSeenAt regressed frequency { at count } } } } } }`
    expect((await post({ query, variables: { n: 100 } }, asOwner())).body.errors).toBeUndefined()
    const { getIntrospectionQuery } = await import('graphql')
    expect((await post({ query: getIntrospectionQuery() }, asOwner())).body.errors).toBeUndefined()
  })
})

describe('errors', () => {
  it.each(['{', '{ nothing }', 'query ($a: Int!) { viewer { id } }', '{ issue { id } }', ''])(
    'in the operation are the caller’s: %s',
    async (query) => {
      const answer = await post({ query }, asOwner())
      expect(codeOf(answer)).toBe('INVALID')
      expect(answer.status).toBeLessThan(500)
    },
  )

  it('in the request are answered, never with a crash', async () => {
    for (const body of [
      '',
      '{',
      'null',
      '42',
      '"text"',
      '{"query":42}',
      '{"query":"{ viewer { id } }","variables":3}',
    ]) {
      const answer = await post(body, asOwner())
      expect(answer.status, body).toBeGreaterThanOrEqual(400)
      expect(answer.status, body).toBeLessThan(500)
    }
    const put = await fetch(`${server.url}/graphql`, { method: 'PUT', body: '{}' })
    expect(put.status).toBeGreaterThanOrEqual(400)
    expect(put.status).toBeLessThan(500)
  })

  it.each([
    ['project(path: $text) { id }', '\0/shop'],
    ['group(path: $text) { id }', 'acme\0'],
    ['projects(search: $text) { nodes { id } }', '\0'],
    ['users(search: $text) { nodes { id } }', '\0'],
    ['groups(search: $text) { nodes { id } }', '\0'],
    ['project(path: "acme/shop") { issues(query: $text) { nodes { id } } }', 'a\0b'],
  ])('in a text that the database cannot hold are the caller’s: %s', async (field, text) => {
    const answer = await post({ query: `query ($text: String!) { ${field} }`, variables: { text } }, asOwner())
    expect([answer.status, codeOf(answer) ?? 'INVALID']).toEqual([200, 'INVALID'])
  })

  it.each([
    ['createProject(input: { path: "acme/other", name: $text }) { project { id } }'],
    ['updateProject(input: { project: "UHJvamVjdDox", name: $text }) { project { id } }'],
    ['updateProjectSettings(input: { project: "UHJvamVjdDox", filters: { messages: [$text] } }) { project { id } }'],
  ])('in a text that JSON in the database cannot hold are the caller’s: %s', async (field) => {
    const query = `mutation ($text: String!) { ${field} }`
    expect(codeOf(await post({ query, variables: { text: 'a\0b' } }, asOwner()))).toBe('INVALID')
    const half = await post({ query, variables: { text: 'a\ud83d' } }, asOwner())
    expect(half.body.errors).toMatchObject([
      { message: 'A text holds half of a character.', extensions: { code: 'INVALID' } },
    ])
  })

  it('that are bugs of ours are masked, and logged in full', async () => {
    server.log.expectError('secret detail of the database')
    const spy = vi.spyOn(server.database.pool.constructor.prototype, 'query').mockImplementation(() => {
      throw new Error('secret detail of the database')
    })
    const answer = await post({ query: '{ project(path: "acme/shop") { issueCounts { resolved } } }' }, asOwner())
    spy.mockRestore()
    expect(answer.status).toBe(200)
    expect(codeOf(answer)).toBe('INTERNAL')
    expect(JSON.stringify(answer.body)).not.toContain('secret detail')
    expect(JSON.stringify(server.log.lines)).toContain('secret detail of the database')
  })
})

describe('upgrades to a WebSocket', () => {
  it('are refused on other paths', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${server.url}/elsewhere`, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'x',
        },
      })
      request.on('response', (response) => resolve(response.statusCode))
      request.on('error', reject)
      request.end()
    })
    expect(status).toBe(404)
  })
})
