// Lists: their order, their pages while events arrive, the search, and how many statements they cost.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countStatements } from '../support/count-statements.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'

let server: TestServer

beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

const LIST = `query ($path: String!, $query: String, $status: IssueStatus, $sort: IssueSort, $direction: SortDirection,
                     $first: Int, $after: String) {
  project(path: $path) {
    issues(query: $query, status: $status, sort: $sort, direction: $direction, first: $first, after: $after) {
      nodes { id type title eventCount } pageInfo { hasNextPage endCursor } } } }`

interface Listed {
  nodes: { id: string; type: string; title: string; eventCount: number }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

async function list(project: SeededProject, variables: Record<string, unknown> = {}): Promise<Listed> {
  const answer = await server.gql<{ project: { issues: Listed } }>(LIST, { path: project.path, ...variables })
  return answer.project.issues
}

const typesOf = ({ nodes }: Listed) => nodes.map(({ type }) => type)

/** Types `AError`, `BError`, ... with as many events as their place in the alphabet, the last one sent last. */
async function seedIssues(project: SeededProject, count: number): Promise<void> {
  const start = Date.now() / 1000 - 1_000
  for (let number = 1; number <= count; number += 1) {
    for (let event = 0; event < number; event += 1) {
      const type = `${String.fromCharCode(64 + number)}Error`
      const user = { id: `${type}-${event}` }
      await server.sendEvent(makeEvent({ type, user, timestamp: start + number }), project)
    }
  }
}

describe('the list of issues', () => {
  it.each(['LAST_SEEN', 'FIRST_SEEN', 'EVENTS', 'USERS'])('is sorted by %s, in both directions', async (sort) => {
    const project = await server.seed.project().withClientKey()
    await seedIssues(project, 4)
    const types = ['AError', 'BError', 'CError', 'DError']
    expect(typesOf(await list(project, { sort, direction: 'ASC' }))).toEqual(types)
    expect(typesOf(await list(project, { sort, direction: 'DESC' }))).toEqual(types.toReversed())
    expect(typesOf(await list(project, { sort, status: 'UNRESOLVED' }))).toEqual(types.toReversed())
    expect(typesOf(await list(project, { sort, status: 'IGNORED' }))).toEqual([])
  })

  it('is paged without gaps or repeats, whatever arrives meanwhile', async () => {
    const project = await server.seed.project().withClientKey()
    await seedIssues(project, 7)
    for (const sort of ['LAST_SEEN', 'FIRST_SEEN', 'EVENTS', 'USERS']) {
      const seen: string[] = []
      let after: string | null = null
      for (let page = 0; page < 10; page += 1) {
        const listed: Listed = await list(project, { sort, first: 2, after })
        seen.push(...typesOf(listed))
        if (!listed.pageInfo.hasNextPage) break
        after = listed.pageInfo.endCursor
        // New at the top, and one that was seen already moves up: neither may shift the pages behind.
        const type = `New${sort}${page}Error`
        await server.sendEvent(makeEvent({ type, timestamp: Date.now() / 1000 }), project)
        await server.sendEvent(makeEvent({ type: 'GError' }), project)
      }
      const old = seen.filter((type) => !type.startsWith('New'))
      expect(old, sort).toHaveLength(new Set(old).size)
      expect(old.toSorted(), sort).toEqual(['AError', 'BError', 'CError', 'DError', 'EError', 'FError', 'GError'])
    }
  })

  it('holds one status or all of them', async () => {
    const project = await server.seed.project().withClientKey()
    await seedIssues(project, 3)
    const { nodes } = await list(project)
    await server.gql('mutation ($i: ID!) { resolveIssue(input: { issue: $i }) { issue { id } } }', { i: nodes[0]?.id })
    await server.gql('mutation ($i: ID!) { ignoreIssue(input: { issue: $i }) { issue { id } } }', { i: nodes[1]?.id })
    expect(typesOf(await list(project))).toEqual(['CError', 'BError', 'AError'])
    expect(typesOf(await list(project, { status: 'RESOLVED' }))).toEqual(['CError'])
    expect(typesOf(await list(project, { status: 'IGNORED' }))).toEqual(['BError'])
    expect(typesOf(await list(project, { status: 'UNRESOLVED' }))).toEqual(['AError'])
  })

  it('is searched for words in title and culprit, and nothing in them is a wildcard', async () => {
    const project = await server.seed.project().withClientKey()
    const send = (value: string, transaction: string) =>
      server.sendEvent(
        { ...makeEvent(), exception: { values: [{ type: 'SearchError', value }] }, transaction, fingerprint: [value] },
        project,
      )
    await send('Cart is 100% full', '/checkout')
    await send('cart was empty', '/basket')
    await send('snake_case\\path', '/paths')
    const search = async (query: string) => (await list(project, { query })).nodes.map(({ title }) => title).toSorted()
    expect(await search('CART')).toHaveLength(2)
    expect(await search('cart empty')).toEqual(['SearchError: cart was empty'])
    expect(await search('full checkout')).toEqual(['SearchError: Cart is 100% full'])
    expect(await search('100%')).toEqual(['SearchError: Cart is 100% full'])
    expect(await search('c%t')).toEqual([])
    expect(await search('snake_case\\path')).toHaveLength(1)
    expect(await search('snake-case')).toEqual([])
    expect(await search("'; drop table issue; --")).toEqual([])
    expect(await search('\0')).toHaveLength(3)
    expect(await search('   ')).toHaveLength(3)
    expect(await search('x'.repeat(10_000))).toEqual([])
  })

  it('refuses pages that are too large, and cursors that are not its own', async () => {
    for (const variables of [{ first: 101 }, { first: 0 }, { first: -1 }, { after: 'nonsense' }, { after: '' }]) {
      const { errors } = await server.ask(LIST, { path: server.project.path, ...variables })
      expect(errors?.[0]?.extensions?.code, JSON.stringify(variables)).toBe('INVALID')
    }
    const project = await server.seed.project().withClientKey()
    await seedIssues(project, 2)
    const { pageInfo } = await list(project, { sort: 'EVENTS', first: 1 })
    const { errors } = await server.ask(LIST, { path: project.path, sort: 'LAST_SEEN', after: pageInfo.endCursor })
    expect(errors?.[0]?.extensions?.code).toBe('INVALID')
  })
})

describe('the events of an issue', () => {
  it('are paged newest first, without gaps or repeats while more arrive', async () => {
    const project = await server.seed.project().withClientKey()
    const sent: string[] = []
    for (let number = 0; number < 7; number += 1) sent.push(await server.sendEvent(makeEvent(), project))
    const [issue] = (await list(project)).nodes
    const seen: string[] = []
    let after: string | null = null
    for (let page = 0; page < 10; page += 1) {
      const answer: any = await server.gql(
        `query ($id: ID!, $after: String) { issue(id: $id) { events(first: 2, after: $after) {
           nodes { eventId receivedAt } pageInfo { hasNextPage endCursor } } } }`,
        { id: issue?.id, after },
      )
      const { nodes, pageInfo } = answer.issue.events
      seen.push(...nodes.map(({ eventId }: { eventId: string }) => eventId))
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
      await server.sendEvent(makeEvent(), project)
    }
    expect(seen.toSorted()).toEqual(sent.toSorted())
  })

  it('are found across days, the day of receipt being part of their ids', async () => {
    let now = Date.now()
    const past = await createTestServer({ clock: () => now })
    try {
      const sent: string[] = []
      for (const daysAgo of [40, 12, 1, 0]) {
        now = Date.now() - daysAgo * 86_400_000
        sent.unshift(await past.sendEvent(makeEvent({ timestamp: now / 1000 })))
      }
      const query = `{ project(path: "acme/shop") { issues { nodes {
        events { nodes { eventId } } oldestEvent { eventId next { eventId } }
        latestEvent { eventId previous { eventId next { eventId } previous { eventId previous { eventId previous { eventId } } } } }
        frequency(period: LAST_30_DAYS) { count } } } } }`
      const { project } = await past.gql<any>(query)
      const [newest, day, twelve, oldest] = sent.map((eventId) => ({ eventId }))
      expect(project.issues.nodes).toHaveLength(1)
      const { frequency, ...issue } = project.issues.nodes[0]
      expect(issue).toEqual({
        events: { nodes: [newest, day, twelve, oldest] },
        oldestEvent: { ...oldest, next: twelve },
        latestEvent: {
          ...newest,
          previous: { ...day, next: newest, previous: { ...twelve, previous: { ...oldest, previous: null } } },
        },
      })
      const counts = frequency.map(({ count }: { count: number }) => count)
      expect([counts[29], counts[28], counts[17], counts.reduce((a: number, b: number) => a + b, 0)]).toEqual([
        1, 1, 1, 3,
      ])
    } finally {
      await past.stop()
    }
  })
})

const TABLES =
  'event|issue|issue_hour|issue_tag|project|client_key|client_key_hour|client_sdk|client_error|transaction_summary'
const READS = new RegExp(`^\\s*(WITH kinds|SELECT .*\\b(${TABLES})\\b)`, 's')

describe('statements to the database', () => {
  /** The batch writer and the jobs have others. */
  const count = (query: string, variables: Record<string, unknown>) => countStatements(server, READS, query, variables)

  it('do not grow with the rows of a list', async () => {
    const query = `query ($path: String!, $first: Int) { project(path: $path) { id issues(first: $first) { nodes {
      id project { path } hours: frequency { count } days: frequency(period: LAST_30_DAYS) { count }
      tags { key } latestEvent { eventId issue { id } } } } } }`
    const project = await server.seed.project().withClientKey()
    await seedIssues(project, 6)
    const one = await count(query, { path: project.path, first: 1 })
    const six = await count(query, { path: project.path, first: 6 })
    expect(six.length, six.join('\n')).toBe(one.length)
    expect(six.length).toBe(8)
  })

  it('are one for the transactions of all events of a list', async () => {
    const project = await server.seed.project().withClientKey()
    for (let number = 1; number <= 5; number += 1) {
      const contexts = { trace: { trace_id: String(number).repeat(32) } }
      await server.sendEvent(makeEvent({ type: 'TraceError', contexts }), project)
    }
    const query = `query ($path: String!, $first: Int) { project(path: $path) { issues(first: 1) { nodes {
      events(first: $first) { nodes { trace { transactions { name } } } } } } } }`
    const one = await count(query, { path: project.path, first: 1 })
    const five = await count(query, { path: project.path, first: 5 })
    expect(five.length, five.join('\n')).toBe(one.length)
    expect(five.filter((text) => text.includes('transaction_summary'))).toHaveLength(1)
  })

  it('are three for the page of issues that a dashboard shows: the project, its group, and the list', async () => {
    const project = await server.seed.project().withClientKey()
    await seedIssues(project, 3)
    const statements = await count(LIST, { path: project.path })
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(3)
  })

  it('do not grow with the projects of a list', async () => {
    const query =
      'query ($first: Int) { projects(first: $first) { nodes { path clientKeys { dsn eventCount } unresolvedCount lastEventAt ' +
      'outcomes { quantity points { count } } clientSdks { name } clientErrors { message } } } }'
    for (let number = 0; number < 4; number += 1) await server.seed.project().withClientKey()
    const one = await count(query, { first: 1 })
    const many = await count(query, { first: 5 })
    expect(many.length, many.join('\n')).toBe(one.length)
  })
})
