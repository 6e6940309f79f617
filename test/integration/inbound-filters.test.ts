// Inbound filters from the request to the outcome: what they drop is answered 200, stored nowhere, counted once with its
// reason, and takes nothing from the project's limits.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

/** A project that nothing was sent to yet, so that no process has it in memory. */
async function makeProject(settings: object): Promise<SeededProject> {
  const project = await server.seed.project().withClientKey()
  await server.database.prisma.project.update({ where: { id: project.number }, data: { settings } })
  return project
}

/** `<category> <outcome> <reason>` and how many. */
async function readOutcomes({ number }: SeededProject): Promise<Record<string, number>> {
  const { rows } = await server.database.pool.query<{ name: string; quantity: number }>(
    `SELECT trim(category || ' ' || outcome || ' ' || reason) AS name, quantity::int FROM outcome WHERE project_id = $1`,
    [number],
  )
  return Object.fromEntries(rows.map(({ name, quantity }) => [name, quantity]))
}

/** Asked until as many items are counted as were sent; then these must be the outcomes. */
async function expectOutcomes(project: SeededProject, expected: Record<string, number>): Promise<void> {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0)
  const found = await until(async () => {
    const outcomes = await readOutcomes(project)
    return sum(outcomes) >= sum(expected) && outcomes
  })
  expect(found).toEqual(expected)
}

async function countStored({ number }: SeededProject): Promise<Record<string, number>> {
  const { rows } = await server.database.pool.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM event WHERE project_id = $1) AS events,
            (SELECT count(*)::int FROM issue WHERE project_id = $1) AS issues,
            (SELECT count(*)::int FROM attachment WHERE project_id = $1) AS attachments,
            (SELECT count(*)::int FROM feedback WHERE project_id = $1) AS feedback,
            (SELECT count(*)::int FROM transaction_summary WHERE project_id = $1) AS transactions`,
    [number],
  )
  return rows[0] ?? {}
}

const NOTHING = { events: 0, issues: 0, attachments: 0, feedback: 0, transactions: 0 }

describe.concurrent('an inbound filter', () => {
  it.each([
    ['filtered_crawlers', { crawlers: true }, { request: { headers: { 'User-Agent': GOOGLEBOT } } }],
    ['filtered_localhost', { localhost: true }, { request: { url: 'http://localhost:3000/' } }],
    ['filtered_releases', { releases: ['shop@1.*'] }, { release: 'shop@1.4.2' }],
    ['filtered_releases', { releaseMin: '2.0' }, { release: 'shop@1.4.2' }],
    ['filtered_messages', { messages: ['TestError: it *'] }, {}],
    [
      'filtered_browser_extensions',
      { browserExtensions: true },
      { platform: 'javascript', exception: { values: [{ type: 'Error', value: 'Extension context invalidated.' }] } },
    ],
  ])('drops with the reason %s, and takes the rest', async (reason, filters, fields) => {
    const project = await makeProject({ filters })
    const dropped = makeEvent(fields)
    const answer = await server.sendEnvelope(makeEnvelope(dropped), {}, project)
    expect([answer.status, await answer.json()]).toEqual([200, { id: dropped.event_id }])
    await server.sendEvent(makeEvent({ exception: { values: [{ type: 'Kept', value: 'x' }] } }), project)
    await expectOutcomes(project, { [`error dropped ${reason}`]: 1, 'error accepted': 1 })
    expect(await countStored(project)).toEqual({ ...NOTHING, events: 1, issues: 1 })
  })

  it('holds on the store endpoint, where the event names itself', async () => {
    const project = await makeProject({ filters: { localhost: true } })
    const event = makeEvent({ request: { url: 'http://localhost/' } })
    const answer = await server.sendStore(JSON.stringify(event), {}, project)
    expect([answer.status, await answer.json()]).toEqual([200, { id: event.event_id }])
    await expectOutcomes(project, { 'error dropped filtered_localhost': 1 })
  })

  it('holds for what browsers report by themselves', async () => {
    const project = await makeProject({ filters: { browserExtensions: true, crawlers: true } })
    const report = (fields: object) =>
      fetch(`${server.url}/api/${project.number}/security/?sentry_key=${project.publicKey}`, {
        method: 'POST',
        headers: { 'User-Agent': GOOGLEBOT },
        body: JSON.stringify({
          'csp-report': { 'document-uri': 'https://a.test/', 'effective-directive': 'style-src', ...fields },
        }),
      })
    expect((await report({ 'blocked-uri': 'https://b.test/' })).status).toBe(200)
    await expectOutcomes(project, { 'error dropped filtered_crawlers': 1 })
    expect(await countStored(project)).toEqual(NOTHING)
  })

  it('drops with an event what came for it alone, and nothing else of the envelope', async () => {
    const project = await makeProject({ filters: { messages: ['TestError*'] } })
    const dropped = makeEvent()
    const kept = makeEvent({ exception: { values: [{ type: 'Kept', value: 'x' }] } })
    const items = [
      ['{"type":"attachment","filename":"a.txt"}', 'text'],
      ['{"type":"event"}', JSON.stringify(dropped)],
      ['{"type":"user_report"}', JSON.stringify({ event_id: dropped.event_id, comments: 'It broke.' })],
      ['{"type":"event"}', JSON.stringify(kept)],
      ['{"type":"transaction"}', JSON.stringify({ type: 'transaction', transaction: '/cart' })],
    ]
    const body = [JSON.stringify({ event_id: dropped.event_id }), ...items.flat()].join('\n')
    expect((await server.sendEnvelope(body, {}, project)).status).toBe(200)
    await expectOutcomes(project, {
      'error dropped filtered_messages': 1,
      'attachment dropped filtered_messages': 1,
      'user_report_v2 dropped filtered_messages': 1,
      'error accepted': 1,
      'transaction accepted': 1,
    })
    expect(await countStored(project)).toEqual({ ...NOTHING, events: 1, issues: 1, transactions: 1 })
  })

  it('drops sessions by their release, and by the browser that they tell of', async () => {
    const project = await makeProject({ filters: { releaseMin: '2.0', crawlers: true } })
    const session = (release: string, user_agent?: string) =>
      JSON.stringify({ init: true, started: new Date().toISOString(), attrs: { release, user_agent } })
    const aggregates = (release: string) =>
      JSON.stringify({ aggregates: [{ started: new Date().toISOString(), exited: 3 }], attrs: { release } })
    const items = [
      ...[session('shop@1.4.2'), session('shop@2.0.0'), session('shop@2.0.0', GOOGLEBOT)],
      ...[aggregates('shop@1.4.2'), aggregates('shop@2.0.0')],
    ].flatMap((payload) => [`{"type":"${payload.startsWith('{"agg') ? 'sessions' : 'session'}"}`, payload])
    expect((await server.sendEnvelope(['{}', ...items].join('\n'), {}, project)).status).toBe(200)
    await expectOutcomes(project, {
      'session accepted': 2,
      'session dropped filtered_releases': 2,
      'session dropped filtered_crawlers': 1,
    })
  })

  it('drops transactions by their release, and by the crawler that was served or that runs the page', async () => {
    const project = await makeProject({ filters: { releases: ['shop@1.*'], crawlers: true } })
    const ofServer = (userAgent: string) => ({ platform: 'python', request: { headers: { 'user-agent': userAgent } } })
    const transactions = [
      { release: 'shop@1.4.2' },
      { release: 'shop@2.0.0' },
      ofServer(GOOGLEBOT),
      ofServer('Mozilla/5.0'),
      { platform: 'javascript' },
    ].map((fields) => JSON.stringify({ type: 'transaction', transaction: '/cart', ...fields }))
    const items = transactions.flatMap((payload) => ['{"type":"transaction"}', payload])
    // The last is an old SDK's.
    const body = ['{}', ...items, '{"type":"event"}', transactions[0]].join('\n')
    expect((await server.sendEnvelope(body, { 'User-Agent': GOOGLEBOT }, project)).status).toBe(200)
    await expectOutcomes(project, {
      'transaction accepted': 2,
      'transaction dropped filtered_releases': 2,
      'transaction dropped filtered_crawlers': 2,
    })
    expect(await countStored(project)).toEqual({ ...NOTHING, transactions: 2 })
  })

  it('takes nothing from an address, whatever it is, but what is told of other drops', async () => {
    const project = await makeProject({ filters: { addresses: ['203.0.113.0/24'] } })
    const from = (address: string, body: string) =>
      server.sendEnvelope(body, { 'X-Forwarded-For': address }, project).then(({ status }) => status)
    const transaction = JSON.stringify({ type: 'transaction', transaction: '/cart' })
    const items = [
      ['{"type":"event"}', JSON.stringify(makeEvent())],
      ['{"type":"event"}', transaction],
      ['{"type":"transaction"}', transaction],
      ['{"type":"attachment","filename":"a.txt"}', 'text'],
      ['{"type":"client_report"}', '{}'],
      ['{"type":"made_up"}', '{}'],
    ]
    const body = [`{"event_id":"${randomUUID()}"}`, ...items.flat()].join('\n')
    expect(await from('203.0.113.7', body)).toBe(200)
    expect(await from('198.51.100.7', makeEnvelope(makeEvent()))).toBe(200)
    await expectOutcomes(project, {
      'error dropped filtered_addresses': 1,
      'transaction dropped filtered_addresses': 2,
      'attachment dropped filtered_addresses': 1,
      'client_report accepted': 1,
      'made_up unsupported': 1,
      'error accepted': 1,
    })
    expect(await countStored(project)).toEqual({ ...NOTHING, events: 1, issues: 1 })
  })

  it('leaves the limits to what is kept', async () => {
    const project = await makeProject({
      eventsPerMinuteHardMax: 3,
      eventsPerMinute: 3,
      filters: { messages: ['Noise*'] },
    })
    // All at once: those that are on their way must not be in the way of others.
    const noise = Array.from({ length: 20 }, () => server.sendEvent(makeEvent({ type: 'Noise' }), project))
    await Promise.all([...noise, server.sendEvent(makeEvent({ type: 'Signal' }), project)])
    for (let index = 0; index < 2; index += 1) await server.sendEvent(makeEvent({ type: 'Signal' }), project)
    await expectOutcomes(project, { 'error dropped filtered_messages': 20, 'error accepted': 3 })
  })

  it('is counted by /metrics too', async () => {
    const project = await makeProject({ filters: { messages: ['*'] } })
    await server.sendEvent(makeEvent(), project)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toMatch(/faultline_items_total\{outcome="dropped",reason="filtered_messages"\} [1-9]/)
  })
})
