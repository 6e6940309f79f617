// Over a soft limit nothing that is new is lost, every event is counted, and only a sample takes room; over a hard limit
// the SDK is told to wait, for events alone.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

interface IssueFacts {
  type: string
  eventCount: number
  userCount: number
  frequency: { count: number }[]
  latestEvent: { eventId: string } | null
}

let server: TestServer
beforeAll(async () => {
  server = await createTestServer({ clock: () => NOW, variables: { FAULTLINE_EVENTS_PER_MINUTE: '20' } })
})
afterAll(() => server.stop())

async function listAll(project: SeededProject): Promise<IssueFacts[]> {
  const { project: found } = await server.gql<{ project: { issues: { nodes: IssueFacts[] } } }>(
    `query ($path: String!) { project(path: $path) { issues(first: 100, sort: EVENTS) { nodes {
       type eventCount userCount frequency { count } latestEvent { eventId } } } } }`,
    { path: project.path },
  )
  return found.issues.nodes
}

async function readOutcomes(project: SeededProject): Promise<Record<string, number>> {
  const { rows } = await server.database.pool.query<{ outcome: string; quantity: string }>(
    `SELECT outcome, sum(quantity) AS quantity FROM outcome WHERE project_id = $1 AND category = 'error' GROUP BY 1`,
    [project.number],
  )
  return Object.fromEntries(rows.map(({ outcome, quantity }) => [outcome, Number(quantity)]))
}

function countStored(project: SeededProject): Promise<number> {
  return server.database.pool
    .query<{ count: number }>('SELECT count(*)::int AS count FROM event WHERE project_id = $1', [project.number])
    .then(({ rows }) => rows[0]?.count ?? 0)
}

describe('a flood of repeats at many times the soft limit', () => {
  it('is counted to the unit, stored as a sample, and hides none of the new issues in it', async () => {
    const project = await server.seed.project().withClientKey()
    const sent: Promise<string>[] = []
    const repeats = 600
    const hidden = 24
    await server.sendEvent(makeEvent({ type: 'Flood', user: { id: 'u0' }, timestamp: NOW / 1000 }), project)
    for (let index = 1; index < repeats; index += 1) {
      const user = { id: `u${index % 40}` }
      sent.push(server.sendEvent(makeEvent({ type: 'Flood', user, timestamp: NOW / 1000 }), project))
      if (index % 24 === 0) {
        sent.push(server.sendEvent(makeEvent({ type: `Hidden${index / 24}`, timestamp: NOW / 1000 }), project))
      }
      if (index % 50 === 0) await Promise.all(sent)
    }
    // Each is answered 200: sendEvent throws otherwise.
    await Promise.all(sent)

    const issues = await listAll(project)
    const [flood, ...others] = issues
    expect(flood).toMatchObject({ type: 'Flood', eventCount: repeats, userCount: 40 })
    expect(flood?.frequency.at(-1)?.count).toBe(repeats)
    expect(others.map(({ type }) => type).sort()).toEqual(
      Array.from({ length: hidden }, (_, index) => `Hidden${index + 1}`).sort(),
    )
    // What an issue leads to can be opened.
    expect(issues.every(({ latestEvent }) => latestEvent !== null)).toBe(true)

    const stored = await countStored(project)
    expect(stored).toBeLessThan(200)
    const all = repeats + others.length
    await until(async () => {
      const { accepted = 0, sampled = 0 } = await readOutcomes(project)
      return accepted === stored && accepted + sampled === all
    })
    const { rows } = await server.database.pool.query(
      `SELECT sum(count)::int AS count FROM issue_tag WHERE project_id = $1 AND key = 'level' AND value = 'error'`,
      [project.number],
    )
    expect(rows).toEqual([{ count: all }])
  })

  it('shows the first event of a release and of an environment', async () => {
    const project = await server.seed.project().withClientKey()
    for (let index = 0; index < 60; index += 1) {
      await server.sendEvent(makeEvent({ release: '1.0', environment: 'production' }), project)
    }
    const before = await countStored(project)
    await server.sendEvent(makeEvent({ release: '1.0', environment: 'production' }), project)
    expect(await countStored(project)).toBe(before)
    await server.sendEvent(makeEvent({ release: '2.0', environment: 'production' }), project)
    await server.sendEvent(makeEvent({ release: '1.0', environment: 'staging' }), project)
    expect(await countStored(project)).toBe(before + 2)
  })

  it('does not count an event twice that was counted only', async () => {
    const project = await server.seed.project().withClientKey()
    for (let index = 0; index < 30; index += 1) await server.sendEvent(makeEvent(), project)
    const again = makeEvent()
    await server.sendEvent(again, project)
    await server.sendEvent(again, project)
    const [issue] = await listAll(project)
    expect(issue?.eventCount).toBe(31)
  })
})

describe("a project's hard limit", () => {
  it('shows what somebody said of an event that was counted only, with its issue and as long as that', async () => {
    const project = await server.seed.project().withClientKey()
    for (let index = 0; index < 30; index += 1) await server.sendEvent(makeEvent({ type: 'Heard' }), project)
    const eventId = await server.sendEvent(makeEvent({ type: 'Heard' }), project)
    const found = await server.database.pool.query('SELECT FROM event WHERE id = $1', [eventId])
    expect(found.rowCount).toBe(0)
    const report = JSON.stringify({ event_id: eventId, name: 'Ada', comments: 'It broke' })
    await server.sendEnvelope(`{"event_id":"${eventId}"}\n{"type":"user_report"}\n${report}`, {}, project)
    const { project: read } = await server.gql<{
      project: { issues: { nodes: { id: string; feedback: { nodes: { comments: string }[] } }[] } }
    }>('query ($path: String!) { project(path: $path) { issues { nodes { id feedback { nodes { comments } } } } } }', {
      path: project.path,
    })
    const [issue] = read.issues.nodes
    expect(issue?.feedback.nodes).toEqual([{ comments: 'It broke' }])
    await server.gql('mutation ($id: ID!) { deleteIssues(input: { issues: [$id] }) { deletedIds } }', { id: issue?.id })
    const count = () =>
      server.database.pool.query('SELECT FROM feedback WHERE event_id = $1', [eventId]).then(({ rowCount }) => rowCount)
    await until(async () => (await count()) === 0)
  })

  it('answers 429 for events, with the time to wait and their category, and goes on taking the rest', async () => {
    const project = await server.seed.project().withClientKey()
    await server.database.pool.query(`UPDATE project SET settings = '{"eventsPerMinuteHardMax": 6}' WHERE id = $1`, [
      project.number,
    ])
    const statuses: number[] = []
    for (let index = 0; index < 6; index += 1) {
      statuses.push((await server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)).status)
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200])
    const refused = await server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('10')
    expect(refused.headers.get('x-sentry-rate-limits')).toBe('10:error:project:hard_limit')
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('hard limit') as string })
    const report = '{}\n{"type":"client_report"}\n{"discarded_events":[]}\n'
    expect((await server.sendEnvelope(report, {}, project)).status).toBe(200)
    await until(async () => (await readOutcomes(project))['dropped'] === 1)
  })

  it('refuses the files of an event with it, and keeps what somebody wrote', async () => {
    const project = await server.seed.project().withClientKey()
    await server.database.pool.query(`UPDATE project SET settings = '{"eventsPerMinuteHardMax": 1}' WHERE id = $1`, [
      project.number,
    ])
    const send = async (eventId: string): Promise<number> => {
      const items = [
        ['event', JSON.stringify(makeEvent())],
        ['attachment', 'a whole log'],
        ['user_report', JSON.stringify({ event_id: eventId, name: 'Ada', email: '', comments: 'It broke.' })],
      ]
      const body = items
        .map(([type, payload]) => `{"type":"${type}","length":${payload?.length}}\n${payload}\n`)
        .join('')
      return (await server.sendEnvelope(`{"event_id":"${eventId}"}\n${body}`, {}, project)).status
    }
    expect([await send('a'.repeat(32)), await send('b'.repeat(32))]).toEqual([200, 429])
    const count = async (table: string): Promise<number> =>
      (await server.database.pool.query(`SELECT FROM ${table} WHERE project_id = $1`, [project.number])).rowCount ?? 0
    expect([await count('attachment'), await count('feedback')]).toEqual([1, 2])
  })
})
