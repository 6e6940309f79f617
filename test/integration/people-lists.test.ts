// What lists of people and of what they have cost: as many statements, however many rows.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countStatements, countStatementsOf } from '../support/count-statements.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { createPeople, type People, type TestProject } from '../support/people.ts'

const READS =
  /^\s*select\b(?=[^]*\b(app_user|group_member|project_member|invitation|access_token|audit_entry|session|project|project_group)\b)/i
const ROWS = 5

let server: TestServer
let people: People
/** With one of each, and with several. */
let few: TestProject
let many: TestProject

beforeAll(async () => {
  server = await createTestServer()
  people = createPeople(server)
  few = await fill(1)
  many = await fill(ROWS)
})
afterAll(async () => {
  await people.stop()
  await server.stop()
})

interface PlacePeople {
  path: string
  members: { nodes: { user: { email: string } }[]; pageInfo: { endCursor: string | null } }
  invitations: unknown[]
}

interface Listed {
  nodes: { path?: string; action?: string; at?: string }[]
  pageInfo: { endCursor: string | null; hasNextPage: boolean }
}

/** So many of each are in a group of their own. */
async function fill(count: number): Promise<TestProject> {
  const project = await people.project()
  const group = project.group.path
  for (let number = 0; number < count; number += 1) {
    await people.join(await people.person(), { project: project.id }, 'REPORTER')
    await people.join(await people.person(), { group: project.group.id }, 'REPORTER')
    await people.token(project, 'REPORTER')
    if (number > 0) await people.project(`${group}/app-${number}`)
    for (const place of [{ project: project.id }, { group: project.group.id }]) {
      await server.gql('mutation ($input: CreateInvitationInput!) { createInvitation(input: $input) { link } }', {
        input: { ...place, role: 'REPORTER', email: `${randomUUID()}@example.com` },
      })
    }
  }
  return project
}

const IN_PROJECT: [string, string][] = [
  ['members', 'members { nodes { role since user { email name isOwner disabledAt twoFactorEnabled } } }'],
  ['invitations', 'invitations { email role invitedBy expiresAt }'],
  ['access tokens', 'accessTokens { name role scopes lastUsedAt }'],
  ['audit log', 'auditLog { nodes { action actor target at address withToken changes { field from to } } }'],
]
const IN_GROUP: [string, string][] = [
  ...IN_PROJECT.filter(([name]) => name !== 'access tokens'),
  ['projects', 'projects { nodes { path name viewerRole group { path viewerRole viewerMayCreateProjects } } }'],
]

/** @returns how many rows the answer has in its only list. */
const countRows = (answer: unknown): number => Number(JSON.stringify(answer).match(/"(email|name|at)":/g)?.length)

async function compare(query: string, of: (project: TestProject) => Record<string, unknown>): Promise<void> {
  const rows = await Promise.all([few, many].map(async (project) => countRows(await server.gql(query, of(project)))))
  expect(rows[1]).toBeGreaterThanOrEqual((rows[0] ?? 0) + ROWS - 1)
  const one = await countStatements(server, READS, query, of(few))
  const more = await countStatements(server, READS, query, of(many))
  expect(one.length).toBeGreaterThan(0)
  expect(more.length, more.join('\n')).toBe(one.length)
}

describe('a list costs as many statements, however long it is:', () => {
  it.each(IN_PROJECT)('%s of a project', (_name, list) =>
    compare(`query ($path: String!) { project(path: $path) { ${list} } }`, ({ path }) => ({ path })),
  )

  it.each(IN_GROUP)('%s of a group', (_name, list) =>
    compare(`query ($path: String!) { group(path: $path) { ${list} } }`, ({ group }) => ({ path: group.path })),
  )

  it.each([
    ['groups', 'groups(first: $first) { nodes { path name: path viewerRole viewerMayCreateProjects } }'],
    ['people', 'users(first: $first) { nodes { email name isOwner disabledAt twoFactorEnabled createdAt } }'],
    ['the audit log', 'auditLog(first: $first) { nodes { action actor target at changes { field from to } } }'],
  ])('%s of the instance', async (_name, list) => {
    for (let number = 0; number < ROWS; number += 1) await people.project()
    const query = `query ($first: Int) { ${list} }`
    const one = await countStatements(server, READS, query, { first: 1 })
    const more = await countStatements(server, READS, query, { first: ROWS })
    expect(one.length).toBeGreaterThan(0)
    expect(more.length, more.join('\n')).toBe(one.length)
  })

  it.each([
    ['groups, with their people', 'groups'],
    ['projects, with their people and tokens', 'projects'],
  ])('%s', async (_name, list) => {
    const tokens = list === 'projects' ? 'accessTokens { name }' : ''
    const query = `query ($first: Int!) { ${list}(first: $first) { nodes { path ${tokens}
      members(first: 3) { nodes { role user { email twoFactorEnabled } } pageInfo { endCursor } }
      invitations { email } } } }`
    const one = await countStatements(server, READS, query, { first: 1 })
    const more = await countStatements(server, READS, query, { first: ROWS })
    expect(more.length, more.join('\n')).toBe(one.length)
    const answer = await server.gql<Record<string, { nodes: PlacePeople[] }>>(query, { first: 100 })
    const nodes = answer[list]?.nodes ?? []
    for (const place of [few, many]) {
      const path = list === 'groups' ? place.group.path : place.path
      const kind = list === 'groups' ? 'group' : 'project'
      const node = nodes.find((found) => found.path === path)
      // The same as of one place alone, and what is behind it.
      const alone = `query ($path: String!, $after: String) { ${kind}(path: $path) { path ${tokens}
        members(first: 3, after: $after) { nodes { role user { email twoFactorEnabled } } pageInfo { endCursor } }
        invitations { email } } }`
      expect({ [kind]: node }).toEqual(await server.gql(alone, { path }))
      expect(node?.invitations.length).toBe(place === few ? 1 : ROWS)
      const emails = node?.members.nodes.map(({ user }) => user.email) ?? []
      const next = await server.gql<Record<string, PlacePeople>>(alone, {
        path,
        after: node?.members.pageInfo.endCursor,
      })
      const later = next[kind]?.members.nodes.map(({ user }) => user.email) ?? []
      expect([...emails, ...later]).toEqual([...new Set([...emails, ...later])].toSorted())
      // And who made the group. The second page is not the last one of the longer list.
      const all = 1 + (list === 'groups' ? 1 : 2) * (place === few ? 1 : ROWS)
      expect(emails.length + later.length).toBe(Math.min(6, all))
    }
  })

  it.each([
    ['groups, with their projects and audit logs', 'groups', ['auditLog', 'projects', 'projects']],
    ['projects, with their audit logs', 'projects', ['auditLog']],
  ])('%s', async (_name, list, inner) => {
    const kind = list === 'groups' ? 'group' : 'project'
    const pages = inner.map((field, index) => {
      // Twice the same field: the pages of each are their own.
      const [args, node] =
        field === 'auditLog' ? ['', 'action target at'] : [`, search: "${['', '', 'app-'][index]}"`, 'path']
      return `f${index}: ${field}(first: 2, after: $after${args}) { nodes { ${node} } pageInfo { endCursor hasNextPage } }`
    })
    const query = `query ($first: Int!, $after: String) { ${list}(first: $first) { nodes { path ${pages.join(' ')} } } }`
    const one = await countStatements(server, READS, query, { first: 1 })
    const more = await countStatements(server, READS, query, { first: ROWS })
    expect(more.length, more.join('\n')).toBe(one.length)
    const answer = await server.gql<Record<string, { nodes: (Record<string, Listed> & { path: string })[] }>>(query, {
      first: 100,
    })
    for (const place of [few, many]) {
      const path = list === 'groups' ? place.group.path : place.path
      const node = answer[list]?.nodes.find((found) => found.path === path)
      for (const [index, page] of pages.entries()) {
        // All pages of one place alone, of which the first is the one that the list of places told.
        const alone = `query ($path: String!, $after: String) { ${kind}(path: $path) { ${page} } }`
        const told: Listed[] = []
        do {
          const after: string | null = told.at(-1)?.pageInfo.endCursor ?? null
          const next = await server.gql<Record<string, Record<string, Listed>>>(alone, { path, after })
          told.push(next[kind]?.[`f${index}`] as Listed)
        } while (told.at(-1)?.pageInfo.hasNextPage === true)
        expect(node?.[`f${index}`]).toEqual(told[0])
        const whole = page.replace('first: 2', 'first: 100')
        const all = await server.gql<Record<string, Record<string, Listed>>>(alone.replace(page, whole), { path })
        const nodes = all[kind]?.[`f${index}`]?.nodes
        expect(told.flatMap((each) => each.nodes)).toEqual(nodes)
        expect(told.length).toBe(Math.max(1, Math.ceil((nodes?.length ?? 0) / 2)))
      }
    }
  })

  it.each(['', 'APP-', 'p-1', '_', '%', 'team-', '/app-1', 'team/', '\ud83d', 'nothing'])(
    'a group’s projects with "%s" in them are those of the list of all',
    async (search) => {
      const query = `query ($path: String!, $search: String) {
        group(path: $path) { projects(search: $search) { edges { cursor node { path } } } }
        projects(search: $search, first: 100) { edges { cursor node { path } } } }`
      type Edges = { edges: { cursor: string; node: { path: string } }[] }
      const { path } = many.group
      const { group, projects } = await server.gql<{ group: { projects: Edges }; projects: Edges }>(query, {
        path,
        search,
      })
      expect(group.projects.edges).toEqual(projects.edges.filter(({ node }) => node.path.startsWith(`${path}/`)))
      expect(group.projects.edges.length > 0).toBe(!['_', '%', 'team/', '\ud83d', 'nothing'].includes(search))
    },
  )

  it('one’s own tokens, and one’s sessions', async () => {
    const query = '{ viewer { accessTokens { name scopes lastUsedAt } } }'
    const create = 'mutation { createAccessToken(input: { name: "more", scopes: ["api"] }) { secret } }'
    const cookie = await signIn()
    const account = () => fetch(`${server.url}/-/auth/account`, { headers: { cookie } })
    const count = async () => {
      await account()
      return [
        (await countStatements(server, READS, query)).length,
        countOfSessions(await countStatementsOf(READS, account)),
      ]
    }
    const before = await count()
    for (let number = 0; number < ROWS; number += 1) {
      await server.gql(create)
      await signIn()
    }
    const { sessions } = (await (await account()).json()) as { sessions: unknown[] }
    expect(sessions).toHaveLength(ROWS + 1)
    expect(await count()).toEqual(before)
  })
})

/** Without those that find out whose cookie it is. */
function countOfSessions(statements: string[]): number {
  return statements.filter((text) => !text.includes('"app_user"."id" = ')).length
}

async function signIn(): Promise<string> {
  const answer = await fetch(`${server.url}/-/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify(server.owner),
  })
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}
