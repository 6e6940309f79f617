// Members, and tokens of a project, on the real server: what they see and may do, and what they reach of other projects.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { codeOf, createPeople, type People } from '../support/people.ts'
import { until } from '../support/until.ts'

let server: TestServer
let people: People

beforeAll(async () => {
  server = await createTestServer()
  people = createPeople(server)
  await server.sendEvent()
})
afterAll(async () => {
  await people.stop()
  await server.stop()
})

const createProject = (path?: string) => people.project(path)
const acmeShop = async () => (await server.gql<any>('{ project(path: "acme/shop") { id number } }')).project

describe('a new project', () => {
  it('has error tracking off, no settings and no key, until it is turned on', async () => {
    const { id, path } = await createProject()
    const query = '{ project(path: "PATH") { name errorTracking { configured enabled } clientKeys { id } } }'
    const read = async () => (await server.gql<any>(query.replace('PATH', path))).project
    const off = { configured: false, enabled: false }
    expect(await read()).toEqual({ name: 'app', errorTracking: off, clientKeys: [] })
    const enable =
      'mutation ($id: ID!) { enableErrorTracking(input: { project: $id, backend: INTEGRATED }) { project { id } } }'
    await server.gql(enable, { id })
    expect(await read()).toMatchObject({ errorTracking: { configured: true, enabled: true }, clientKeys: [{}] })
    const disable = 'mutation ($id: ID!) { disableErrorTracking(input: { project: $id }) { project { id } } }'
    await server.gql(disable, { id })
    expect(await read()).toMatchObject({ errorTracking: { configured: true, enabled: false }, clientKeys: [{}] })
  })

  it.each(['x', 'a/b/c', 'Team/app', 'team/12', 'api/app', '-/app', 'team/', 'team/a b'])(
    'is not made at the path %s',
    async (path) => {
      const answer = await server.ask(
        'mutation ($path: String!) { createProject(input: { path: $path }) { project { id } } }',
        { path },
      )
      expect(codeOf(answer)).toBe('INVALID')
    },
  )

  it('is not made twice', async () => {
    const { path } = await createProject()
    const answer = await server.ask(
      'mutation ($path: String!) { createProject(input: { path: $path }) { project { id } } }',
      { path },
    )
    expect(codeOf(answer)).toBe('CONFLICT')
  })

  it('of many that are made at once in a new group makes the group once', async () => {
    const group = `team-${randomUUID()}`
    const paths = Array.from({ length: 4 }, (_, number) => `${group}/app-${number}`)
    await Promise.all(paths.map((path) => createProject(path)))
    expect(await server.database.prisma.group.count({ where: { name: group } })).toBe(1)
  })

  it('is made by owners of its group, and in new groups by who may make them', async () => {
    const { number, path } = await createProject()
    const { groupId } = await server.database.prisma.project.findUniqueOrThrow({ where: { id: number } })
    const { userId, api } = await people.person()
    const create = (to: string) =>
      api.ask('mutation ($to: String!) { createProject(input: { path: $to }) { project { id } } }', { to })
    const group = path.split('/')[0]
    expect(codeOf(await create(`${group}/second`))).toBe('FORBIDDEN')
    expect(codeOf(await create(`team-${randomUUID()}/first`))).toBe('FORBIDDEN')
    await server.database.prisma.groupMember.create({ data: { groupId, userId, role: 'OWNER' } })
    await until(async () => codeOf(await create(`${group}/second`)) === undefined)
    expect(codeOf(await create(`team-${randomUUID()}/first`))).toBe('FORBIDDEN')
    await server.database.prisma.setting.create({ data: { name: 'group_creators', value: 'EVERYBODY' } })
    await until(async () => codeOf(await create(`team-${randomUUID()}/first`)) === undefined)
  })
})

describe('a token of a project', () => {
  it('is nobody’s, sees its project only, and acts with its role', async () => {
    const { id, path } = await createProject()
    const api = await people.token({ id }, 'REPORTER')
    expect(await api.gql('{ viewer { id } projects { nodes { path viewerRole } } }')).toEqual({
      viewer: null,
      projects: { nodes: [{ path, viewerRole: 'REPORTER' }] },
    })
    expect(await api.gql('{ project(path: "acme/shop") { id } }')).toEqual({ project: null })
  })

  it.each([
    ['REPORTER', 'FORBIDDEN', 'FORBIDDEN'],
    ['DEVELOPER', undefined, 'FORBIDDEN'],
    ['MAINTAINER', undefined, undefined],
    ['OWNER', undefined, undefined],
  ] as const)('with the role %s changes issues: %s, and keys: %s', async (role, onIssue, onKey) => {
    const project = await acmeShop()
    const api = await people.token(project, role)
    const { project: read } = await api.gql<any>('{ project(path: "acme/shop") { issues { nodes { id } } } }')
    const issue = read.issues.nodes[0].id
    const resolve = 'mutation ($issue: ID!) { resolveIssue(input: { issue: $issue }) { issue { status } } }'
    expect(codeOf(await api.ask(resolve, { issue }))).toBe(onIssue)
    const create = 'mutation ($id: ID!) { createClientKey(input: { project: $id }) { clientKey { id } } }'
    expect(codeOf(await api.ask(create, { id: project.id }))).toBe(onKey)
    expect(codeOf(await api.ask('{ project(path: "acme/shop") { clientKeys { dsn } } }'))).toBe(onKey)
  })

  it('makes no tokens, whatever its role', async () => {
    const { id } = await createProject()
    const api = await people.token({ id }, 'OWNER')
    for (const input of [
      'name: "more", scopes: ["api"]',
      `name: "more", scopes: ["api"], project: "${id}", role: OWNER`,
    ]) {
      const answer = await api.ask(`mutation { createAccessToken(input: { ${input} }) { secret } }`)
      expect(codeOf(answer), input).toBe('FORBIDDEN')
    }
  })

  it('is made by owners of the project only, with a role, and revoked by them', async () => {
    const { id, number } = await createProject()
    const { userId, api } = await people.person()
    const create = () =>
      api.ask(
        `mutation { createAccessToken(input: { name: "x", scopes: ["api"], project: "${id}", role: REPORTER }) { accessToken { id } } }`,
      )
    expect(codeOf(await create())).toBe('NOT_FOUND')
    const { prisma } = server.database
    await prisma.projectMember.create({ data: { projectId: number, userId, role: 'MAINTAINER' } })
    await until(async () => codeOf(await create()) === 'FORBIDDEN')
    await prisma.projectMember.updateMany({ where: { userId }, data: { role: 'OWNER' } })
    const made = await until(async () => {
      const answer = await create()
      return codeOf(answer) === undefined && (answer.data as any).createAccessToken.accessToken.id
    })
    const revoke = 'mutation ($token: ID!) { revokeAccessToken(input: { accessToken: $token }) { accessToken { id } } }'
    const { api: stranger } = await people.person()
    expect(codeOf(await stranger.ask(revoke, { token: made }))).toBe('NOT_FOUND')
    expect(codeOf(await api.ask(revoke, { token: made }))).toBeUndefined()
    for (const input of [`project: "${id}"`, 'role: OWNER']) {
      const answer = await server.ask(
        `mutation { createAccessToken(input: { name: "x", scopes: ["api"], ${input} }) { secret } }`,
      )
      expect(codeOf(answer), input).toBe('INVALID')
    }
  })

  it('is told which scope it lacks', async () => {
    const project = await acmeShop()
    const api = await people.token(project, 'OWNER', ['project:read'])
    const read = (fields: string) => api.ask(`{ project(path: "acme/shop") { ${fields} } }`)
    expect((await read('errorTracking { enabled }')).errors).toBeUndefined()
    const refused = await read('issues { nodes { id } }')
    expect(codeOf(refused)).toBe('FORBIDDEN')
    expect(refused.errors?.[0]?.message).toContain('"event:read"')
    const reader = await people.token(project, 'OWNER', ['event:read'])
    expect(await reader.gql('{ project(path: "acme/shop") { issues { nodes { title } } } }')).toMatchObject({
      project: { issues: { nodes: [{}] } },
    })
    expect(
      (await reader.ask('{ project(path: "acme/shop") { errorTracking { enabled } } }')).errors?.[0]?.message,
    ).toContain('"project:read"')
  })
})

describe('a member', () => {
  it('has the higher of the roles of group and project, in lists as everywhere', async () => {
    const [first, second] = [await createProject('roles/first'), await createProject('roles/second')]
    await createProject('elsewhere/third')
    const { userId, api } = await people.person()
    expect(await api.gql('{ projects { nodes { path } } }')).toEqual({ projects: { nodes: [] } })
    const { prisma } = server.database
    const { groupId } = await prisma.project.findUniqueOrThrow({ where: { id: first.number } })
    await prisma.groupMember.create({ data: { groupId, userId, role: 'DEVELOPER' } })
    await prisma.projectMember.create({ data: { projectId: first.number, userId, role: 'REPORTER' } })
    await prisma.projectMember.create({ data: { projectId: second.number, userId, role: 'MAINTAINER' } })
    const roles = await until(async () => {
      const { projects } = await api.gql<any>('{ projects { nodes { path viewerRole } } }')
      return projects.nodes.length === 2 && projects.nodes[0].viewerRole !== null && projects.nodes
    })
    expect(roles).toEqual([
      { path: 'roles/first', viewerRole: 'DEVELOPER' },
      { path: 'roles/second', viewerRole: 'MAINTAINER' },
    ])
    expect(await api.gql('{ project(path: "elsewhere/third") { id } }')).toEqual({ project: null })
  })

  it('pages through the projects that it sees, and no others take their places', async () => {
    const { userId, api } = await people.person()
    const { prisma } = server.database
    for (const name of ['a', 'b', 'c']) {
      const { number } = await createProject(`paged-${name}/mine`)
      await createProject(`paged-${name}/not-mine`)
      await prisma.projectMember.create({ data: { projectId: number, userId, role: 'REPORTER' } })
    }
    const { projects } = await api.gql<any>(
      '{ projects(first: 2) { nodes { path } pageInfo { hasNextPage endCursor } } }',
    )
    expect(projects.nodes.map(({ path }: any) => path)).toEqual(['paged-a/mine', 'paged-b/mine'])
    const next = await api.gql<any>(
      'query ($after: String) { projects(first: 2, after: $after) { nodes { path } pageInfo { hasNextPage } } }',
      {
        after: projects.pageInfo.endCursor,
      },
    )
    expect(next.projects).toEqual({ nodes: [{ path: 'paged-c/mine' }], pageInfo: { hasNextPage: false } })
  })
})

describe('what belongs to another project', () => {
  it('is reached by its id through no door', async () => {
    const { project } = await server.gql<any>(
      '{ project(path: "acme/shop") { id clientKeys { id } issues { nodes { id latestEvent { id } } } } }',
    )
    const issue = project.issues.nodes[0]
    const own = await createProject()
    const api = await people.token(own, 'OWNER')
    for (const id of [project.id, project.clientKeys[0].id, issue.id, issue.latestEvent.id]) {
      expect(await api.gql('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null })
    }
    expect(await api.gql('query ($id: ID!) { issue(id: $id) { id } }', { id: issue.id })).toEqual({ issue: null })
    const doors: [string, string][] = [
      ['createClientKey(input: { project: $id }) { clientKey { id } }', project.id],
      ['enableErrorTracking(input: { project: $id, backend: INTEGRATED }) { project { id } }', project.id],
      ['disableErrorTracking(input: { project: $id }) { project { id } }', project.id],
      ['rotateClientKey(input: { clientKey: $id }) { newKey { id } }', project.clientKeys[0].id],
      ['deleteClientKey(input: { clientKey: $id }) { clientKey { id } }', project.clientKeys[0].id],
      ['resolveIssue(input: { issue: $id }) { issue { id } }', issue.id],
      ['ignoreIssue(input: { issue: $id }) { issue { id } }', issue.id],
      ['unresolveIssue(input: { issue: $id }) { issue { id } }', issue.id],
      ['updateIssues(input: { issues: [$id], status: RESOLVED }) { issues { id } }', issue.id],
    ]
    for (const [door, id] of doors) {
      expect(codeOf(await api.ask(`mutation ($id: ID!) { ${door} }`, { id })), door).toBe('NOT_FOUND')
    }
    for (const field of ['eventReceived', 'issueChanged']) {
      const subscribed = api.subscribe(`subscription ($id: ID!) { ${field}(project: $id) { __typename } }`, {
        id: project.id,
      })
      await expect(subscribed, field).rejects.toThrow('There is no such project')
    }
  })
})

describe('the audit log', () => {
  it('holds who changed what, from where, and no secret', async () => {
    const { id, number } = await createProject()
    const api = await people.token({ id }, 'MAINTAINER')
    await api.gql(
      'mutation ($id: ID!) { enableErrorTracking(input: { project: $id, backend: INTEGRATED }) { project { id } } }',
      { id },
    )
    const entries = await server.database.prisma.auditEntry.findMany({
      where: { projectId: number },
      orderBy: { id: 'asc' },
    })
    expect(entries.map(({ action, actorKind, actorName }) => [action, actorKind, actorName])).toEqual([
      ['project.create', 'person', server.owner.email],
      ['access_token.create', 'person', server.owner.email],
      ['error_tracking.enable', 'project_token', 'robot'],
      ['client_key.create', 'project_token', 'robot'],
    ])
    expect(entries[2]).toMatchObject({
      changes: { enabled: { from: false, to: true } },
      address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    })
    const key = await server.database.prisma.clientKey.findFirstOrThrow({ where: { projectId: number } })
    const text = JSON.stringify(entries, (_name, value) => (typeof value === 'bigint' ? Number(value) : value))
    expect(text).not.toContain(key.publicKey)
    expect(text).not.toContain('flt_')
  })
})

describe('a subscription', () => {
  it('ends within a second after its token was revoked, however quiet its project is', async () => {
    const project = await acmeShop()
    const { tokenId: id, ...api } = await people.token(project, 'REPORTER')
    const open = async () =>
      (await (await fetch(`${server.url}/metrics`)).text()).match(/^faultline_subscriptions\S* (\d+)$/m)?.[1]
    const before = await open()
    await api.subscribe('subscription ($id: ID!) { issueChanged(project: $id) { kind } }', { id: project.id })
    expect(await open()).not.toBe(before)
    await server.gql('mutation ($id: ID!) { revokeAccessToken(input: { accessToken: $id }) { accessToken { id } } }', {
      id,
    })
    await until(async () => (await open()) === before, {
      withinMs: 1_900,
      what: 'ended before it is asked for by the clock',
    })
  })
})
