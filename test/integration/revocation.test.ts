// Two real processes on one database: what is taken away in the one ends in the other within a second.

import { randomBytes, randomUUID } from 'node:crypto'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApiClient, type ApiClient } from '../support/api-client.ts'
import { copyTemplate } from '../support/copy-template.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import {
  makeDataFolder,
  PROCESS_TOKEN,
  removeDataFolder,
  startServerProcess,
  type ServerProcess,
} from '../support/start-server-process.ts'
import { until } from '../support/until.ts'

const WITHIN_MS = 1_000
const PUBLIC_URL = 'http://localhost:4999'
const PASSWORD = 'correct horse battery'
const EVENTS = 'subscription ($project: ID!) { eventReceived(project: $project) { eventId } }'

let variables: Record<string, string>
let dataFolder: string
/** Where things are taken away. */
let here: ServerProcess
let there: ServerProcess
let owner: ApiClient
let project: string

beforeAll(async () => {
  const { host, port, user, password, database } = await copyTemplate(
    inject('template'),
    `faultline_two_${randomUUID()}`,
  )
  const place = new URLSearchParams({ host, port: String(port) })
  dataFolder = makeDataFolder()
  variables = {
    DATABASE_URL: `postgres://${user}:${encodeURIComponent(password)}@/${database}?${place}`,
    FAULTLINE_SECRET: randomBytes(32).toString('base64'),
    PUBLIC_URL,
  }
  here = await startServerProcess({ dataFolder, variables })
  there = await startServerProcess({ dataFolder, variables })
  owner = createApiClient(here.url, PROCESS_TOKEN)
  project = (await owner.gql<{ project: { id: string } }>('{ project(path: "acme/shop") { id } }')).project.id
})
afterAll(async () => {
  await owner?.stop()
  await there?.stop()
  await here?.stop()
  removeDataFolder(dataFolder)
})

/** @returns whether the other process takes an event by this key. */
async function takes(publicKey: string, at = there): Promise<boolean> {
  const answer = await fetch(`${at.url}/api/1/envelope/`, {
    method: 'POST',
    headers: { 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${publicKey}` },
    body: makeEnvelope(makeEvent()),
  })
  await answer.arrayBuffer()
  if (answer.status !== 200) expect(answer.status).toBe(403)
  return answer.status === 200
}

interface Key {
  id: string
  publicKey: string
  expiresAt: string | null
}

async function createKey(): Promise<Key> {
  const { createClientKey } = await owner.gql<{ createClientKey: { clientKey: Key } }>(
    'mutation ($project: ID!) { createClientKey(input: { project: $project }) { clientKey { id publicKey expiresAt } } }',
    { project },
  )
  // A key that was asked for before it was there is remembered as unknown, so this asks the other process, too.
  await until(() => takes(createClientKey.clientKey.publicKey))
  return createClientKey.clientKey
}

function post(at: ServerProcess, path: string, body: object, cookie = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin: PUBLIC_URL, ...(cookie === '' ? {} : { cookie }) }
  return fetch(`${at.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function readCookie(answer: Response): Promise<string> {
  expect(answer.status, await answer.text()).toBe(200)
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

/** Somebody who was invited, with a session and a token of their own. */
async function invite(role = 'REPORTER') {
  const { createInvitation } = await owner.gql<{ createInvitation: { link: string } }>(
    'mutation ($input: CreateInvitationInput!) { createInvitation(input: $input) { link } }',
    { input: { project, role } },
  )
  const email = `${randomUUID()}@example.com`
  const body = { token: createInvitation.link.split('#')[1], email, password: PASSWORD }
  const cookie = await readCookie(await post(here, '/-/auth/accept-invitation', body))
  const make = 'mutation { createAccessToken(input: { name: "own", scopes: ["api"] }) { secret accessToken { id } } }'
  const answer = (await (await post(here, '/graphql', { query: make }, cookie)).json()) as {
    data: { createAccessToken: { secret: string; accessToken: { id: string } } }
  }
  const { users } = await owner.gql<{ users: { nodes: { id: string }[] } }>(
    'query ($search: String) { users(search: $search) { nodes { id } } }',
    { search: email },
  )
  const { secret, accessToken } = answer.data.createAccessToken
  return { user: users.nodes[0]?.id ?? '', email, cookie, secret, tokenId: accessToken.id }
}

type Headers = Record<string, string>

/** Subscribes in the other process in both ways. @returns those that are still running. */
async function listen(headers: Headers): Promise<() => string[]> {
  const running = new Set<string>()
  await listenBySocket(headers, running)
  await listenByStream(headers, running)
  expect([...running]).toEqual(['socket', 'stream'])
  return () => [...running]
}

async function listenBySocket(headers: Headers, running: Set<string>): Promise<void> {
  const client = createClient({
    url: `${there.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers })
      }
    },
    ...(headers['authorization'] === undefined
      ? {}
      : { connectionParams: { Authorization: headers['authorization'] } }),
    retryAttempts: 0,
  })
  const end = () => void (running.delete('socket'), client.dispose())
  running.add('socket')
  const heard: unknown[] = []
  client.subscribe(
    { query: EVENTS, variables: { project } },
    { next: (message) => void heard.push(message), error: end, complete: end },
  )
  await hearSomething(heard)
}

async function listenByStream(headers: Headers, running: Set<string>): Promise<void> {
  const answer = await fetch(`${there.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query: EVENTS, variables: { project } }),
  })
  running.add('stream')
  const heard: unknown[] = []
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      if (decoder.decode(chunk).includes('eventId')) heard.push(chunk)
    }
  }
  void read().finally(() => running.delete('stream'))
  await hearSomething(heard)
}

/** It runs when it tells what happens. */
async function hearSomething(heard: unknown[]): Promise<void> {
  const { publicKey } = firstKey
  await until(async () => (await takes(publicKey, here)) && heard.length > 0)
}

const firstKey = { publicKey: '0123456789abcdef0123456789abcdef' }
const withToken = (secret: string): Headers => ({ authorization: `Bearer ${secret}` })
const withCookie = (cookie: string): Headers => ({ cookie, origin: PUBLIC_URL })

async function sees(headers: Headers): Promise<boolean> {
  const answer = await fetch(`${there.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ project(path: "acme/shop") { id } }' }),
  })
  const { data } = (await answer.json()) as { data?: { project: object | null } | null }
  return (data?.project ?? null) !== null
}

/** Takes something away in one process. Resolves when it is gone in the other one. */
async function takeAway(act: () => Promise<unknown>, isGone: () => boolean | Promise<boolean>): Promise<void> {
  expect(await isGone()).toBe(false)
  await act()
  await until(isGone, { withinMs: WITHIN_MS, what: 'it is gone in the other process' })
}

describe('a client key', () => {
  it.each([
    ['rotated', 'rotateClientKey(input: { clientKey: $key }) { newKey { id } }'],
    ['turned off', 'updateClientKey(input: { clientKey: $key, active: false }) { clientKey { id } }'],
    ['deleted', 'deleteClientKey(input: { clientKey: $key }) { clientKey { id } }'],
  ])('that is %s ends in the other process', async (_what, mutation) => {
    const { id, publicKey } = await createKey()
    await takeAway(
      () => owner.gql(`mutation ($key: ID!) { ${mutation} }`, { key: id }),
      async () => !(await takes(publicKey)),
    )
  })

  it('that was rotated goes on in its grace period, ends with it, and stays so after a restart', async () => {
    const { id, publicKey } = await createKey()
    const rotate = `mutation ($key: ID!) { rotateClientKey(input: { clientKey: $key, graceSeconds: 3 }) {
      oldKey { id publicKey expiresAt } newKey { id publicKey expiresAt } } }`
    const { rotateClientKey } = await owner.gql<{ rotateClientKey: { oldKey: Key; newKey: Key } }>(rotate, { key: id })
    const endMs = Date.parse(rotateClientKey.oldKey.expiresAt ?? '')
    let lastTakenMs = 0
    await until(async () => {
      const askedMs = Date.now()
      const taken = await takes(publicKey)
      if (taken) lastTakenMs = askedMs
      return !taken
    })
    expect(Date.now()).toBeGreaterThanOrEqual(endMs)
    // Asked before the end, or so shortly after it as two processes' clocks may differ.
    expect(lastTakenMs).toBeLessThan(endMs + WITHIN_MS)
    expect(await takes(publicKey, here)).toBe(false)
    expect(await takes(rotateClientKey.newKey.publicKey)).toBe(true)
    await there.stop()
    there = await startServerProcess({ dataFolder, variables })
    expect(await takes(publicKey)).toBe(false)
    expect(await takes(rotateClientKey.newKey.publicKey)).toBe(true)
  })
})

describe('somebody who', () => {
  it('is removed from a project hears no more of it, by token and by cookie', async () => {
    const person = await invite()
    const byToken = await listen(withToken(person.secret))
    const byCookie = await listen(withCookie(person.cookie))
    const remove = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { __typename } }'
    await takeAway(
      () => owner.gql(remove, { input: { project, user: person.user } }),
      () => byToken().length + byCookie().length === 0,
    )
    expect([await sees(withToken(person.secret)), await sees(withCookie(person.cookie))]).toEqual([false, false])
  })

  it('has a lower role may no more what that one may not', async () => {
    const { user, secret } = await invite('MAINTAINER')
    const reads = async () => {
      const answer = await createApiClient(there.url, secret).ask(
        '{ project(path: "acme/shop") { clientKeys { id } } }',
      )
      return answer.errors === undefined
    }
    const set = 'mutation ($input: SetMemberInput!) { setMember(input: $input) { __typename } }'
    await takeAway(
      () => owner.gql(set, { input: { project, user, role: 'REPORTER' } }),
      async () => !(await reads()),
    )
  })

  it('is disabled hears and sees nothing more', async () => {
    const { user, secret, cookie } = await invite()
    const running = await listen(withToken(secret))
    await takeAway(
      () => owner.gql('mutation ($user: ID!) { disableUser(input: { user: $user }) { __typename } }', { user }),
      () => running().length === 0,
    )
    expect([await sees(withToken(secret)), await sees(withCookie(cookie))]).toEqual([false, false])
  })
})

describe('what is over in one process', () => {
  it('is over in the other one: a token', async () => {
    const { secret, tokenId, cookie } = await invite()
    const running = await listen(withToken(secret))
    const query = 'mutation ($token: ID!) { revokeAccessToken(input: { accessToken: $token }) { __typename } }'
    await takeAway(
      () => post(here, '/graphql', { query, variables: { token: tokenId } }, cookie),
      () => running().length === 0,
    )
    expect(await sees(withToken(secret))).toBe(false)
  })

  it.each(['/-/auth/sign-out', '/-/auth/end-other-sessions'])(
    'is over in the other one: a session, by %s',
    async (path) => {
      const { email, cookie } = await invite()
      const other = await readCookie(await post(here, '/-/auth/sign-in/email', { email, password: PASSWORD }))
      const running = await listen(withCookie(cookie))
      const byWhom = path.endsWith('sign-out') ? cookie : other
      await takeAway(
        async () => expect((await post(here, path, {}, byWhom)).status).toBe(200),
        () => running().length === 0,
      )
      expect([await sees(withCookie(cookie)), await sees(withCookie(other))]).toEqual([false, true])
    },
  )

  it('is over in the other one: a sign-in with an old password', async () => {
    const { email, cookie } = await invite()
    const elsewhere = await readCookie(await post(here, '/-/auth/sign-in/email', { email, password: PASSWORD }))
    const running = await listen(withCookie(elsewhere))
    const body = { currentPassword: PASSWORD, newPassword: 'another horse, another battery' }
    await takeAway(
      async () => expect((await post(here, '/-/auth/change-password', body, cookie)).status).toBe(200),
      () => running().length === 0,
    )
    const { status } = await post(there, '/-/auth/sign-in/email', { email, password: PASSWORD })
    expect([await sees(withCookie(elsewhere)), status]).toEqual([false, 401])
  })
})
