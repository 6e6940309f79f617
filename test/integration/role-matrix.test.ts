// Who may ask for what, held against the running server for every field of the schema: what a field declares (`access`, see
// server/graphql/access-plugin.ts) is what it does, to everybody. Made from the schema, so that a new field is in it; what
// the actions themselves ask for is the table of test/unit/auth-can.test.ts.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { can, isInstanceAction, isProjectAction, type Action } from '../../server/auth/can.ts'
import { SCOPES, type Viewer } from '../../server/auth/viewer.ts'
import { ROLES } from '../../server/domain/role.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { listFields, writeField, type AnyField } from '../support/write-operation.ts'

interface Actor {
  name: string
  token: string | null
  viewer: Viewer | null
}

let server: TestServer
const actors: Actor[] = []
/** Global ids of what belongs to acme/shop, by the name of the argument that takes one. */
const ids = new Map<string, string>()
let projectId: number
let groupId: number

beforeAll(async () => {
  server = await createTestServer()
  await server.sendEvent()
  const elsewhere = await server.seed.project('elsewhere/app').withClientKey()
  const { project, users } = await server.gql<{
    project: {
      id: string
      group: { id: string }
      clientKeys: { id: string }[]
      issues: { nodes: { id: string; latestEvent: { id: string } }[] }
    }
    users: { nodes: { id: string }[] }
  }>(`{
    project(path: "acme/shop") {
      id group { id } clientKeys { id } issues(first: 1) { nodes { id latestEvent { id } } }
    }
    users(first: 1) { nodes { id } }
  }`)
  const [issue] = project.issues.nodes
  for (const [name, id] of Object.entries({
    ...{ project: project.id, group: project.group.id, clientKey: project.clientKeys[0]?.id, user: users.nodes[0]?.id },
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
})
afterAll(() => server.stop())

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

const write = (field: AnyField) => writeField(field, { ids, paths: { project: 'acme/shop', group: 'acme' } })

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
/** Fields of what a project is, that ask for more than the project does. */
const ofProject = listFields('Project').filter(({ extensions }) => typeof extensions.access === 'string')

describe('every field', () => {
  it.each([...queries, ...mutations].map((field) => [field.name, field] as const))(
    '%s declares what it asks for',
    (_, field) => {
      expect(field.extensions.access).toEqual(expect.any(String))
    },
  )
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

  it.each(ofProject.map((field) => [field.name, field] as const))('is refused Project.%s', async (_name, field) => {
    const action = field.extensions.access as string
    for (const { name, token, viewer } of actors) {
      const { data, code } = await ask(`{ project(path: "acme/shop") { ${write(field)} } }`, token)
      const found = (data?.['project'] as Record<string, unknown> | null | undefined)?.[field.name] ?? null
      if (mayDo(viewer, action)) expect({ name, code }).toEqual({ name, code: null })
      else expect({ name, found }).toEqual({ name, found: null })
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
