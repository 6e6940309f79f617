// Who may ask for what, held against the running server for every field of the schema and every route of REST: what a field
// declares (`access`, see server/graphql/access-plugin.ts) is what it does, to everybody. Made from the schema and from what
// the server registers, so that a new one is in it; what the actions themselves ask for is the table of
// test/unit/auth-can.test.ts.

import { isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertMayTry, can, isInstanceAction, isProjectAction, type Action } from '../../server/auth/can.ts'
import { MissingScope } from '../../server/auth/missing-scope.ts'
import { readPerson } from '../../server/auth/read-person.ts'
import { SCOPES, type Viewer } from '../../server/auth/viewer.ts'
import { ROLES } from '../../server/domain/role.ts'
import { schema } from '../../server/graphql/schema.ts'
import { createApiClient } from '../support/api-client.ts'
import { collectRoutes } from '../support/collect-routes.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { createPeople, type People } from '../support/people.ts'
import { listFields, writeField, type AnyField } from '../support/write-operation.ts'

interface Actor {
  name: string
  token: string | null
  viewer: Viewer | null
}

let server: TestServer
let people: People
const actors: Actor[] = []
/** Global ids of what belongs to acme/shop, by the name of the argument that takes one. */
const ids = new Map<string, string>()
let projectId: number
let groupId: number

beforeAll(async () => {
  server = await createTestServer()
  people = createPeople(server)
  await server.sendEvent()
  const elsewhere = await server.seed.project('elsewhere/app').withClientKey()
  const { project } = await server.gql<{
    project: {
      id: string
      group: { id: string }
      clientKeys: { id: string }[]
      issues: { nodes: { id: string; latestEvent: { id: string } }[] }
    }
  }>(`{
    project(path: "acme/shop") {
      id group { id } clientKeys { id } issues(first: 1) { nodes { id latestEvent { id } } }
    }
  }`)
  const [issue] = project.issues.nodes
  for (const [name, id] of Object.entries({
    ...{ project: project.id, group: project.group.id, clientKey: project.clientKeys[0]?.id },
    // Who is done something to asks for nothing.
    user: (await people.person()).id,
    ...{ issue: issue?.id, issues: issue?.id, event: issue?.latestEvent.id, id: issue?.id },
  })) {
    ids.set(name, id ?? '')
  }
  const row = await server.database.prisma.project.findFirstOrThrow({ where: { slug: 'shop' } })
  projectId = row.id
  groupId = row.groupId
  actors.push({ name: 'anonymous', token: null, viewer: null })
  for (const role of ROLES) actors.push(await createActor(role, projectId, role, ['api']))
  for (const scope of SCOPES) actors.push(await createActor(`OWNER with ${scope}`, projectId, 'OWNER', [scope]))
  actors.push(await createActor('outsider', elsewhere.number, 'OWNER', ['api']))
  for (const role of ROLES) actors.push(await createPerson(role, project.id))
  actors.push(await createPerson(null, project.id))
  const owner = await server.database.prisma.user.findFirstOrThrow({ where: { isOwner: true } })
  actors.push({ name: 'the instance’s owner', token: server.token, viewer: await readViewer(owner.id) })
})
afterAll(async () => {
  await people.stop()
  await server.stop()
})

/** @param role in the project; null: of nothing. */
async function createPerson(role: (typeof ROLES)[number] | null, project: string): Promise<Actor> {
  const person = await people.person()
  if (role !== null) await people.join(person, { project }, role)
  const { createAccessToken } = await person.api.gql<{ createAccessToken: { secret: string } }>(
    'mutation { createAccessToken(input: { name: "own", scopes: ["api"] }) { secret } }',
  )
  const name = role === null ? 'a person who is no member' : `a person, ${role}`
  return { name, token: createAccessToken.secret, viewer: await readViewer(person.userId) }
}

const readViewer = (userId: string) => readPerson(server.database.prisma, userId, { scopes: ['api'], tokenId: 'x' })

async function createActor(
  name: string,
  number: number,
  role: (typeof ROLES)[number],
  scopes: string[],
): Promise<Actor> {
  const path = number === projectId ? 'acme/shop' : 'elsewhere/app'
  const { project } = await server.gql<{ project: { id: string } }>(`{ project(path: "${path}") { id } }`)
  const { createAccessToken } = await server.gql<{
    createAccessToken: { secret: string; accessToken: { id: string } }
  }>(`mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret accessToken { id } } }`, {
    input: { name, scopes, project: project.id, role },
  })
  const { secret, accessToken } = createAccessToken
  ids.set('accessToken', accessToken.id)
  const viewer: Viewer = { kind: 'project_token', userId: null, name, projectId: number, role, scopes, tokenId: 'x' }
  return { name, token: secret, viewer }
}

function mayDo(viewer: Viewer | null, access: string): boolean {
  if (access === 'anybody') return true
  const action = access as Action
  if (isInstanceAction(action)) return can(viewer, action)
  return isProjectAction(action) ? can(viewer, action, { projectId }) : can(viewer, action, { groupId })
}

const write = (field: AnyField) =>
  writeField(field, {
    ids,
    paths: { project: 'acme/shop', group: 'acme' },
    // A person's own token: that of a project asks for more, which test/integration/roles.test.ts has.
    includes: (name) => name === 'project' && field.name !== 'createAccessToken',
  })

async function ask(
  query: string,
  token: string | null,
): Promise<{ data: Record<string, unknown> | null; code: string | null }> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  })
  const { data, errors } = (await response.json()) as {
    data?: Record<string, unknown>
    errors?: { message: string; extensions?: { code?: string } }[]
  }
  const [error] = errors ?? []
  if (error !== undefined && error.extensions?.code === undefined) throw new Error(`${query}: ${error.message}`)
  return { data: data ?? null, code: error?.extensions?.code ?? null }
}

const REFUSALS = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']

const mutations = listFields('Mutation')
const queries = listFields('Query')
const subscriptions = listFields('Subscription')
/** Fields that ask for more than their type does, how one gets there, and what for. */
const inner = (
  [
    ['Project', 'project(path: "acme/shop")', 'findProject'],
    ['Group', 'group(path: "acme")', 'findGroup'],
    ['Instance', 'instance', 'anybody'],
  ] as const
).flatMap(([type, start, sees]) =>
  listFields(type)
    .filter(({ extensions }) => typeof extensions.access === 'string')
    .map((field) => [`${type}.${field.name}`, start, sees, field] as const),
)
/** Of other types: a person's own tokens, which test/integration/people.test.ts has. */
const OTHERS = ['User.accessTokens']

describe('every field', () => {
  it.each([...queries, ...mutations, ...subscriptions].map((field) => [field.name, field] as const))(
    '%s declares what it asks for',
    (_, field) => {
      expect(field.extensions.access).toEqual(expect.any(String))
    },
  )
})

describe('a token of any scope', () => {
  it('sees of a project that it is there, and what it is called', () => {
    const open = listFields('Project').filter(({ extensions }) => extensions.access === undefined)
    expect(open.map(({ name }) => name).toSorted()).toEqual(['group', 'id', 'name', 'number', 'path', 'viewerRole'])
  })
})

describe('who may not', () => {
  it.each(mutations.map((field) => [field.name, field] as const))(
    'is refused the mutation %s',
    async (_name, field) => {
      const action = field.extensions.access as string
      const query = `mutation { ${write(field)} }`
      for (const { name, token, viewer } of actors) {
        // What a project's token may not do at all is refused to it in the same words.
        if (mayDo(viewer, action)) continue
        const { data, code } = await ask(query, token)
        expect({ name, data: data?.[field.name] ?? null, isRefused: REFUSALS.includes(code ?? '') }).toEqual({
          ...{ name, data: null, isRefused: true },
        })
        if (viewer === null) expect(code).toBe('UNAUTHENTICATED')
      }
    },
  )

  it.each(queries.map((field) => [field.name, field] as const))('is refused the query %s', async (_name, field) => {
    const action = field.extensions.access as string
    for (const { name, token, viewer } of actors) {
      if (mayDo(viewer, action)) continue
      const { data, code } = await ask(`{ ${write(field)} }`, token)
      const answer = data?.[field.name] ?? null
      expect({ name, answer, isRefused: code === null || REFUSALS.includes(code) }).toEqual({
        ...{ name, answer: null, isRefused: true },
      })
    }
  })

  it.each(inner)('is refused %s', async (_name, start, sees, field) => {
    const action = field.extensions.access as string
    for (const { name, token, viewer } of actors) {
      const { data, code } = await ask(`{ parent: ${start} { ${write(field)} } }`, token)
      const parent = data?.['parent'] as Record<string, unknown> | null | undefined
      if (mayDo(viewer, sees) && mayDo(viewer, action)) expect({ name, code }).toEqual({ name, code: null })
      else expect({ name, found: parent?.[field.name] ?? null }).toEqual({ name, found: null })
    }
  })

  it('is refused no field that these tests do not know of', () => {
    const known = [...Object.values(schema.getTypeMap())].filter(
      ({ name }) => !['Query', 'Mutation', 'Subscription', 'Project', 'Group', 'Instance'].includes(name),
    )
    const guarded = known.filter(isObjectType).flatMap(({ name }) =>
      listFields(name)
        .filter(({ extensions }) => typeof extensions.access === 'string')
        .map((field) => `${name}.${field.name}`),
    )
    expect(guarded.toSorted()).toEqual(OTHERS)
  })

  it.each(subscriptions.map((field) => [field.name, field] as const))(
    'is refused the subscription %s, and who may is not',
    async (_name, field) => {
      const action = field.extensions.access as string
      for (const { name, token, viewer } of actors) {
        const client = createApiClient(server.url, token ?? '')
        const answer = await client.subscribe(`subscription { ${write(field)} }`).then(
          () => null,
          (error: unknown) => (error instanceof Error ? error.message : 'the socket was closed'),
        )
        expect({ name, answer }).toEqual({ name, answer: mayDo(viewer, action) ? null : expect.any(String) })
        await client.stop()
      }
    },
  )
})

/** What each route of REST is; a project's are for acme/shop. */
const ROUTES: Record<string, Action | 'any token'> = {
  'GET /api/v4/version': 'any token',
  'GET /api/v4/user': 'any token',
  'GET /api/v4/projects': 'readInstance',
  'GET /api/v4/projects/:id': 'findProject',
  'GET /api/v4/projects/:id/error_tracking/settings': 'readSettings',
  'PATCH /api/v4/projects/:id/error_tracking/settings': 'manageProject',
  'PUT /api/v4/projects/:id/error_tracking/settings': 'manageProject',
  'GET /api/v4/projects/:id/error_tracking/client_keys': 'readSettings',
  'POST /api/v4/projects/:id/error_tracking/client_keys': 'manageProject',
  'DELETE /api/v4/projects/:id/error_tracking/client_keys': 'manageProject',
  'DELETE /api/v4/projects/:id/error_tracking/client_keys/:key_id': 'manageProject',
  'GET /api/0/projects/:group/:project/events/:event/attachments': 'readIssues',
  'GET /api/0/projects/:group/:project/events/:event/attachments/:attachment': 'readIssues',
}
const IN_PATH: Record<string, string> = {
  ...{ ':id': '1', ':key_id': '999999', ':group': 'acme', ':project': 'shop' },
  ...{ ':event': '0'.repeat(32), ':attachment': '0'.repeat(32) },
}

/** @returns null for who is let in. */
function refuse(viewer: Viewer | null, access: Action | 'any token'): number | null {
  if (viewer === null) return 401
  if (access === 'any token' || mayDo(viewer, access)) return null
  try {
    assertMayTry(viewer, access)
  } catch (error) {
    if (error instanceof MissingScope) return 403
  }
  return mayDo(viewer, 'findProject') ? 403 : 404
}

describe('a route of REST', () => {
  it('has a rule here', async () => {
    const routes = (await collectRoutes()).filter(({ path }) => path.startsWith('/api/'))
    const names = routes.map(({ method, path }) => `${method.replace('HEAD', 'GET')} ${path.replace(/\/$/, '')}`)
    expect([...new Set(names)].toSorted()).toEqual(Object.keys(ROUTES).toSorted())
  })

  it.each(Object.entries(ROUTES))('%s is for who may: %s', async (route, access) => {
    const [method = '', path = ''] = route.split(' ')
    for (const { name, token, viewer } of actors) {
      const url = `${server.url}${path.replaceAll(/:\w+/g, (part) => IN_PATH[part] ?? '')}`
      const headers: Record<string, string> = token === null ? {} : { 'PRIVATE-TOKEN': token }
      const { status } = await fetch(url, { method, headers })
      const refused = refuse(viewer, access)
      if (refused !== null) expect({ name, status }).toEqual({ name, status: refused })
      else expect({ name, isLetIn: ![401, 403].includes(status) && status < 500 }).toEqual({ name, isLetIn: true })
    }
  })
})

describe('who may', () => {
  it.each(queries.map((field) => [field.name, field] as const))('is answered the query %s', async (_name, field) => {
    const action = field.extensions.access as string
    for (const { name, token, viewer } of actors) {
      if (!mayDo(viewer, action) || action === 'anybody') continue
      const { code } = await ask(`{ ${write(field)} }`, token)
      expect({ name, code }).not.toEqual({
        name,
        code: expect.stringMatching(/^(UNAUTHENTICATED|FORBIDDEN)$/) as string,
      })
    }
  })

  // Last: what is allowed is done, and what it is done to may be gone afterwards.
  it.each(mutations.map((field) => [field.name, field] as const))(
    'is not refused the mutation %s',
    async (_name, field) => {
      const action = field.extensions.access as string
      const query = `mutation { ${write(field)} }`
      for (const { name, token, viewer } of actors) {
        if (!mayDo(viewer, action) || action === 'anybody') continue
        const { code } = await ask(query, token)
        expect({ name, code }).not.toEqual({
          name,
          code: expect.stringMatching(/^(UNAUTHENTICATED|FORBIDDEN)$/) as string,
        })
      }
    },
  )
})
