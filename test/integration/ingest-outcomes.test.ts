// What became of everything that was sent, as GraphQL tells it: each outcome and reason, what SDKs dropped themselves, who
// sends, and what clients got wrong.

import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { replayRecording } from '../support/replay.ts'
import { until } from '../support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

interface OutcomeCount {
  outcome: string
  reason: string | null
  category: string
  quantity: number
  points: { at: string; count: number }[]
}

interface ClientError {
  status: number
  code: string
  message: string
  sdk: string | null
  address: string | null
  count: number
}

interface KeyEvents {
  eventCount: number
  frequency: { count: number }[]
}

const FIELDS = 'outcome reason category quantity points { at count }'
const ERROR_FIELDS = 'status code message sdk address count firstAt lastAt'

async function readOutcomes(path: string, period = 'LAST_24_HOURS'): Promise<OutcomeCount[]> {
  const query = `query ($path: String!, $period: FrequencyPeriod) { project(path: $path) { outcomes(period: $period) { ${FIELDS} } } }`
  const { project } = await server.gql<{ project: { outcomes: OutcomeCount[] } }>(query, { path, period })
  return project.outcomes
}

/** Within a second or so; asked until it is there. */
function waitForOutcome(path: string, wanted: Partial<OutcomeCount>): Promise<OutcomeCount> {
  return until(
    async () =>
      (await readOutcomes(path)).find((found) =>
        Object.entries(wanted).every(([name, value]) => found[name as keyof OutcomeCount] === value),
      ),
    { what: JSON.stringify(wanted) },
  )
}

async function readErrors(path: string): Promise<ClientError[]> {
  const { project } = await server.gql<{ project: { clientErrors: ClientError[] } }>(
    `query ($path: String!) { project(path: $path) { clientErrors { ${ERROR_FIELDS} } } }`,
    { path },
  )
  return project.clientErrors
}

function waitForError(path: string, code: string): Promise<ClientError> {
  return until(async () => (await readErrors(path)).find((error) => error.code === code), { what: code })
}

const send = (project: SeededProject, items: string) => server.sendEnvelope(`{}\n${items}\n`, {}, project)
const sendReport = (project: SeededProject, report: unknown) =>
  send(project, `{"type":"client_report"}\n${typeof report === 'string' ? report : JSON.stringify(report)}`)

describe.concurrent('the outcome', () => {
  it('accepted counts events, by the hour and by the day', async () => {
    const project = await server.seed.project().withClientKey()
    for (let number = 0; number < 3; number += 1) await server.sendEvent(makeEvent(), project)
    const hours = await waitForOutcome(project.path, { outcome: 'accepted', category: 'error', quantity: 3 })
    expect(hours).toMatchObject({ reason: null })
    expect(hours.points).toHaveLength(24)
    expect(hours.points.at(-1)?.count).toBe(3)
    const [days] = await readOutcomes(project.path, 'LAST_30_DAYS')
    expect(days?.points).toHaveLength(30)
    expect(days?.points.at(-1)?.count).toBe(3)
    expect(days?.points[0]?.count).toBe(0)
  })

  it('accepted counts transactions and client reports under their own categories', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, `{"type":"transaction"}\n${JSON.stringify({ type: 'transaction', transaction: '/' })}`)
    await waitForOutcome(project.path, { outcome: 'accepted', category: 'transaction', quantity: 1 })
    await sendReport(project, {})
    await waitForOutcome(project.path, { outcome: 'accepted', category: 'client_report', quantity: 1 })
  })

  it('dropped, duplicate counts what was sent before', async () => {
    const project = await server.seed.project().withClientKey()
    const event = makeEvent()
    for (let time = 0; time < 3; time += 1) await server.sendEvent(event, project)
    await waitForOutcome(project.path, { outcome: 'dropped', reason: 'duplicate', category: 'error', quantity: 2 })
    const transaction = JSON.stringify({ type: 'transaction', event_id: randomUUID().replaceAll('-', '') })
    for (let time = 0; time < 2; time += 1) await send(project, `{"type":"transaction"}\n${transaction}`)
    await waitForOutcome(project.path, { outcome: 'dropped', reason: 'duplicate', category: 'transaction' })
  })

  it('dropped, invalid counts what cannot be read', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, '{"type":"event"}\n{"broken')
    await waitForOutcome(project.path, { outcome: 'dropped', reason: 'invalid', category: 'error', quantity: 1 })
    await server.sendEnvelope('no envelope', {}, project)
    await waitForOutcome(project.path, { outcome: 'dropped', reason: 'invalid', category: 'unknown', quantity: 1 })
  })

  it('dropped, too_large counts what is over its limit', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, `{"type":"event"}\n{"message":"${'x'.repeat(1024 * 1024)}"}`)
    await waitForOutcome(project.path, { outcome: 'dropped', reason: 'too_large', category: 'error', quantity: 1 })
  })

  it('dropped, unauthorized counts what a key may not send any more', async () => {
    const project = await server.seed.project().withClientKey()
    await server.database.pool.query('UPDATE client_key SET active = false WHERE project_id = $1', [project.number])
    expect((await server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)).status).toBe(403)
    await waitForOutcome(project.path, { outcome: 'dropped', reason: 'unauthorized', category: 'unknown', quantity: 1 })
  })

  it('dropped, unauthorized of keys that nobody has is told by /metrics alone, so that nobody can write it', async () => {
    const project = await server.seed.project().withClientKey()
    const headers = { 'X-Sentry-Auth': `Sentry sentry_key=${'f'.repeat(32)}, sentry_version=7` }
    expect((await server.sendEnvelope(makeEnvelope(makeEvent()), headers, project)).status).toBe(403)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toMatch(/faultline_items_total\{outcome="dropped",reason="unauthorized"\} [1-9]/)
    await waitForError(project.path, 'UNKNOWN_KEY')
    expect(await readOutcomes(project.path)).toEqual([])
  })

  it('unsupported counts other items by their type', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, '{"type":"some_new_item"}\n{}')
    await waitForOutcome(project.path, { outcome: 'unsupported', reason: null, category: 'some_new_item' })
  })

  it.each(['queue_full', 'unavailable', 'internal'])('dropped, %s is told as it was counted', async (reason) => {
    const project = await server.seed.project().withClientKey()
    await countDirectly(project, 'dropped', reason)
    await waitForOutcome(project.path, { outcome: 'dropped', reason, quantity: 7 })
  })

  it('sampled counts repeats over the soft limit, and accepted the rest', async () => {
    const project = await server.seed.project().withClientKey()
    await limitEvents(project, { eventsPerMinute: 1 })
    for (let number = 0; number < 10; number += 1) await server.sendEvent(makeEvent(), project)
    const sampled = await waitForOutcome(project.path, { outcome: 'sampled', reason: null, category: 'error' })
    await until(async () => {
      const outcomes = await readOutcomes(project.path)
      return outcomes.reduce((sum, { quantity }) => sum + quantity, 0) === 10
    })
    expect(sampled.quantity).toBeGreaterThan(0)
  })

  it('dropped, rate_limited counts what is over the hard limit', async () => {
    const project = await server.seed.project().withClientKey()
    await limitEvents(project, { eventsPerMinuteHardMax: 1 })
    const statuses: number[] = []
    for (let number = 0; number < 10; number += 1) {
      statuses.push((await server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)).status)
    }
    expect(statuses).toContain(429)
    await waitForOutcome(project.path, { outcome: 'dropped', reason: 'rate_limited', category: 'error' })
    await waitForError(project.path, 'RATE_LIMITED')
  })

  it('of another project is not told', async () => {
    const project = await server.seed.project().withClientKey()
    expect(await readOutcomes(project.path)).toEqual([])
  })

  it('of types that a client invents is bounded, and nothing is lost by that', async () => {
    const project = await server.seed.project().withClientKey()
    const items = Array.from({ length: 900 }, (_, number) => `{"type":"made_up_${number}"}\n{}`)
    await send(project, items.join('\n'))
    const outcomes = await until(async () => {
      const found = await readOutcomes(project.path)
      return found.reduce((sum, { quantity }) => sum + quantity, 0) === 900 && found
    })
    expect(outcomes.length).toBeLessThanOrEqual(201)
    expect(outcomes[0]).toMatchObject({ outcome: 'unsupported', category: 'unknown', quantity: 700 })
  })
})

describe('/metrics', () => {
  const readMetric = async (labels: string) => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    const line = text.split('\n').find((candidate) => candidate.startsWith(`faultline_items_total{${labels}}`))
    return Number(line?.split(' ')[1] ?? 0)
  }

  it('counts each item once, and nothing that never reached us', async () => {
    const project = await server.seed.project().withClientKey()
    const accepted = 'outcome="accepted",reason=""'
    const before = await readMetric(accepted)
    await server.sendEvent(makeEvent(), project)
    await send(project, '{"type":"transaction"}\n{}')
    await sendReport(project, { discarded_events: [{ reason: 'before_send', category: 'error', quantity: 1_000 }] })
    expect((await readMetric(accepted)) - before).toBe(3)
    expect(await (await fetch(`${server.url}/metrics`)).text()).not.toContain('client_discarded')
  })
})

async function limitEvents({ number }: SeededProject, limits: object): Promise<void> {
  await server.database.prisma.project.update({ where: { id: number }, data: { settings: limits } })
}

/** What a test cannot bring about by itself. */
async function countDirectly(project: SeededProject, outcome: string, reason: string): Promise<void> {
  await server.database.pool.query(
    `INSERT INTO outcome (project_id, hour, outcome, reason, category, quantity)
     VALUES ($1, date_trunc('hour', now(), 'UTC'), $2, $3, 'error', 7)`,
    [project.number, outcome, reason],
  )
}

describe('a client report', () => {
  const discarded = (path: string) => async () =>
    (await readOutcomes(path)).filter(({ outcome }) => outcome === 'client_discarded')
  const kindsOf = (outcomes: OutcomeCount[]) =>
    outcomes.map(({ reason, category, quantity }) => [reason, category, quantity]).toSorted()

  it('adds up what SDKs dropped, by reason and category', async () => {
    const project = await server.seed.project().withClientKey()
    const report = {
      timestamp: 1795382838.49,
      discarded_events: [
        { reason: 'sample_rate', category: 'transaction', quantity: 12 },
        { reason: 'before_send', category: 'default', quantity: 2 },
      ],
    }
    await sendReport(project, report)
    await sendReport(project, report)
    const found = await until(async () => {
      const outcomes = await discarded(project.path)()
      return outcomes.some(({ quantity }) => quantity === 24) && outcomes
    })
    expect(kindsOf(found)).toEqual([
      ['before_send', 'error', 4],
      ['sample_rate', 'transaction', 24],
    ])
  })

  it('takes every list of the protocol, and whatever is odd in them', async () => {
    const project = await server.seed.project().withClientKey()
    await sendReport(project, {
      discarded_events: [
        { category: 'session', reason: 'network_error' },
        { category: 'UPPER CASE', reason: { a: 1 }, quantity: 5 },
        { category: 'error', reason: 'zero', quantity: 0 },
        { category: 'error', reason: 'negative', quantity: -3 },
        { category: 'error', reason: 'text', quantity: '7' },
        null,
        'text',
        [],
      ],
      rate_limited_events: [{ category: 'error', reason: 'key_quota', quantity: 3 }],
      filtered_events: [{ category: 'error', reason: 'localhost', quantity: 4 }],
      filtered_sampling_events: [{ category: 'transaction', reason: 'Sampled:1', quantity: 6 }],
    })
    const found = await until(async () => {
      const outcomes = await discarded(project.path)()
      return outcomes.length === 5 && outcomes
    })
    expect(kindsOf(found)).toEqual([
      ['filtered', 'error', 4],
      ['filtered_sampling', 'transaction', 6],
      ['network_error', 'session', 1],
      ['rate_limited', 'error', 3],
      ['unknown', 'unknown', 5],
    ])
  })

  it('that is none is dropped as invalid, with the rest of its envelope taken', async () => {
    const project = await server.seed.project().withClientKey()
    for (const bad of ['[1]', 'nonsense', '7']) expect((await sendReport(project, bad)).status).toBe(200)
    await waitForOutcome(project.path, {
      outcome: 'dropped',
      reason: 'invalid',
      category: 'client_report',
      quantity: 3,
    })
  })

  it('cannot make more than so many rows, nor a count that hides the others', async () => {
    const project = await server.seed.project().withClientKey()
    const discarded_events = Array.from({ length: 900 }, (_, number) => ({
      reason: `reason_${number}`,
      category: 'error',
      quantity: number === 0 ? 1e300 : 1,
    }))
    await sendReport(project, { discarded_events })
    const found = await until(async () => {
      const outcomes = await readOutcomes(project.path)
      return outcomes.length > 0 && outcomes
    })
    expect(found.length).toBeLessThanOrEqual(202)
    expect(found.find(({ reason }) => reason === 'reason_0')?.quantity).toBe(1_000_000_000)
  })

  it.each([
    ['sentry-python-2.75.0-clientreport-01.http', 'sample_rate', 3],
    ['sentry-python-1.21.0-clientreport2-01.http', 'before_send', 3],
    ['sentry-node-11.12.0-clientreport2-01.http', 'before_send', 2],
    ['sentry-browser-7.38.0-clientreport-01.http', null, null],
    ['sentry-ruby-6.6.2-clientreport-01.http', null, null],
  ])('of %s is counted', async (name, reason, quantity) => {
    const before = await discarded('acme/shop')()
    const sum = (outcomes: OutcomeCount[]) =>
      outcomes
        .filter((found) => reason === null || found.reason === reason)
        .reduce((total, found) => total + found.quantity, 0)
    expect((await replayRecording(name, server.url)).status).toBe(200)
    const after = await until(async () => {
      const outcomes = await discarded('acme/shop')()
      return sum(outcomes) > sum(before) && outcomes
    })
    if (quantity !== null) expect(sum(after) - sum(before)).toBe(quantity)
  })
})

describe.concurrent('the SDKs that send', () => {
  it('are told with version, events and last use, and so is who used the key last', async () => {
    const project = await server.seed.project().withClientKey()
    const auth = `Sentry sentry_version=7, sentry_key=${project.publicKey}, sentry_client=sentry.python/1.21.0`
    await server.sendEnvelope(makeEnvelope(makeEvent()), { 'X-Sentry-Auth': auth }, project)
    await server.sendEnvelope(makeEnvelope(makeEvent()), { 'X-Sentry-Auth': auth }, project)
    const event = JSON.stringify(makeEvent())
    const header = JSON.stringify({ sdk: { name: 'sentry.javascript.node', version: '11.12.0' } })
    const forwarded = { 'X-Forwarded-For': '203.0.113.7' }
    await server.sendEnvelope(`${header}\n{"type":"event"}\n${event}\n`, forwarded, project)
    const read = async () =>
      (
        await server.gql<{ project: { clientSdks: object[]; clientKeys: object[] } }>(
          `query ($path: String!) { project(path: $path) { clientSdks { name version eventCount }
             clientKeys { lastUsedSdk lastUsedAddress } } }`,
          { path: project.path },
        )
      ).project
    const { clientSdks } = await until(async () => {
      const found = await read()
      return found.clientSdks.length === 2 && found
    })
    expect(clientSdks).toEqual([
      { name: 'sentry.javascript.node', version: '11.12.0', eventCount: 1 },
      { name: 'sentry.python', version: '1.21.0', eventCount: 2 },
    ])
    const used = [{ lastUsedSdk: 'sentry.javascript.node/11.12.0', lastUsedAddress: '203.0.113.7' }]
    await until(async () => JSON.stringify((await read()).clientKeys) === JSON.stringify(used))
  })

  it('are counted by the key that they use, by the hour and by the day, as long as there is that key', async () => {
    const project = await server.seed.project().withClientKey()
    const { pool, prisma } = server.database
    const other = await prisma.clientKey.create({
      data: { projectId: project.number, publicKey: randomUUID().slice(-8) },
    })
    for (let number = 0; number < 2; number += 1) await server.sendEvent(makeEvent(), project)
    await send(project, '{"type":"event"}\n{"broken')
    await send(project, '{"type":"transaction"}\n{}')
    await pool.query(
      `INSERT INTO client_key_hour (project_id, key_id, hour, events)
       VALUES ($1, $2, date_trunc('hour', now(), 'UTC') - interval '3 days', 4),
              ($1, $2, date_trunc('hour', now(), 'UTC') - interval '40 days', 9)`,
      [project.number, other.id],
    )
    const read = async (period: string) => {
      const { project: found } = await server.gql<{ project: { clientKeys: KeyEvents[] } }>(
        `query ($path: String!, $period: FrequencyPeriod) { project(path: $path) { clientKeys {
           eventCount(period: $period) frequency(period: $period) { count } } } }`,
        { path: project.path, period },
      )
      return found.clientKeys.map(({ eventCount, frequency }) => [
        eventCount,
        frequency.length,
        frequency.at(-1)?.count,
      ])
    }
    const expected = JSON.stringify([
      [3, 24, 3],
      [0, 24, 0],
    ])
    await until(async () => JSON.stringify(await read('LAST_24_HOURS')) === expected)
    expect(await read('LAST_30_DAYS')).toEqual([
      [3, 30, 3],
      [4, 30, 0],
    ])
    await prisma.clientKey.delete({ where: { id: other.id } })
    expect(await prisma.clientKeyHour.count({ where: { keyId: other.id } })).toBe(0)
  })

  it('are a hundred at most, whatever names are made up', async () => {
    const project = await server.seed.project().withClientKey()
    for (let number = 0; number < 130; number += 1) {
      const header = JSON.stringify({ sdk: { name: `made.up.${number}`, version: '1' } })
      await server.sendEnvelope(`${header}\n`, {}, project)
    }
    const count = async () => {
      const { rows } = await server.database.pool.query<{ count: number; last: boolean }>(
        `SELECT count(*)::int AS count, bool_or(name = 'made.up.129') AS last FROM client_sdk WHERE project_id = $1`,
        [project.number],
      )
      return rows[0]?.last === true && rows[0].count
    }
    await until(async () => (await count()) === 100)
  })

  it('with names that are none are not told', async () => {
    const project = await server.seed.project().withClientKey()
    const header = JSON.stringify({ sdk: { name: '<script>', version: { a: 1 } } })
    await server.sendEnvelope(`${header}\n`, {}, project)
    await sendReport(project, {})
    await waitForOutcome(project.path, { category: 'client_report' })
    const { rowCount } = await server.database.pool.query('SELECT FROM client_sdk WHERE project_id = $1', [
      project.number,
    ])
    expect(rowCount).toBe(0)
  })
})

describe.concurrent('the last mistakes of clients', () => {
  const key = (publicKey: string) => ({ 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${publicKey}` })
  const envelope = () => makeEnvelope(makeEvent())

  it('tell of a key that is not known, on the page of the project in the URL', async () => {
    const project = await server.seed.project().withClientKey()
    await server.sendEnvelope(envelope(), { ...key('f'.repeat(32)), 'X-Forwarded-For': '203.0.113.9' }, project)
    const error = await waitForError(project.path, 'UNKNOWN_KEY')
    expect(error).toMatchObject({ status: 403, address: '203.0.113.9', count: 1 })
    expect(error.message).toContain('f'.repeat(32))
  })

  it("tell of another project's number, on the page of the project that the key belongs to", async () => {
    const project = await server.seed.project().withClientKey()
    await server.sendEnvelope(envelope(), key(project.publicKey), { ...project, number: 999_999 })
    expect(await waitForError(project.path, 'WRONG_PROJECT')).toMatchObject({ status: 403 })
  })

  it('tell of keys that are inactive, and of tracking that is off', async () => {
    const project = await server.seed.project().withClientKey()
    const { pool } = server.database
    await pool.query('UPDATE client_key SET active = false WHERE project_id = $1', [project.number])
    await server.sendEnvelope(envelope(), {}, project)
    await waitForError(project.path, 'INACTIVE_KEY')
    const off = await server.seed.project().withClientKey()
    await pool.query('UPDATE project SET tracking_enabled = false WHERE id = $1', [off.number])
    await server.sendEnvelope(envelope(), {}, off)
    await waitForError(off.path, 'TRACKING_OFF')
  })

  it('tell of a missing key, an impossible key, and a DSN that is not the request’s', async () => {
    const project = await server.seed.project().withClientKey()
    await server.sendEnvelope(envelope(), { 'X-Sentry-Auth': '' }, project)
    await waitForError(project.path, 'MISSING_KEY')
    await server.sendEnvelope(envelope(), key('no-key'), project)
    await waitForError(project.path, 'INVALID_KEY')
    await server.sendEnvelope(`${JSON.stringify({ dsn: server.project.dsn })}\n`, {}, project)
    await waitForError(project.path, 'DSN_MISMATCH')
  })

  it('tell of bodies that cannot be read, with the answer that the client got', async () => {
    const project = await server.seed.project().withClientKey()
    await server.sendEnvelope('', {}, project)
    expect(await waitForError(project.path, 'EMPTY_BODY')).toMatchObject({ status: 400, message: 'empty request body' })
    await server.sendEnvelope('{}\nnonsense\n', {}, project)
    expect((await waitForError(project.path, 'INVALID_ENVELOPE')).message).toContain('invalid item header')
    await server.sendEnvelope('plain', { 'Content-Encoding': 'gzip' }, project)
    await waitForError(project.path, 'INVALID_ENCODING')
    await server.sendStore('{"broken', {}, project)
    expect(await waitForError(project.path, 'INVALID_JSON')).toMatchObject({ status: 400 })
    const large = gzipSync(Buffer.alloc(41 * 1024 * 1024, 'x'))
    await server.sendEnvelope(new Uint8Array(large), { 'Content-Encoding': 'gzip' }, project)
    expect(await waitForError(project.path, 'TOO_LARGE')).toMatchObject({ status: 413 })
  })

  it('tell of an item that was dropped although its envelope was answered 200', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, `{"type":"event"}\n{"message":"${'x'.repeat(1024 * 1024)}"}`)
    expect(await waitForError(project.path, 'TOO_LARGE')).toMatchObject({ status: 200 })
    await send(project, '{"type":"event"}\n[]')
    expect(await waitForError(project.path, 'INVALID_JSON')).toMatchObject({ status: 200 })
  })

  it('tell of a request that breaks off', async () => {
    const project = await server.seed.project().withClientKey()
    const { hostname, port } = new URL(server.url)
    const socket = connect({ host: hostname, port: Number(port) })
    const head = `POST /api/${project.number}/envelope/?sentry_key=${project.publicKey} HTTP/1.1\r\nHost: a\r\n`
    socket.write(`${head}Content-Length: 100\r\n\r\n{}`, () => socket.end())
    await waitForError(project.path, 'INCOMPLETE_BODY')
    socket.destroy()
  })

  it('are one row where they are the same, ten of a kind, and do not push other kinds away', async () => {
    const project = await server.seed.project().withClientKey()
    for (let time = 0; time < 3; time += 1) await server.sendEnvelope('', {}, project)
    await until(async () => (await readErrors(project.path))[0]?.count === 3)
    for (let number = 0; number < 40; number += 1) {
      await server.sendEnvelope(envelope(), key(String(number).padStart(32, 'a')), project)
    }
    await until(async () => (await readErrors(project.path)).some(({ message }) => message.includes('a39 ')))
    await until(async () => (await readErrors(project.path)).length === 11)
  })

  it('that name no project are for the owner of the instance', async () => {
    await fetch(`${server.url}/api/store/`, { method: 'POST', body: '{}' })
    const noProject = { ...server.project, number: 888_888 }
    await server.sendEnvelope(envelope(), key('e'.repeat(32)), noProject)
    const found = await until(async () => {
      const { clientErrors } = await server.gql<{ clientErrors: ClientError[] }>(`{ clientErrors { ${ERROR_FIELDS} } }`)
      return clientErrors.length >= 2 && clientErrors
    })
    expect(found.map(({ code }) => code)).toEqual(expect.arrayContaining(['MISSING_KEY', 'UNKNOWN_KEY']))
  })
})
