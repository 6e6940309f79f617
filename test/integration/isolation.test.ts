// Nothing of another project is reached: by no id, in no list, by no mutation, no subscription and no route. Made from the
// schema: a new type with ids, or a new argument that takes one, has no case here and fails until it has.

import { isObjectType, type GraphQLObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../server/graphql/schema.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { codeOf, createPeople, type People, type TestPerson } from '../support/people.ts'
import { listDocuments } from '../support/list-documents.ts'
import { listFields, listIdArguments, writeField } from '../support/write-operation.ts'
import type { ApiClient } from '../support/api-client.ts'

/** Which node an argument with this name is about. */
const NODE_OF: Record<string, string> = {
  accessToken: 'AccessToken',
  clientKey: 'ClientKey',
  event: 'Event',
  group: 'Group',
  id: 'Issue',
  invitation: 'Invitation',
  issue: 'Issue',
  issues: 'Issue',
  monitor: 'Monitor',
  project: 'Project',
  user: 'User',
}
/** Fields with ids outside of Query, Mutation and Subscription. They would need cases of their own. */
const OTHER_FIELDS_WITH_IDS: string[] = []

interface World {
  project: SeededProject
  member: TestPerson
  /** Global ids by type. */
  ids: Record<string, string>
}

let server: TestServer
let people: People
let mine: World
let theirs: World
/** They may do everything in `mine`, and nothing elsewhere. */
const INTRUDERS = ['a token of a project', 'a person'] as const
const apis = new Map<string, ApiClient>()
/** What only `theirs` has in it. */
let marks: string[]

beforeAll(async () => {
  server = await createTestServer()
  people = createPeople(server)
  mine = await createWorld('apple')
  theirs = await createWorld('zebra')
  marks = ['zebra', theirs.project.publicKey, theirs.member.userId, ...Object.values(theirs.ids)]
  const token = await people.token({ id: mine.ids['Project'] ?? '' }, 'OWNER')
  apis.set('a token of a project', token)
  apis.set('a person', mine.member.api)
})
afterAll(async () => {
  await people.stop()
  await server.stop()
})

/** A group with a project and one of everything that has an id, each with the name in it, and an owner. */
async function createWorld(name: string): Promise<World> {
  const project = await server.seed.project(`${name}-group/${name}`).withClientKey()
  const found = await server.gql<{ project: { id: string; group: { id: string }; clientKeys: { id: string }[] } }>(
    'query ($path: String!) { project(path: $path) { id group { id } clientKeys { id } } }',
    { path: project.path },
  )
  const { id, group, clientKeys } = found.project
  const member = await people.person()
  await server.database.prisma.user.update({
    where: { id: member.userId },
    data: { name, email: `${name}@example.com` },
  })
  await people.join(member, { group: group.id }, 'OWNER')
  // Numbers begin anew in each project: the last issue of the one is not the last one of the other.
  if (name === 'zebra') await server.sendEvent(makeEvent({ type: 'Striped' }), project)
  await server.sendEvent(makeEvent({ message: name, tags: { name }, release: `${name}@1.0.0` }), project)
  const checkIn = { check_in_id: crypto.randomUUID(), monitor_slug: name, status: 'ok' }
  const config = { monitor_config: { schedule: { type: 'interval', value: 1, unit: 'hour' } } }
  await server.sendEnvelope(`{}\n{"type":"check_in"}\n${JSON.stringify({ ...checkIn, ...config })}`, {}, project)
  const { createInvitation } = await server.gql<{ createInvitation: { invitation: { id: string } } }>(
    'mutation ($input: CreateInvitationInput!) { createInvitation(input: $input) { invitation { id } } }',
    { input: { project: id, role: 'REPORTER', email: `${name}.invited@example.com` } },
  )
  const { createAccessToken } = await server.gql<{ createAccessToken: { accessToken: { id: string } } }>(
    'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { accessToken { id } } }',
    { input: { project: id, role: 'REPORTER', name, scopes: ['api'] } },
  )
  const inside = await server.gql<{
    project: { issues: { nodes: { id: string; latestEvent: { id: string } }[] }; monitors: { id: string }[] }
  }>('query ($path: String!) { project(path: $path) { issues { nodes { id latestEvent { id } } } monitors { id } } }', {
    path: project.path,
  })
  const [issue] = inside.project.issues.nodes
  const ids = {
    ...{ Project: id, Group: group.id, User: member.id, ClientKey: clientKeys[0]?.id ?? '' },
    ...{ Issue: issue?.id ?? '', Event: issue?.latestEvent.id ?? '', Monitor: inside.project.monitors[0]?.id ?? '' },
    ...{ Invitation: createInvitation.invitation.id, AccessToken: createAccessToken.accessToken.id },
  }
  return { project, member, ids }
}

/** @returns the answer, which says nothing of theirs. */
async function ask(api: ApiClient, query: string, variables = {}) {
  const answer = await api.ask(query, variables)
  const text = JSON.stringify(answer.data ?? {}) + (answer.errors ?? []).map(({ message }) => message).join()
  for (const mark of marks) expect(text, query).not.toContain(mark)
  return answer
}

const typesWith = (test: (type: GraphQLObjectType) => boolean) =>
  Object.values(schema.getTypeMap()).filter((type): type is GraphQLObjectType => isObjectType(type) && test(type))
const nodeTypes = typesWith((type) => type.getInterfaces().some(({ name }) => name === 'Node')).map(({ name }) => name)
const ROOTS = { Query: 'query', Mutation: 'mutation', Subscription: 'subscription' }
const isRoot = (name: string): name is keyof typeof ROOTS => name in ROOTS

/** Every place in the API that takes an id. */
const doors = Object.keys(ROOTS).flatMap((root) =>
  listFields(root).flatMap((field) => listIdArguments(field.args).map((argument) => ({ root, field, argument }))),
)

function writeDoor({ root, field, argument }: (typeof doors)[number], world: World, at: World): string {
  const idOf = (name: string, { ids }: World) => ids[NODE_OF[name] ?? ''] ?? ''
  const ids = new Map(Object.keys(NODE_OF).map((name) => [name, idOf(name, name === argument ? world : at)]))
  const isPlace = argument === 'group' || argument === 'project'
  const includes = (name: string) => name === argument || (name === 'project' && !isPlace)
  const paths = { project: at.project.path, group: at.project.path.split('/')[0] ?? '' }
  return `${ROOTS[root as keyof typeof ROOTS]} { ${writeField(field, { ids, paths, includes })} }`
}

describe('the schema', () => {
  it('has no type with ids, and no argument that takes one, without a case here', () => {
    expect(Object.keys(mine.ids).toSorted()).toEqual(nodeTypes.toSorted())
    expect(Object.keys(theirs.ids).filter((type) => theirs.ids[type] === '')).toEqual([])
    expect(doors.map(({ argument }) => argument).filter((argument) => !Object.hasOwn(NODE_OF, argument))).toEqual([])
    expect(doors.length).toBeGreaterThan(30)
    const others = typesWith(({ name }) => !isRoot(name)).flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) =>
        listIdArguments(field.args).map(() => `${type}.${field.name}`),
      ),
    )
    expect(others).toEqual(OTHER_FIELDS_WITH_IDS)
  })
})

describe('an id of another project', () => {
  it.each(nodeTypes)('is no node: %s', async (type) => {
    const query = 'query ($id: ID!) { node(id: $id) { __typename id } }'
    for (const api of apis.values()) {
      const answer = await api.ask(query, { id: theirs.ids[type] })
      expect(answer).toEqual({ data: { node: null } })
    }
    expect(await mine.member.api.gql(query, { id: mine.ids[type] })).toMatchObject({ node: { __typename: type } })
    expect(await server.gql(query, { id: theirs.ids[type] })).toMatchObject({ node: { __typename: type } })
  })

  it('is no node under the number of one’s own project, either', async () => {
    for (const type of ['Issue', 'Event', 'Monitor']) {
      const key = Buffer.from(theirs.ids[type] ?? '', 'base64url').toString()
      const forged = key.replace(/:\d+\./, `:${mine.project.number}.`)
      expect(forged).not.toBe(key)
      const id = Buffer.from(forged).toString('base64url')
      for (const api of apis.values()) {
        const answer = await ask(api, 'query ($id: ID!) { node(id: $id) { id } issue(id: $id) { id } }', { id })
        expect([answer.data, codeOf(answer) ?? 'NOT_FOUND']).toEqual([{ node: null, issue: null }, 'NOT_FOUND'])
      }
    }
  })
})

const REFUSALS = ['NOT_FOUND', 'FORBIDDEN']

describe('through an argument', () => {
  it.each(
    doors.filter(({ root }) => root !== 'Subscription').map((door) => [door.field.name, door.argument, door] as const),
  )('%s(%s) does nothing to another project', async (name, _argument, door) => {
    const before = await readTheirs()
    for (const [who, api] of apis) {
      const { data, errors } = await ask(api, writeDoor(door, theirs, mine))
      const answer = (data as Record<string, unknown> | null | undefined)?.[name] ?? null
      const code = errors?.[0]?.extensions?.code ?? (door.root === 'Query' ? 'NOT_FOUND' : undefined)
      expect({ who, answer, code }).toEqual({
        who,
        answer: null,
        code: expect.stringMatching(/^(NOT_FOUND|FORBIDDEN)$/),
      })
    }
    expect(await readTheirs()).toEqual(before)
  })

  it('changes none of several issues of which one is of another project', async () => {
    const variables = { issues: [mine.ids['Issue'], theirs.ids['Issue']] }
    const statuses = async () =>
      (await server.database.pool.query('SELECT project_id, status FROM issue ORDER BY project_id, id')).rows
    const before = await statuses()
    for (const api of apis.values()) {
      for (const mutation of [
        'updateIssues(input: { issues: $issues, status: RESOLVED })',
        'deleteIssues(input: { issues: $issues })',
      ]) {
        const answer = await ask(api, `mutation ($issues: [ID!]!) { ${mutation} { __typename } }`, variables)
        expect(codeOf(answer)).toBe('NOT_FOUND')
      }
    }
    expect(await statuses()).toEqual(before)
  })

  it('makes no project in another group, and moves none there', async () => {
    for (const api of apis.values()) {
      const create = await ask(
        api,
        'mutation { createProject(input: { path: "zebra-group/new" }) { __typename } }',
      ).catch((error: Error) => error)
      // The group is named because the caller named it.
      expect(String(create)).toContain('zebra-group')
      const move =
        'mutation ($project: ID!) { moveProject(input: { project: $project, path: "zebra-group/moved" }) { __typename } }'
      expect(codeOf(await api.ask(move, { project: mine.ids['Project'] }))).toMatch(/^(NOT_FOUND|FORBIDDEN)$/)
    }
    expect(await server.database.prisma.project.count({ where: { group: { name: 'zebra-group' } } })).toBe(1)
  })

  it('subscribes to nothing of another project', async () => {
    for (const api of apis.values()) {
      for (const door of doors.filter(({ root }) => root === 'Subscription')) {
        const subscribed = await api.subscribe(writeDoor(door, theirs, mine)).catch((error: Error) => error)
        if (subscribed instanceof Error) {
          expect(subscribed.message).toMatch(/NOT_FOUND|no such/)
          continue
        }
        const allowed = await server.subscribe(writeDoor(door, theirs, theirs))
        await server.sendEvent(makeEvent({ message: 'zebra' }), theirs.project)
        await allowed.find(() => true)
        expect(subscribed.messages).toEqual([])
      }
    }
  })
})

describe('everything that one may ask for', () => {
  const documents = listDocuments()

  it('is a lot', () => expect(documents.length).toBeGreaterThan(40))

  it.each(documents)('says nothing of another project: %s', async (_place, document) => {
    const variables = { path: mine.project.path, group: mine.project.path.split('/')[0] }
    for (const api of apis.values()) {
      const { errors = [] } = await ask(api, document, document.includes('$') ? variables : {})
      expect(
        errors
          .map(({ message, extensions }) => [extensions?.code, message])
          .filter(([code]) => !REFUSALS.includes(code ?? '')),
      ).toEqual([])
    }
  })
})

describe('a route of REST', () => {
  it.each(INTRUDERS)('answers nothing of another project to %s', async (who) => {
    const token = await createToken(who)
    const call = async (method: string, path: string) => {
      const response = await fetch(`${server.url}${path}`, { method, headers: { 'PRIVATE-TOKEN': token } })
      const text = await response.text()
      for (const mark of marks) expect(text).not.toContain(mark)
      return response.status
    }
    const tracking = (id: number | string) => `/api/v4/projects/${id}/error_tracking`
    const keyId = Buffer.from(theirs.ids['ClientKey'] ?? '', 'base64url')
      .toString()
      .split(':')[1]
    for (const id of [theirs.project.number, encodeURIComponent(theirs.project.path)]) {
      expect(await call('GET', `/api/v4/projects/${id}`)).toBe(404)
      for (const method of ['GET', 'PATCH', 'PUT']) expect(await call(method, `${tracking(id)}/settings`)).toBe(404)
      for (const method of ['GET', 'POST']) expect(await call(method, `${tracking(id)}/client_keys`)).toBe(404)
      expect(await call('DELETE', `${tracking(id)}/client_keys/${keyId}`)).toBe(404)
    }
    expect(await call('DELETE', `${tracking(mine.project.number)}/client_keys/${keyId}`)).toBe(404)
    expect(await call('GET', '/api/v4/projects?search=zebra')).toBe(200)
    expect(await call('GET', '/api/v4/projects')).toBe(200)
    const [, eventId] = /\.(\w{32})$/.exec(Buffer.from(theirs.ids['Event'] ?? '', 'base64url').toString()) ?? []
    expect(await call('GET', `/api/0/projects/${theirs.project.path}/events/${eventId}/attachments/`)).toBe(404)
    expect(await call('GET', `/api/0/projects/${mine.project.path}/events/${eventId}/attachments/`)).toBeLessThan(500)
  })
})

// Last: what is done to it may leave nothing of it.
describe('the same ids', () => {
  it('are no mistake: to who may, they are there', async () => {
    const isDestructive = ({ field }: (typeof doors)[number]) => /^(delete|revoke|remove)/.test(field.name)
    const asked = doors.filter(({ root }) => root !== 'Subscription')
    const ordered = asked.toSorted((a, b) => Number(isDestructive(a)) - Number(isDestructive(b)))
    for (const document of new Set(ordered.map((door) => writeDoor(door, theirs, theirs)))) {
      expect([...REFUSALS, 'UNAUTHENTICATED'], document).not.toContain(codeOf(await server.ask(document)))
    }
  })
})

async function createToken(who: (typeof INTRUDERS)[number]): Promise<string> {
  const ofProject = who === 'a person' ? {} : { project: mine.ids['Project'], role: 'OWNER' }
  const { createAccessToken } = await (who === 'a person' ? mine.member.api : server).gql<{
    createAccessToken: { secret: string }
  }>('mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret } }', {
    input: { name: 'rest', scopes: ['api'], ...ofProject },
  })
  return createAccessToken.secret
}

/** The rows that a mutation could have changed. */
async function readTheirs(): Promise<unknown> {
  const { prisma, pool } = server.database
  const { number: projectId } = theirs.project
  const place = { OR: [{ projectId }, { group: { name: 'zebra-group' } }] }
  // Written some seconds after the events that the keys were used for.
  const uses = { lastUsedAt: true, lastUsedSdk: true, lastUsedAddress: true }
  return {
    project: await prisma.project.findMany({ where: { id: projectId }, include: { group: true } }),
    clientKeys: await prisma.clientKey.findMany({ where: { projectId }, omit: uses }),
    tokens: await prisma.accessToken.findMany({ where: { projectId }, omit: { lastUsedAt: true } }),
    invitations: await prisma.invitation.findMany({ where: place }),
    groupMembers: await prisma.groupMember.findMany({ where: { userId: theirs.member.userId } }),
    projectMembers: await prisma.projectMember.findMany({ where: { userId: theirs.member.userId } }),
    person: await prisma.user.findMany({ where: { id: theirs.member.userId } }),
    issues: (await pool.query('SELECT id, status FROM issue WHERE project_id = $1', [projectId])).rows,
    monitors: (await pool.query('SELECT * FROM monitor WHERE project_id = $1', [projectId])).rows,
    audit: await prisma.auditEntry.count({ where: { projectId } }),
  }
}
