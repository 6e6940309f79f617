// Subscriptions, over WebSocket and over server-sent events, while events come in.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRealtime } from '../../server/realtime/realtime.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

let server: TestServer
let projectId: string

beforeAll(async () => {
  server = await createTestServer()
  projectId = (await server.gql<any>('{ project(path: "acme/shop") { id } }')).project.id
})
afterAll(() => server.stop())

const EVENTS = `subscription ($project: ID!, $issue: ID) { eventReceived(project: $project, issue: $issue) {
  id eventId title issue { id shortId eventCount } exceptions { type } } }`
const ISSUES = `subscription ($project: ID!) { issueChanged(project: $project) {
  kind issue { id type status regressed eventCount frequency { count } } } }`

interface EventMessage {
  eventReceived: { id: string; eventId: string; title: string; issue: { id: string; eventCount: number } }
}
interface IssueMessage {
  issueChanged: { kind: string; issue: { id: string; type: string; status: string; eventCount: number } }
}

const count = (issue: string, kind: string, messages: IssueMessage[]) =>
  messages.filter(({ issueChanged }) => issueChanged.issue.type === issue && issueChanged.kind === kind).length

describe('eventReceived', () => {
  it('sends each stored event, within a second', async () => {
    const live = await server.subscribe<EventMessage>(EVENTS, { project: projectId })
    const startMs = performance.now()
    const sent = await server.sendEvent(makeEvent({ type: 'LiveError' }))
    const { eventReceived } = await live.find(({ eventReceived: { eventId } }) => eventId === sent)
    expect(performance.now() - startMs).toBeLessThan(1_000)
    expect(eventReceived).toMatchObject({ title: 'LiveError: it broke', issue: { eventCount: 1 } })
    const many = await Promise.all(Array.from({ length: 40 }, () => server.sendEvent(makeEvent({ type: 'LiveError' }))))
    await until(() => live.messages.length === 41)
    expect(live.messages.map((message) => message.eventReceived.eventId).toSorted()).toEqual([sent, ...many].toSorted())
    await live.stop()
  })

  it('sends those of one issue only, when asked to', async () => {
    await server.sendEvent(makeEvent({ type: 'ChosenError' }))
    const { project } = await server.gql<any>(
      '{ project(path: "acme/shop") { issues(query: "ChosenError") { nodes { id } } } }',
    )
    const issue = project.issues.nodes[0].id
    const live = await server.subscribe<EventMessage>(EVENTS, { project: projectId, issue })
    await server.sendEvent(makeEvent({ type: 'OtherError' }))
    const sent = await server.sendEvent(makeEvent({ type: 'ChosenError' }))
    await live.find(({ eventReceived: { eventId } }) => eventId === sent)
    expect(live.messages).toHaveLength(1)
    await live.stop()
  })

  it('sends nothing of other projects', async () => {
    const other = await server.seed.project('live/other').withClientKey()
    const live = await server.subscribe<EventMessage>(EVENTS, { project: projectId })
    await server.sendEvent(makeEvent({ type: 'FarError' }), other)
    const near = await server.sendEvent(makeEvent({ type: 'NearError' }))
    await live.find(({ eventReceived: { eventId } }) => eventId === near)
    expect(live.messages).toHaveLength(1)
    await live.stop()
  })
})

describe('issueChanged', () => {
  it('tells of a new issue, its updates, its status and its regression', async () => {
    const live = await server.subscribe<IssueMessage>(ISSUES, { project: projectId })
    const ofType = (kind: string) =>
      live.find(({ issueChanged }) => issueChanged.issue.type === 'ChangeError' && issueChanged.kind === kind)
    await server.sendEvent(makeEvent({ type: 'ChangeError' }))
    const created = (await ofType('CREATED')).issueChanged.issue
    expect(created).toMatchObject({ status: 'UNRESOLVED', eventCount: 1 })
    await server.sendEvent(makeEvent({ type: 'ChangeError' }))
    expect((await ofType('UPDATED')).issueChanged.issue.eventCount).toBe(2)
    await server.gql('mutation ($i: ID!) { resolveIssue(input: { issue: $i }) { issue { id } } }', { i: created.id })
    expect((await ofType('STATUS')).issueChanged.issue.status).toBe('RESOLVED')
    await server.sendEvent(makeEvent({ type: 'ChangeError' }))
    expect((await ofType('REGRESSED')).issueChanged.issue).toMatchObject({ status: 'UNRESOLVED', regressed: true })
    await live.stop()
  })

  it('merges updates to four a second and ends with the last state', async () => {
    const live = await server.subscribe<IssueMessage>(ISSUES, { project: projectId })
    const startMs = performance.now()
    for (let number = 0; number < 60; number += 1) await server.sendEvent(makeEvent({ type: 'BurstError' }))
    await live.find(
      ({ issueChanged }) => issueChanged.issue.type === 'BurstError' && issueChanged.issue.eventCount === 60,
    )
    const seconds = Math.ceil((performance.now() - startMs) / 1_000)
    expect(count('BurstError', 'CREATED', live.messages)).toBe(1)
    expect(count('BurstError', 'UPDATED', live.messages)).toBeLessThanOrEqual(4 * seconds + 1)
    await live.stop()
  })

  it('sends a status that did not change to nobody', async () => {
    await server.sendEvent(makeEvent({ type: 'SameError' }))
    const { project } = await server.gql<any>(
      '{ project(path: "acme/shop") { issues(query: "SameError") { nodes { id } } } }',
    )
    const live = await server.subscribe<IssueMessage>(ISSUES, { project: projectId })
    const act = (name: string) =>
      server.gql(`mutation ($i: ID!) { ${name}(input: { issue: $i }) { issue { id } } }`, {
        i: project.issues.nodes[0].id,
      })
    await act('unresolveIssue')
    await act('ignoreIssue')
    await act('ignoreIssue')
    await act('resolveIssue')
    await live.find(({ issueChanged }) => issueChanged.issue.status === 'RESOLVED')
    expect(live.messages.map(({ issueChanged }) => issueChanged.kind)).toEqual(['STATUS', 'STATUS'])
    await live.stop()
  })

  it('is heard from another process on the same database', async () => {
    const other = createRealtime({ database: server.database, log: server.log.log })
    const changes = other.subscribeIssues({ projectId: 1 })
    const heard: string[] = []
    const reading = (async () => {
      for await (const { issueId, kind } of changes) heard.push(`${issueId} ${kind}`)
    })()
    // Its connection may not listen yet: tell until it hears.
    await until(async () => {
      await server.sendEvent(makeEvent({ type: 'PeerError' }))
      return heard.length > 0
    })
    const live = await server.subscribe<IssueMessage>(ISSUES, { project: projectId })
    const { project } = await server.gql<any>(
      '{ project(path: "acme/shop") { issues(query: "PeerError") { nodes { id } } } }',
    )
    const issueId = Buffer.from(project.issues.nodes[0].id, 'base64url').toString().split('.')[1] as string
    other.publish([{ type: 'issue', projectId: 1, issueId, kind: 'REGRESSED' }])
    await live.find(({ issueChanged }) => issueChanged.kind === 'REGRESSED' && issueChanged.issue.type === 'PeerError')
    await live.stop()
    await other.stop()
    await reading
  })
})

function connect(connectionParams: Record<string, unknown>, headers: Record<string, string> = {}) {
  const closes: { code: number; reason: string }[] = []
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers })
      }
    },
    connectionParams,
    retryAttempts: 0,
    on: { closed: (event) => closes.push(event as { code: number; reason: string }) },
  })
  const ask = async (query: string): Promise<any> => {
    for await (const answer of client.iterate({ query })) return answer
    return null
  }
  return { client, closes, ask }
}

describe('a WebSocket', () => {
  it.each(['Authorization', 'authorization', 'AUTHORIZATION', 'PRIVATE-TOKEN', 'private-token', 'Private-Token'])(
    'takes the token from the parameter %s',
    async (name) => {
      const value = name.toLowerCase() === 'authorization' ? `Bearer ${server.token}` : server.token
      const { client, ask } = connect({ [name]: value })
      expect((await ask('{ viewer { email } }')).data.viewer.email).toBe(server.owner.email)
      await client.dispose()
    },
  )

  it('is closed when the token is wrong, for good', async () => {
    const { closes, ask } = connect({ Authorization: 'Bearer wrong' })
    await expect(ask('{ viewer { email } }')).rejects.toBeDefined()
    expect(closes[0]?.code).toBe(4401)
  })

  it('of nobody may subscribe to nothing, and is told so', async () => {
    const { client } = connect({})
    const iterator = client.iterate({ query: EVENTS, variables: { project: projectId } })
    const errors = await iterator.next().then(
      (result) => result.value?.errors,
      (error) => error,
    )
    expect(JSON.stringify(errors)).toContain('UNAUTHENTICATED')
    await client.dispose()
  })

  it('takes the cookie of our own pages, and not of others', async () => {
    const response = await fetch(`${server.url}/-/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify(server.owner),
    })
    const cookie = response.headers
      .getSetCookie()
      .map((text) => text.split(';')[0])
      .join('; ')
    const ours = connect({}, { cookie, origin: server.url })
    expect((await ours.ask('{ viewer { email } }')).data.viewer.email).toBe(server.owner.email)
    const foreign = connect({}, { cookie, origin: 'https://evil.example' })
    expect((await foreign.ask('{ viewer { email } }')).data.viewer).toBeNull()
    await Promise.all([ours.client.dispose(), foreign.client.dispose()])
  })

  it('has the same limits as HTTP', async () => {
    const { client, ask } = connect({ Authorization: `Bearer ${server.token}` })
    const deep = `{ project(path: "acme/shop") { issues { nodes { latestEvent { ${'previous { '.repeat(15)} id ${'}'.repeat(15)} } } } } }`
    expect((await ask(deep)).errors[0].extensions.code).toBe('INVALID')
    await expect(ask('{ nothing }')).rejects.toMatchObject([{ extensions: { code: 'INVALID' } }])
    await client.dispose()
  })

  it('is told no more soon after its token was revoked', async () => {
    const { createAccessToken } = await server.gql<any>(
      'mutation { createAccessToken(input: { name: "short", scopes: ["read_api"] }) { secret accessToken { id } } }',
    )
    const { client, ask } = connect({ Authorization: `Bearer ${createAccessToken.secret}` })
    let completed = false
    const messages: unknown[] = []
    client.subscribe(
      { query: EVENTS, variables: { project: projectId } },
      { next: (message) => messages.push(message), error: () => undefined, complete: () => (completed = true) },
    )
    await ask('{ viewer { email } }')
    await ask('{ viewer { email } }')
    await server.sendEvent(makeEvent())
    await until(() => messages.length === 1)
    await server.gql('mutation ($t: ID!) { revokeAccessToken(input: { accessToken: $t }) { accessToken { id } } }', {
      t: createAccessToken.accessToken.id,
    })
    await until(() => completed, { withinMs: 8_000 })
    await server.sendEvent(makeEvent())
    expect(messages).toHaveLength(1)
    await client.dispose()
  })

  it('that never reads is kept from growing, and the others hear everything meanwhile', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${server.token}` } }))
    await new Promise((resolve) => socket.once('message', resolve))
    const query = 'subscription ($p: ID!) { eventReceived(project: $p) { json } }'
    for (let id = 0; id < 20; id += 1) {
      socket.send(
        JSON.stringify({ type: 'subscribe', id: String(id), payload: { query, variables: { p: projectId } } }),
      )
    }
    const live = await server.subscribe<EventMessage>(EVENTS, { project: projectId })
    socket.pause()
    const extra = { text: 'x'.repeat(100_000) }
    const before = process.memoryUsage().rss
    for (let number = 0; number < 150; number += 1) await server.sendEvent(makeEvent({ type: 'UnreadError', extra }))
    await until(() => live.messages.length >= 150)
    // 20 subscriptions of 150 events of 100 KB would be 300 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
    socket.terminate()
    await live.stop()
    await until(async () => (await countSubscriptions()) === 0)
  })
})

async function countSubscriptions(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^faultline_subscriptions (\d+)$/m.exec(metrics)?.[1])
}

describe('server-sent events', () => {
  it('carry the same subscriptions, and end with the connection', async () => {
    const aborting = new AbortController()
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${server.token}`,
      },
      body: JSON.stringify({ query: EVENTS, variables: { project: projectId } }),
      signal: aborting.signal,
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    let text = ''
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk)
    })().catch(() => undefined)
    const sent = await until(async () => {
      const id = await server.sendEvent(makeEvent({ type: 'SseError' }))
      await wait(50)
      return text.includes('SseError') ? id : null
    })
    expect(sent).toBeDefined()
    expect(text).toContain('event: next')
    expect(await countSubscriptions()).toBe(1)
    aborting.abort()
    await reading
    await until(async () => (await countSubscriptions()) === 0)
  })

  it('are refused to nobody', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: EVENTS, variables: { project: projectId } }),
    })
    expect(await response.text()).toContain('UNAUTHENTICATED')
  })
})
