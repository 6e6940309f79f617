// What the clock of the monitors says of check-ins that do not come, and of those that do not end, and what issues hear of
// it. The hands of the clock are moved by the tests: in steps that it takes for having watched, or in one leap.

import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMonitorClock, type MonitorClock } from '../../server/jobs/monitor-clock.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { readEnvironments, type SeenEnvironment } from '../support/read-monitors.ts'
import { until } from '../support/until.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const NOON_MS = Date.parse('2026-11-25T12:00:00Z')

let nowMs = NOON_MS
let server: TestServer
let clock: MonitorClock
let project: SeededProject
beforeAll(async () => {
  server = await createTestServer({ clock: () => nowMs })
  // The server's own tells the issues; this one is moved by hand. Each leaves to the other what that is at.
  clock = createMonitorClock({
    pool: server.database.pool,
    clock: () => nowMs,
    log: pino({ level: 'silent' }),
    reportFailure: () => Promise.reject(new Error('left to the server')),
    resolveIssue: () => Promise.reject(new Error('left to the server')),
  })
})
beforeEach(async () => {
  // Noon again, an hour later each time, so that no test's time runs backwards.
  nowMs = Math.ceil((nowMs + HOUR_MS) / HOUR_MS) * HOUR_MS
  await server.database.pool.query('DELETE FROM monitor')
  await tickAt(nowMs)
  project = await server.seed.project().withClientKey()
})
afterAll(async () => {
  await clock.stop()
  await server.stop()
})

/** Ticks until the database knows of a tick at that time. */
async function tickAt(atMs: number): Promise<void> {
  nowMs = atMs
  await until(async () => {
    await clock.tick()
    const { rows } = await server.database.pool.query<{ at_ms: number }>(
      `SELECT (value ->> 'atMs')::float8 AS at_ms FROM setting WHERE name = 'monitor_clock'`,
    )
    return rows[0]?.at_ms === atMs
  })
}

/** As slowly as it may run. */
async function pass(durationMs: number): Promise<void> {
  const endMs = nowMs + durationMs
  while (nowMs < endMs) await tickAt(Math.min(nowMs + 30_000, endMs))
}

const makeId = () => randomUUID().replaceAll('-', '')

async function send(fields: Record<string, unknown>): Promise<void> {
  const payload = JSON.stringify({ monitor_slug: 'job', ...fields })
  const answer = await server.sendEnvelope(`{}\n{"type":"check_in"}\n${payload}\n`, {}, project)
  expect(answer.status).toBe(200)
}

async function read(): Promise<SeenEnvironment> {
  const [environment] = await readEnvironments(server.database, project.number)
  return environment as SeenEnvironment
}
const statuses = async () => (await read()).checkIns.map(({ status }) => status)
const at = (ms: number) => new Date(ms).toISOString()

const every = (minutes: number, config = {}) => ({
  ...{ schedule: { type: 'crontab', value: `*/${minutes} * * * *` }, checkin_margin: 2, max_runtime: 5 },
  ...config,
})

interface SeenIssue {
  title: string
  status: string
  eventCount: number
  regressed: boolean
  culprit: string
}

async function readIssues(): Promise<SeenIssue[]> {
  const { project: found } = await server.gql<{ project: { issues: { nodes: SeenIssue[] } } }>(
    `query ($path: String!) { project(path: $path) { issues(status: null) {
       nodes { title status eventCount regressed culprit } } } }`,
    { path: project.path },
  )
  return found.issues.nodes
}
const waitForIssue = (expected: Partial<SeenIssue>) =>
  until(
    async () => {
      const [issue] = await readIssues()
      return (
        issue && Object.entries(expected).every(([name, value]) => issue[name as keyof SeenIssue] === value) && issue
      )
    },
    { what: JSON.stringify(expected) },
  )
/** Whatever was due has been told. */
const waitForAlerts = () =>
  until(async () => {
    const { rows } = await server.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM monitor_alert',
    )
    return rows[0]?.count === 0
  })

describe('a check-in that does not come', () => {
  it('is missed when its time and the margin are over, once for each time', async () => {
    const startMs = nowMs
    await send({ status: 'ok', monitor_config: every(10) })
    await pass(12 * MINUTE_MS - 20_000)
    expect(await statuses()).toEqual(['ok'])
    await pass(20_000)
    const { status, nextExpectedAt, checkIns } = await read()
    expect(status).toBe('missed')
    expect(checkIns[0]).toMatchObject({ status: 'missed', startedAt: at(startMs + 10 * MINUTE_MS) })
    expect(nextExpectedAt).toBe(at(startMs + 20 * MINUTE_MS))
    await pass(10 * MINUTE_MS)
    expect(await statuses()).toEqual(['missed', 'missed', 'ok'])
  })

  it('is not missed when it comes late within the margin, or a little early', async () => {
    const startMs = nowMs
    await send({ status: 'ok', monitor_config: every(10) })
    await pass(11 * MINUTE_MS)
    await send({ status: 'ok' })
    await pass(9 * MINUTE_MS - 10_000)
    await send({ status: 'ok' })
    expect((await read()).nextExpectedAt).toBe(at(startMs + 30 * MINUTE_MS))
    await pass(5 * MINUTE_MS)
    expect(await statuses()).toEqual(['ok', 'ok', 'ok'])
  })

  it('and then comes late is told with how late it is, and so is one within the margin', async () => {
    await send({ status: 'ok', monitor_config: every(10) })
    await pass(10 * MINUTE_MS + 30_000)
    await send({ status: 'ok' })
    await pass(9 * MINUTE_MS + 30_000 + 95_000)
    await send({ status: 'ok' })
    await pass(8 * MINUTE_MS + 25_000 + 4 * MINUTE_MS)
    await send({ status: 'ok' })
    await send({ status: 'ok' })
    const { project: read } = await server.gql<{
      project: { monitors: { environments: { checkIns: { status: string; lateMs: number | null }[] }[] }[] }
    }>('query ($path: String!) { project(path: $path) { monitors { environments { checkIns { status lateMs } } } } }', {
      path: project.path,
    })
    const checkIns = read.monitors[0]?.environments[0]?.checkIns.map(({ status, lateMs }) => [status, lateMs])
    // Of two at the same time either may stand first.
    expect(checkIns?.slice(0, 2).toSorted()).toEqual([
      ['OK', null],
      ['OK', 4 * MINUTE_MS],
    ])
    expect(checkIns?.slice(2)).toEqual([
      ['MISSED', null],
      ['OK', 95_000],
      ['OK', null],
      ['OK', null],
    ])
  })

  it('of an interval is expected so long after the one before', async () => {
    await send({ status: 'ok', monitor_config: { schedule: { type: 'interval', value: 7, unit: 'minute' } } })
    await pass(6 * MINUTE_MS)
    await send({ status: 'ok' })
    await pass(7 * MINUTE_MS)
    expect(await statuses()).toEqual(['ok', 'ok'])
    await pass(MINUTE_MS)
    expect(await statuses()).toEqual(['missed', 'ok', 'ok'])
  })

  it('in one environment says nothing of the others', async () => {
    await send({ status: 'ok', environment: 'a', monitor_config: every(10) })
    await send({ status: 'ok', environment: 'b' })
    await pass(10 * MINUTE_MS)
    await send({ status: 'ok', environment: 'b' })
    await pass(3 * MINUTE_MS)
    const environments = await readEnvironments(server.database, project.number)
    expect(environments.map(({ environment, status }) => [environment, status])).toEqual([
      ['a', 'missed'],
      ['b', 'ok'],
    ])
  })

  it('is nobody’s fault while nobody watched: after a pause of the server all begins anew', async () => {
    const startMs = nowMs
    await send({ status: 'ok', monitor_config: every(1) })
    await tickAt(nowMs + 6 * HOUR_MS + 30_000)
    expect(await statuses()).toEqual(['ok'])
    expect((await read()).nextExpectedAt).toBe(at(startMs + 6 * HOUR_MS + MINUTE_MS))
    await pass(3 * MINUTE_MS)
    expect(await statuses()).toEqual(['missed', 'ok'])
  })

  it('is not judged either when only its time fell into the pause, and the margin ends after it', async () => {
    await send({ status: 'ok', monitor_config: every(10, { checkin_margin: 5 }) })
    await pass(9 * MINUTE_MS)
    await tickAt(nowMs + 5 * MINUTE_MS)
    await pass(2 * MINUTE_MS)
    expect(await statuses()).toEqual(['ok'])
  })

  it('is not expected where tracking is off', async () => {
    await send({ status: 'ok', monitor_config: every(10) })
    const { prisma } = server.database
    await prisma.project.update({ where: { id: project.number }, data: { trackingEnabled: false } })
    await pass(25 * MINUTE_MS)
    await prisma.project.update({ where: { id: project.number }, data: { trackingEnabled: true } })
    await pass(2 * MINUTE_MS)
    expect(await statuses()).toEqual(['ok'])
    await pass(6 * MINUTE_MS)
    expect(await statuses()).toEqual(['missed', 'ok'])
  })

  it('is not waited for for ever', async () => {
    await send({ status: 'ok', monitor_config: every(10) })
    await server.database.pool.query('UPDATE monitor_environment SET missed_in_a_row = 999')
    await pass(12 * MINUTE_MS)
    expect(await read()).toMatchObject({ status: 'missed', nextExpectedAt: null })
    await send({ status: 'ok' })
    expect((await read()).nextExpectedAt).not.toBeNull()
  })
})

describe('a check-in that does not end', () => {
  it('times out after its longest time, and is corrected when it ends after all', async () => {
    const id = makeId()
    await send({ check_in_id: id, status: 'in_progress', monitor_config: every(30) })
    await pass(5 * MINUTE_MS - 20_000)
    expect(await statuses()).toEqual(['in_progress'])
    await pass(20_000)
    expect(await read()).toMatchObject({ status: 'timeout', checkIns: [{ id, status: 'timeout', durationMs: null }] })
    await pass(MINUTE_MS)
    await send({ check_in_id: id, status: 'ok' })
    expect(await read()).toMatchObject({ status: 'ok', checkIns: [{ status: 'ok', durationMs: 6 * MINUTE_MS }] })
  })

  it('is alive as long as it says so', async () => {
    const id = makeId()
    await send({ check_in_id: id, status: 'in_progress', monitor_config: every(30) })
    await pass(4 * MINUTE_MS)
    await send({ check_in_id: id, status: 'in_progress' })
    await pass(4 * MINUTE_MS)
    expect(await statuses()).toEqual(['in_progress'])
    await pass(MINUTE_MS)
    expect(await statuses()).toEqual(['timeout'])
  })

  it('is not waited for when the server was away in between: it may have ended unheard', async () => {
    await send({ check_in_id: makeId(), status: 'in_progress', monitor_config: every(30) })
    await tickAt(nowMs + MINUTE_MS)
    await pass(10 * MINUTE_MS)
    expect(await statuses()).toEqual(['in_progress'])
  })

  it('of a time that nobody watched is not ended by a run of much later that sends no id', async () => {
    await send({ status: 'in_progress', monitor_config: every(30) })
    await tickAt(nowMs + MINUTE_MS)
    await send({ status: 'in_progress' })
    await tickAt(nowMs + 2 * HOUR_MS)
    await send({ status: 'ok' })
    expect(await statuses()).toEqual(['ok', 'in_progress', 'in_progress'])
  })

  it('does not take the next one with it', async () => {
    const [first, second] = [makeId(), makeId()]
    await send({ check_in_id: first, status: 'in_progress', monitor_config: every(30) })
    await pass(2 * MINUTE_MS)
    await send({ check_in_id: second, status: 'ok' })
    await pass(3 * MINUTE_MS)
    const { status, checkIns } = await read()
    expect(checkIns).toMatchObject([
      { id: second, status: 'ok' },
      { id: first, status: 'timeout' },
    ])
    // The one that began last says how it is.
    expect(status).toBe('ok')
  })
})

describe('the issue of a monitor', () => {
  it('opens with the first failure, grows with each, and is resolved by the first success', async () => {
    await send({ status: 'error', release: 'shop@2', monitor_config: every(30) })
    const culprit = 'job'
    await waitForIssue({ title: 'Monitor "job" reported an error', status: 'UNRESOLVED', eventCount: 1, culprit })
    await pass(20_000)
    await send({ status: 'error' })
    await waitForIssue({ eventCount: 2 })
    await pass(20_000)
    await send({ status: 'ok' })
    await waitForIssue({ status: 'RESOLVED', eventCount: 2 })
    expect(await readIssues()).toHaveLength(1)
    await pass(20_000)
    await send({ status: 'error' })
    await waitForIssue({ status: 'UNRESOLVED', regressed: true, eventCount: 3 })
    expect((await read()).isFailing).toBe(true)
  })

  it('opens for what was missed, and for what took too long', async () => {
    await send({ status: 'in_progress', monitor_config: every(30) })
    await pass(5 * MINUTE_MS)
    await waitForIssue({ title: 'Monitor "job" ran for more than 5 min', eventCount: 1 })
    await pass(27 * MINUTE_MS)
    await waitForIssue({ eventCount: 2 })
  })

  it('waits for as many failures in a row, and for as many successes', async () => {
    const config = every(30, { failure_issue_threshold: 3, recovery_threshold: 2 })
    const step = async (status: string) => {
      await pass(20_000)
      await send({ status, monitor_config: config })
    }
    for (const status of ['error', 'error', 'ok', 'error', 'error']) await step(status)
    await waitForAlerts()
    expect(await readIssues()).toEqual([])
    await step('error')
    await waitForIssue({ status: 'UNRESOLVED', eventCount: 1 })
    for (const status of ['ok', 'error', 'ok']) await step(status)
    await waitForIssue({ status: 'UNRESOLVED', eventCount: 2 })
    await step('ok')
    await waitForIssue({ status: 'RESOLVED', eventCount: 2 })
  })

  it('is one for each environment, and is told where and what', async () => {
    await send({ status: 'error', environment: 'a', monitor_config: every(30) })
    await send({ status: 'error', environment: 'b' })
    await until(async () => (await readIssues()).length === 2)
    const { project: found } = await server.gql<{
      project: { issues: { nodes: { latestEvent: { environment: string; contexts: unknown; tags: unknown[] } }[] } }
    }>(
      `query ($path: String!) { project(path: $path) { issues { nodes {
         latestEvent { environment contexts tags { key value } } } } } }`,
      { path: project.path },
    )
    const events = found.issues.nodes.map(({ latestEvent }) => latestEvent)
    expect(events.map(({ environment }) => environment).toSorted()).toEqual(['a', 'b'])
    expect(events[0]?.contexts).toMatchObject({
      monitor: { slug: 'job', status: 'error', schedule: '*/30 * * * *', timezone: 'UTC' },
    })
    expect(events[0]?.tags).toContainEqual({ key: 'monitor.slug', value: 'job' })
  })

  it('is left as it is where somebody ignores it', async () => {
    await send({ status: 'error', monitor_config: every(30) })
    await waitForIssue({ eventCount: 1 })
    await server.database.pool.query(`UPDATE issue SET status = 'IGNORED' WHERE project_id = $1`, [project.number])
    await pass(20_000)
    await send({ status: 'ok' })
    await waitForAlerts()
    await until(async () => !(await read()).isFailing)
    expect(await readIssues()).toMatchObject([{ status: 'IGNORED' }])
  })

  it('does not open, or grow, when a failure is said twice', async () => {
    const id = makeId()
    await send({ check_in_id: id, status: 'error', monitor_config: every(30) })
    await send({ check_in_id: id, status: 'error' })
    await waitForIssue({ eventCount: 1 })
    await waitForAlerts()
    expect(await readIssues()).toMatchObject([{ eventCount: 1 }])
  })
})

describe('a monitor that is paused', () => {
  it('takes check-ins, and expects none', async () => {
    await send({ check_in_id: makeId(), status: 'in_progress', monitor_config: every(10) })
    await server.database.pool.query('UPDATE monitor SET paused_at = now()')
    await pass(15 * MINUTE_MS)
    await send({ check_in_id: makeId(), status: 'error' })
    await pass(15 * MINUTE_MS)
    expect(await read()).toMatchObject({ status: 'error', nextExpectedAt: null, isFailing: false })
    expect(await statuses()).toEqual(['error', 'in_progress'])
    await waitForAlerts()
    expect(await readIssues()).toEqual([])
  })
})
