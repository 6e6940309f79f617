// The contract of the API, as a script with a token meets it.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'

const ISO_UTC_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const HOUR_MS = 60 * 60 * 1000

let server: TestServer

beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

async function findIssue(title: string, fields: string): Promise<Record<string, any>> {
  const { project } = await server.gql<{ project: { issues: { nodes: Record<string, any>[] } } }>(
    `query ($path: String!, $query: String) { project(path: $path) { issues(query: $query) { nodes { ${fields} } } } }`,
    { path: server.project.path, query: title },
  )
  expect(project.issues.nodes).toHaveLength(1)
  return project.issues.nodes[0] as Record<string, any>
}

describe('a project', () => {
  it('is found by its path, with its keys and their DSN', async () => {
    const { project } = await server.gql<Record<string, any>>(`{
      project(path: "acme/shop") {
        __typename id number path name errorTracking { enabled backend }
        clientKeys { id number publicKey dsn active createdAt lastUsedAt expiresAt }
        issueCounts { unresolved resolved ignored } unresolvedCount
      }
    }`)
    expect(project).toMatchObject({
      __typename: 'Project',
      number: 1,
      path: 'acme/shop',
      errorTracking: { enabled: true, backend: 'INTEGRATED' },
    })
    const [key] = project.clientKeys
    expect(key).toMatchObject({ publicKey: server.project.publicKey, active: true, expiresAt: null })
    expect(key.dsn).toBe(server.project.dsn)
    expect(key.createdAt).toMatch(ISO_UTC_MS)
  })

  it('is null when absent, however the path looks', async () => {
    for (const path of ['acme/none', 'none/shop', 'acme', '', 'acme/shop/x', "acme/'; --"]) {
      const { project } = await server.gql<Record<string, any>>('query ($p: String!) { project(path: $p) { id } }', {
        p: path,
      })
      expect(project).toBeNull()
    }
  })

  it('appears in the list of projects, which is searched and paged by path', async () => {
    for (const path of ['zeta/one', 'zeta/two', 'zeta/x-three']) await server.seed.project(path).withClientKey()
    const query = `query ($first: Int, $after: String, $search: String) {
      projects(first: $first, after: $after, search: $search) {
        nodes { path lastEventAt } edges { cursor node { path } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`
    const first = await server.gql<Record<string, any>>(query, { first: 2, search: 'zeta' })
    expect(first.projects.nodes).toEqual([
      { path: 'zeta/one', lastEventAt: null },
      { path: 'zeta/two', lastEventAt: null },
    ])
    expect(first.projects.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const second = await server.gql<Record<string, any>>(query, {
      first: 2,
      search: 'zeta',
      after: first.projects.pageInfo.endCursor,
    })
    expect(second.projects.nodes.map(({ path }: { path: string }) => path)).toEqual(['zeta/x-three'])
    expect(second.projects.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    const byPath = await server.gql<Record<string, any>>(query, { search: 'zeta/x' })
    expect(byPath.projects.nodes).toHaveLength(1)
  })

  it('counts what a list of projects shows', async () => {
    const project = await server.seed.project('count/me').withClientKey()
    await server.sendEvent(makeEvent({ type: 'OneError' }), project)
    await server.sendEvent(makeEvent({ type: 'TwoError' }), project)
    const answer = await server.gql<Record<string, any>>(
      '{ project(path: "count/me") { unresolvedCount lastEventAt issueCounts { unresolved resolved ignored } } }',
    )
    expect(answer.project).toMatchObject({
      unresolvedCount: 2,
      issueCounts: { unresolved: 2, resolved: 0, ignored: 0 },
    })
    expect(Date.now() - Date.parse(answer.project.lastEventAt)).toBeLessThan(60_000)
  })
})

describe('an issue and its events', () => {
  it('has every field of the contract', async () => {
    const event = makeEvent({
      type: 'ShapeError',
      release: 'shop@1.2.3',
      environment: 'production',
      user: { id: '42', email: 'a@example.com' },
      request: {
        method: 'POST',
        url: 'https://shop.example/cart?item=3',
        headers: { Accept: 'text/html' },
        cookies: 'theme=dark',
      },
      breadcrumbs: [
        { timestamp: 1_700_000_000, category: 'ui', message: 'first' },
        { timestamp: 1_700_000_001, category: 'ui', message: 'second', data: { a: 1 } },
      ],
      contexts: { os: { name: 'Linux' } },
      extra: { cart: [1, 2] },
      tags: { shop: 'berlin' },
      sdk: { name: 'sentry.javascript.node', version: '9.0.0' },
      exception: {
        values: [
          { type: 'CauseError', value: 'the cause' },
          {
            type: 'ShapeError',
            value: 'the thrown one',
            mechanism: { type: 'generic', handled: false },
            stacktrace: {
              frames: [
                { function: 'outer', filename: 'a.js', lineno: 1, in_app: true },
                {
                  function: 'inner',
                  filename: 'b.js',
                  lineno: 2,
                  colno: 5,
                  in_app: true,
                  context_line: 'throw it',
                  vars: { x: 1 },
                },
              ],
            },
          },
        ],
      },
    })
    await server.sendEvent(event)
    const issue = await findIssue(
      'ShapeError',
      `__typename id shortId title type message culprit level platform status eventCount userCount firstSeenAt lastSeenAt
       firstRelease lastRelease regressed externalUrl project { path }
       hours: frequency { at count } days: frequency(period: LAST_30_DAYS) { at count }
       latestEvent {
         id eventId timestamp receivedAt level platform environment release message title
         exceptions { type value handled mechanism frames { function filename lineno colno inApp contextLine preContext postContext vars } }
         breadcrumbs { timestamp category level message data } tags { key value }
         user { id email username name ipAddress } request { method url query headers { name value } cookies }
         contexts extra sdk { name version } previous { id } next { id } errors { type }
         grouping { version hash strategy parts { label value } } issue { shortId } json
       }
       events { nodes { eventId } }`,
    )
    expect(issue).toMatchObject({
      __typename: 'Issue',
      title: 'ShapeError: the thrown one',
      type: 'ShapeError',
      message: 'the thrown one',
      level: 'ERROR',
      platform: 'node',
      status: 'UNRESOLVED',
      eventCount: 1,
      userCount: 1,
      firstRelease: 'shop@1.2.3',
      lastRelease: 'shop@1.2.3',
      regressed: false,
      externalUrl: null,
      project: { path: 'acme/shop' },
      events: { nodes: [{ eventId: event.event_id }] },
    })
    expect(issue.shortId).toMatch(/^SHOP-[0-9A-Z]+$/)
    expect(issue.firstSeenAt).toMatch(ISO_UTC_MS)

    expect(issue.hours).toHaveLength(24)
    expect(issue.days).toHaveLength(30)
    expect(issue.hours.at(-1).count + issue.hours.at(-2).count).toBe(1)
    expect(Date.parse(issue.hours[23].at) - Date.parse(issue.hours[0].at)).toBe(23 * HOUR_MS)
    expect(issue.days.at(-1).at).toMatch(/T00:00:00\.000Z$/)

    const latest = issue.latestEvent
    expect(latest).toMatchObject({
      eventId: event.event_id,
      level: 'ERROR',
      environment: 'production',
      release: 'shop@1.2.3',
      user: { id: '42', email: 'a@example.com', username: null },
      request: { method: 'POST', url: 'https://shop.example/cart', cookies: 'theme=dark' },
      contexts: { os: { name: 'Linux' } },
      extra: { cart: [1, 2] },
      sdk: { name: 'sentry.javascript.node', version: '9.0.0' },
      previous: null,
      next: null,
      issue: { shortId: issue.shortId },
    })
    expect(latest.request.headers).toContainEqual({ name: 'Accept', value: 'text/html' })
    expect(latest.tags).toContainEqual({ key: 'shop', value: 'berlin' })
    expect(latest.breadcrumbs.map(({ message }: { message: string }) => message)).toEqual(['first', 'second'])
    expect(latest.exceptions.map(({ type }: { type: string }) => type)).toEqual(['ShapeError', 'CauseError'])
    expect(latest.exceptions[0]).toMatchObject({ handled: false })
    expect(latest.exceptions[0].frames.map((frame: { function: string }) => frame.function)).toEqual(['inner', 'outer'])
    expect(latest.exceptions[0].frames[0]).toMatchObject({ lineno: 2, colno: 5, inApp: true, contextLine: 'throw it' })
    expect(latest.grouping.hash).toMatch(/^[0-9a-f]{32}$/)
    expect(latest.json.eventId).toBe(event.event_id)
  })

  it('is found by its id, by its short id, and as a node', async () => {
    await server.sendEvent(makeEvent({ type: 'FoundError' }))
    const { id, shortId, latestEvent } = await findIssue('FoundError', 'id shortId latestEvent { id }')
    const answer = await server.gql<Record<string, any>>(
      `query ($id: ID!, $event: ID!, $shortId: String!) {
         issue(id: $id) { title }
         node(id: $id) { __typename id ... on Issue { title } }
         event: node(id: $event) { __typename ... on Event { title } }
         project(path: "acme/shop") { id issue(shortId: $shortId) { id } }
       }`,
      { id, event: latestEvent.id, shortId },
    )
    expect(answer).toMatchObject({
      issue: { title: 'FoundError: it broke' },
      node: { __typename: 'Issue', id, title: 'FoundError: it broke' },
      event: { __typename: 'Event', title: 'FoundError: it broke' },
      project: { issue: { id } },
    })
    for (const typename of ['Project', 'ClientKey', 'User']) {
      const fields = '{ viewer { id } project(path: "acme/shop") { id clientKeys { id } } }'
      const { viewer, project } = await server.gql<Record<string, any>>(fields)
      const ids: Record<string, string> = { Project: project.id, ClientKey: project.clientKeys[0].id, User: viewer.id }
      const { node } = await server.gql<Record<string, any>>('query ($id: ID!) { node(id: $id) { __typename id } }', {
        id: ids[typename],
      })
      expect(node).toEqual({ __typename: typename, id: ids[typename] })
    }
  })

  it('is null for ids that are none of ours', async () => {
    const encode = (text: string) => Buffer.from(text).toString('base64url')
    const ids = ['', 'x', 'ä', encode('Issue:1.999999'), encode('Issue:1.x'), encode('Issue:0.1'), encode('Issue:99.1')]
    ids.push(encode('Event:1.2026-02-30.' + 'a'.repeat(32)), encode('Event:1.2026-01-01.' + 'a'.repeat(32)))
    ids.push(encode('constructor:1'), encode('__proto__:1'), encode('Project:99999999999'), 'y'.repeat(5_000))
    for (const id of ids) {
      const answer = await server.gql('query ($id: ID!) { node(id: $id) { id } issue(id: $id) { id } }', { id })
      expect(answer).toEqual({ node: null, issue: null })
    }
  })

  it('leads from event to event, and to the oldest and newest', async () => {
    const ids: string[] = []
    for (let number = 0; number < 5; number += 1) ids.push(await server.sendEvent(makeEvent({ type: 'WalkError' })))
    const { latestEvent, oldestEvent, events } = await findIssue(
      'WalkError',
      `oldestEvent { eventId previous { id } next { eventId previous { eventId } } }
       latestEvent { eventId next { id } previous { eventId } } events { nodes { eventId } }`,
    )
    const newestFirst = events.nodes.map(({ eventId }: { eventId: string }) => eventId)
    expect(newestFirst.toSorted()).toEqual(ids.toSorted())
    expect(latestEvent).toEqual({ eventId: newestFirst[0], next: null, previous: { eventId: newestFirst[1] } })
    expect(oldestEvent).toEqual({
      eventId: newestFirst[4],
      previous: null,
      next: { eventId: newestFirst[3], previous: { eventId: newestFirst[4] } },
    })
  })

  it('counts the values of its tags', async () => {
    for (const colour of ['red', 'red', 'blue'])
      await server.sendEvent(makeEvent({ type: 'TagError', tags: { colour } }))
    await expect
      .poll(
        async () => {
          const { tags } = await findIssue('TagError', 'tags { key total values { value count } }')
          return tags.find(({ key }: { key: string }) => key === 'colour') as unknown
        },
        { timeout: 30_000, interval: 200 },
      )
      .toEqual({
        key: 'colour',
        total: 3,
        values: [
          { value: 'red', count: 2 },
          { value: 'blue', count: 1 },
        ],
      })
  })
})

describe('changing issues', () => {
  const act = (mutation: string, issue: string) =>
    server.gql<Record<string, any>>(
      `mutation ($issue: ID!) { ${mutation}(input: { issue: $issue }) { issue { id status regressed } } }`,
      { issue },
    )

  it('resolves, ignores and unresolves one, and answers with it', async () => {
    await server.sendEvent(makeEvent({ type: 'StatusError' }))
    const { id } = await findIssue('StatusError', 'id')
    for (const [mutation, status] of [
      ['resolveIssue', 'RESOLVED'],
      ['ignoreIssue', 'IGNORED'],
      ['unresolveIssue', 'UNRESOLVED'],
    ] as const) {
      const answer = await act(mutation, id)
      expect(answer[mutation].issue).toEqual({ id, status, regressed: false })
      expect(await findIssue('StatusError', 'status')).toEqual({ status })
    }
  })

  it('marks a resolved issue that happens again as regressed, until it is resolved again', async () => {
    await server.sendEvent(makeEvent({ type: 'AgainError' }))
    const { id } = await findIssue('AgainError', 'id')
    await act('resolveIssue', id)
    await server.sendEvent(makeEvent({ type: 'AgainError' }))
    expect(await findIssue('AgainError', 'status regressed eventCount')).toEqual({
      status: 'UNRESOLVED',
      regressed: true,
      eventCount: 2,
    })
    expect((await act('resolveIssue', id)).resolveIssue.issue).toMatchObject({ status: 'RESOLVED', regressed: false })
  })

  it('changes several at once, and leaves out those that are gone', async () => {
    for (const type of ['ManyOneError', 'ManyTwoError']) await server.sendEvent(makeEvent({ type }))
    const ids = [(await findIssue('ManyOneError', 'id')).id, (await findIssue('ManyTwoError', 'id')).id]
    const gone = Buffer.from('Issue:1.999999').toString('base64url')
    const { updateIssues } = await server.gql<Record<string, any>>(
      `mutation ($issues: [ID!]!) { updateIssues(input: { issues: $issues, status: IGNORED }) { issues { id status } } }`,
      { issues: [...ids, gone, ids[0]] },
    )
    expect(updateIssues.issues).toEqual(ids.map((id) => ({ id, status: 'IGNORED' })))
  })

  it('says so when there is no such issue', async () => {
    const { errors } = await server.ask('mutation { resolveIssue(input: { issue: "nonsense" }) { issue { id } } }')
    expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
  })
})

describe('client keys and the tracking switch', () => {
  const send = (publicKey: string, number: number) =>
    server.sendStore(JSON.stringify(makeEvent()), {}, { number, publicKey, path: '', dsn: '' })

  it('rotates a key with a grace period, in which both work, and then only the new one', async () => {
    const project = await server.seed.project('keys/rotate').withClientKey()
    const fields = '{ project(path: "keys/rotate") { id clientKeys { id } } }'
    const { project: seen } = await server.gql<Record<string, any>>(fields)
    const rotate = `mutation ($key: ID!, $grace: Int) { rotateClientKey(input: { clientKey: $key, graceSeconds: $grace }) {
      newKey { id publicKey dsn active } oldKey { id active expiresAt } } }`
    const { rotateClientKey } = await server.gql<Record<string, any>>(rotate, {
      key: seen.clientKeys[0].id,
      grace: 3600,
    })
    const { newKey, oldKey } = rotateClientKey
    expect(oldKey).toMatchObject({ id: seen.clientKeys[0].id, active: true })
    expect(Math.abs(Date.parse(oldKey.expiresAt) - Date.now() - 3_600_000)).toBeLessThan(60_000)
    expect(newKey.publicKey).toMatch(/^[0-9a-f]{32}$/)
    expect((await send(project.publicKey, project.number)).status).toBe(200)
    expect((await send(newKey.publicKey, project.number)).status).toBe(200)

    const ended = await server.gql<Record<string, any>>(rotate, { key: oldKey.id })
    expect(ended.rotateClientKey.oldKey.active).toBe(false)
    const refused = await send(project.publicKey, project.number)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toBeTypeOf('object')
    expect((await send(newKey.publicKey, project.number)).status).toBe(200)
    const again = await server.ask(rotate, { key: oldKey.id })
    expect(again.errors?.[0]?.extensions?.code).toBe('CONFLICT')
  })

  it('creates and deletes keys, at once for SDKs', async () => {
    const project = await server.seed.project('keys/create').withClientKey()
    const { project: seen } = await server.gql<Record<string, any>>('{ project(path: "keys/create") { id } }')
    const { createClientKey } = await server.gql<Record<string, any>>(
      'mutation ($p: ID!) { createClientKey(input: { project: $p }) { clientKey { id publicKey active number } } }',
      { p: seen.id },
    )
    const { id, publicKey } = createClientKey.clientKey
    expect((await send(publicKey, project.number)).status).toBe(200)
    const { deleteClientKey } = await server.gql<Record<string, any>>(
      'mutation ($k: ID!) { deleteClientKey(input: { clientKey: $k }) { clientKey { id publicKey } } }',
      { k: id },
    )
    expect(deleteClientKey.clientKey).toEqual({ id, publicKey })
    expect((await send(publicKey, project.number)).status).toBe(403)
    expect((await send(project.publicKey, project.number)).status).toBe(200)
  })

  it('switches tracking off and on, and gives a project without a key its first one', async () => {
    const project = await server.seed.project('keys/switch').withClientKey()
    await server.database.prisma.clientKey.deleteMany({ where: { projectId: project.number } })
    const { project: seen } = await server.gql<Record<string, any>>('{ project(path: "keys/switch") { id } }')
    const off = await server.gql<Record<string, any>>(
      'mutation ($p: ID!) { disableErrorTracking(input: { project: $p }) { project { errorTracking { enabled } } } }',
      { p: seen.id },
    )
    expect(off.disableErrorTracking.project.errorTracking.enabled).toBe(false)
    const on = await server.gql<Record<string, any>>(
      `mutation ($p: ID!) { enableErrorTracking(input: { project: $p, backend: INTEGRATED }) {
         project { errorTracking { enabled backend } clientKeys { publicKey } } } }`,
      { p: seen.id },
    )
    const { errorTracking, clientKeys } = on.enableErrorTracking.project
    expect(errorTracking).toEqual({ enabled: true, backend: 'INTEGRATED' })
    expect(clientKeys).toHaveLength(1)
    expect((await send(clientKeys[0].publicKey, project.number)).status).toBe(200)
    await server.gql('mutation ($p: ID!) { disableErrorTracking(input: { project: $p }) { project { id } } }', {
      p: seen.id,
    })
    expect((await send(clientKeys[0].publicKey, project.number)).status).toBe(403)
    const sentry = await server.ask(
      'mutation ($p: ID!) { enableErrorTracking(input: { project: $p, backend: SENTRY }) { project { id } } }',
      { p: seen.id },
    )
    expect(sentry.errors?.[0]?.extensions?.code).toBe('UNAVAILABLE')
  })

  it('refuses a grace period that is none', async () => {
    const { project } = await server.gql<Record<string, any>>('{ project(path: "acme/shop") { clientKeys { id } } }')
    const { errors } = await server.ask(
      'mutation ($k: ID!) { rotateClientKey(input: { clientKey: $k, graceSeconds: -1 }) { newKey { id } } }',
      { k: project.clientKeys[0].id },
    )
    expect(errors?.[0]?.extensions?.code).toBe('INVALID')
  })
})

describe('who asks', () => {
  it('is told about themselves and their tokens, which can be made and revoked', async () => {
    const created = await server.gql<Record<string, any>>(
      `mutation { createAccessToken(input: { name: "ci", scopes: ["read_api"] }) {
         secret accessToken { id name scopes createdAt lastUsedAt expiresAt } } }`,
    )
    const { secret, accessToken } = created.createAccessToken
    expect(accessToken).toMatchObject({ name: 'ci', scopes: ['read_api'], expiresAt: null })
    const asOther = async (query: string) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'private-token': secret },
        body: JSON.stringify({ query }),
      })
      return (await response.json()) as Record<string, any>
    }
    expect((await asOther('{ viewer { email } }')).data.viewer.email).toBe(server.owner.email)
    const { viewer } = await server.gql<Record<string, any>>('{ viewer { email accessTokens { id name } } }')
    expect(viewer.accessTokens).toContainEqual({ id: accessToken.id, name: 'ci' })
    await server.gql('mutation ($t: ID!) { revokeAccessToken(input: { accessToken: $t }) { accessToken { id } } }', {
      t: accessToken.id,
    })
    expect((await asOther('{ viewer { email } }')).errors[0].extensions.code).toBe('UNAUTHENTICATED')
  })

  it('may ask about the instance without a sign-in', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id } instance { version ownerExists mail } }' }),
    })
    expect(await response.json()).toEqual({
      data: {
        viewer: null,
        instance: { version: expect.stringMatching(/^\d+\.\d+\.\d+/), ownerExists: true, mail: false },
      },
    })
  })
})
