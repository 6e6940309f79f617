// A project that keeps no addresses of people: they are in no row of the database, wherever a client may be noted.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

const ADDRESS = '198.51.100.77'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

async function sendEach(project: SeededProject): Promise<string> {
  const headers = {
    'X-Forwarded-For': ADDRESS,
    'X-Sentry-Auth': `Sentry sentry_key=${project.publicKey}, sentry_version=7, sentry_client=sentry.javascript.browser/8.0.0`,
  }
  const event = makeEvent({
    platform: 'javascript',
    user: { ip_address: '{{auto}}' },
    request: { headers: { 'X-Real-IP': ADDRESS }, env: { REMOTE_ADDR: ADDRESS } },
  })
  expect((await server.sendEnvelope(makeEnvelope(event), headers, project)).status).toBe(200)
  // What is noted of clients' mistakes: an item, and a request that may not send at all.
  expect((await server.sendEnvelope('{}\n{"type":"event"}\n{"broken', headers, project)).status).toBe(200)
  expect((await server.sendEnvelope('broken', headers, project)).status).toBe(400)
  return event.event_id
}

async function readEvent(project: SeededProject) {
  const { project: found } = await server.gql<{ project: { issues: { nodes: unknown[] } } }>(
    `query ($path: String!) { project(path: $path) {
       clientKeys { lastUsedSdk lastUsedAddress } clientErrors { code address }
       issues { nodes { userCount latestEvent { user { ipAddress } json } } } } }`,
    { path: project.path },
  )
  return found
}

async function waitForClients(project: SeededProject): Promise<void> {
  await until(
    async () => {
      const { rows } = await server.database.pool.query<{ done: boolean }>(
        `SELECT (SELECT last_used_sdk IS NOT NULL FROM client_key WHERE project_id = $1)
            AND (SELECT count(*) = 2 FROM client_error WHERE project_id = $1) AS done`,
        [project.number],
      )
      return rows[0]?.done
    },
    { withinMs: 20_000 },
  )
}

it('keeps the addresses of people and clients by default', async () => {
  const project = await server.seed.project().withClientKey()
  await sendEach(project)
  await waitForClients(project)
  expect(await readEvent(project)).toMatchObject({
    clientKeys: [{ lastUsedAddress: ADDRESS }],
    clientErrors: [{ address: ADDRESS }, { address: ADDRESS }],
    issues: { nodes: [{ userCount: 1, latestEvent: { user: { ipAddress: ADDRESS } } }] },
  })
})

it('keeps none where the project says so, and counts nobody by one', async () => {
  const project = await server.seed.project().withClientKey()
  const settings = { scrubbing: { removesAddresses: true } }
  await server.database.prisma.project.update({ where: { id: project.number }, data: { settings } })
  await sendEach(project)
  await server.database.pool.query('UPDATE client_key SET active = false WHERE project_id = $1', [project.number])
  await waitForClients(project)
  await until(async () => {
    const headers = { 'X-Forwarded-For': ADDRESS }
    return (await server.sendEnvelope(makeEnvelope(makeEvent()), headers, project)).status === 403
  })
  const found = await until(async () => {
    const read = (await readEvent(project)) as { clientErrors?: unknown[] }
    return read.clientErrors?.length === 3 && read
  })
  expect(JSON.stringify(found)).not.toContain(ADDRESS)
  expect(found).toMatchObject({
    clientKeys: [{ lastUsedSdk: 'sentry.javascript.browser/8.0.0', lastUsedAddress: null }],
    issues: { nodes: [{ userCount: 0, latestEvent: { user: null } }] },
  })
})
