// Check-ins of jobs, as SDKs send them and as a URL, and what becomes of them.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { readJson, readRequest } from '../support/read-request.ts'
import { readEnvironments, type SeenEnvironment } from '../support/read-monitors.ts'
import { listRecordings, readRecording, replayRecording } from '../support/replay.ts'
import { until } from '../support/until.ts'

/** When the requests were recorded: a Sunday, 22:30 in Berlin. */
const START_MS = Date.parse('2026-11-22T21:30:00Z')
const MINUTE_MS = 60_000

let nowMs = START_MS
let server: TestServer
let project: SeededProject
beforeAll(async () => {
  server = await createTestServer({ clock: () => nowMs })
})
beforeEach(async () => {
  project = await server.seed.project().withClientKey()
})
afterAll(() => server.stop())

const makeId = () => randomUUID().replaceAll('-', '')
const HOURLY = { schedule: { type: 'interval', value: 1, unit: 'hour' } }
const NIGHTLY = { schedule: { type: 'crontab', value: '0 3 * * *' }, checkin_margin: 5, timezone: 'Europe/Berlin' }

const wrap = (checkIn: unknown) => `{}\n{"type":"check_in"}\n${JSON.stringify(checkIn)}\n`
async function send(fields: Record<string, unknown>): Promise<void> {
  const answer = await server.sendEnvelope(wrap({ monitor_slug: 'nightly', ...fields }), {}, project)
  expect(answer.status).toBe(200)
}
const read = () => readEnvironments(server.database, project.number)
async function readOnly(): Promise<SeenEnvironment> {
  const environments = await read()
  expect(environments).toHaveLength(1)
  return environments[0] as SeenEnvironment
}
interface CheckInOnWire {
  check_in_id: string
  monitor_slug: string
  status: string
}

const statuses = ({ checkIns }: SeenEnvironment) => checkIns.map(({ status }) => status)

function waitForOutcome(outcome: string, reason: string, quantity: number): Promise<unknown> {
  return until(
    async () => {
      const { rows } = await server.database.pool.query<{ sum: string | null }>(
        `SELECT sum(quantity) FROM outcome WHERE project_id = $1 AND outcome = $2 AND reason = $3 AND category = 'monitor'`,
        [project.number, outcome, reason],
      )
      return Number(rows[0]?.sum ?? 0) === quantity
    },
    { what: `${quantity} check-ins ${outcome} ${reason}` },
  )
}

interface Note {
  code: string
  message: string
  status: number
}

const readNotes = async (): Promise<Note[]> =>
  (
    await server.gql<{ project: { clientErrors: Note[] } }>(
      'query ($path: String!) { project(path: $path) { clientErrors { code message status } } }',
      { path: project.path },
    )
  ).project.clientErrors
const waitForNote = (code: string) =>
  until(async () => (await readNotes()).find((note) => note.code === code), { what: code })

describe('a check-in of an SDK', () => {
  it('makes its monitor where it tells the schedule, and says when it is expected next', async () => {
    await send({ check_in_id: makeId(), status: 'in_progress', monitor_config: NIGHTLY })
    expect(await read()).toEqual([
      {
        ...{ slug: 'nightly', environment: 'production', status: 'in_progress', isFailing: false },
        nextExpectedAt: '2026-11-23T02:00:00.000Z',
        checkIns: [expect.objectContaining({ status: 'in_progress', startedAt: '2026-11-22T21:30:00.000Z' })],
      },
    ])
    await waitForOutcome('accepted', '', 1)
  })

  it('ends the one that it began, with how long it took', async () => {
    const [first, second] = [makeId(), makeId()]
    await send({ check_in_id: first, status: 'in_progress', monitor_config: NIGHTLY })
    nowMs += 90_000
    await send({ check_in_id: first, status: 'ok' })
    await send({ check_in_id: second, status: 'error', duration: 2.5 })
    nowMs = START_MS
    const { status, checkIns } = await readOnly()
    expect(status).toBe('error')
    expect(checkIns).toMatchObject([
      { id: second, status: 'error', durationMs: 2_500 },
      { id: first, status: 'ok', durationMs: 90_000 },
    ])
  })

  it('without a monitor of that name is dropped, and whoever set it up reads what to do', async () => {
    await send({ check_in_id: makeId(), status: 'ok' })
    await waitForOutcome('dropped', 'invalid', 1)
    expect(await read()).toEqual([])
    expect(await waitForNote('UNKNOWN_MONITOR')).toMatchObject({
      status: 200,
      message: expect.stringMatching(/^There is no monitor "nightly": send "monitor_config"/) as string,
    })
  })

  it('whose schedule cannot be kept makes no monitor, and an existing one keeps its own', async () => {
    const broken = { schedule: { type: 'crontab', value: 'at three' } }
    await send({ status: 'ok', monitor_config: broken })
    expect((await waitForNote('INVALID_MONITOR')).message).toMatch(/cannot be made: The crontab expression "at three"/)
    expect(await read()).toEqual([])

    await send({ status: 'ok', monitor_config: HOURLY })
    await send({ status: 'ok', monitor_config: broken })
    await waitForOutcome('accepted', '', 2)
    expect((await readOnly()).nextExpectedAt).toBe('2026-11-22T22:30:00.000Z')
    await until(async () => (await readNotes()).some(({ message }) => message.includes('keeps its configuration')))
  })

  it('changes the schedule of its monitor', async () => {
    await send({ status: 'ok', monitor_config: HOURLY })
    await send({ status: 'ok', monitor_config: { schedule: { type: 'interval', value: 2, unit: 'day' } } })
    expect((await readOnly()).nextExpectedAt).toBe('2026-11-24T21:30:00.000Z')
    const { rows } = await server.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM monitor WHERE project_id = $1',
      [project.number],
    )
    expect(rows).toEqual([{ count: 1 }])
  })

  it('with an id of zeros ends the latest one in progress', async () => {
    const zeros = '0'.repeat(32)
    const [older, newer] = [makeId(), makeId()]
    await send({ check_in_id: older, status: 'in_progress', monitor_config: HOURLY })
    nowMs += 1_000
    await send({ check_in_id: newer, status: 'in_progress' })
    nowMs += 1_000
    await send({ check_in_id: zeros, status: 'ok' })
    nowMs = START_MS
    expect((await readOnly()).checkIns).toMatchObject([
      { id: newer, status: 'ok', durationMs: 1_000 },
      { id: older, status: 'in_progress' },
    ])
  })

  it.each([
    ['no id', {}],
    ['an id of zeros', { check_in_id: '0'.repeat(32) }],
    ['an id of zeros with hyphens', { check_in_id: '00000000-0000-0000-0000-000000000000' }],
    ['null for an id', { check_in_id: null }],
  ])('with %s ends the one that began with none either, and the next pair is a run of its own', async (_what, id) => {
    await send({ ...id, status: 'in_progress', monitor_config: HOURLY })
    nowMs += 2_000
    await send({ ...id, status: 'ok' })
    nowMs += 1_000
    await send({ ...id, status: 'in_progress' })
    nowMs += 4_000
    await send({ ...id, status: 'error' })
    nowMs = START_MS
    const { status, checkIns } = await readOnly()
    expect(status).toBe('error')
    expect(checkIns).toMatchObject([
      { status: 'error', durationMs: 4_000 },
      { status: 'ok', durationMs: 2_000 },
    ])
  })

  it('that says again that it is in progress, by its id, has its time from then on', async () => {
    const id = makeId()
    const config = { ...HOURLY, max_runtime: 1 }
    await send({ check_in_id: id, status: 'in_progress', monitor_config: config })
    nowMs += 50_000
    await send({ check_in_id: id, status: 'in_progress' })
    nowMs += 50_000
    await send({ status: 'ok' })
    nowMs = START_MS
    expect((await readOnly()).checkIns).toMatchObject([{ id, status: 'ok', durationMs: 100_000 }])
  })

  it('with an id of zeros and nothing in progress stands for itself', async () => {
    await send({ check_in_id: '0'.repeat(32), status: 'ok', duration: 3, monitor_config: HOURLY })
    expect((await readOnly()).checkIns).toMatchObject([{ status: 'ok', durationMs: 3_000 }])
  })

  it('that comes twice in the end updates what it said', async () => {
    const id = makeId()
    await send({ check_in_id: id, status: 'ok', duration: 1, monitor_config: HOURLY })
    await send({ check_in_id: id, status: 'error', duration: 2 })
    await send({ check_in_id: id, status: 'error' })
    const { status, checkIns } = await readOnly()
    expect(status).toBe('error')
    expect(checkIns).toMatchObject([{ id, status: 'error', durationMs: 2_000 }])
  })

  it('does not begin after it has ended, when its messages overtake each other', async () => {
    const id = makeId()
    await send({ check_in_id: id, status: 'ok', duration: 1, monitor_config: HOURLY })
    await send({ check_in_id: id, status: 'in_progress' })
    expect((await readOnly()).checkIns).toMatchObject([{ id, status: 'ok', durationMs: 1_000 }])
    await waitForOutcome('dropped', 'duplicate', 1)
  })

  it('is of the environment it names, and when it ends need not name it again', async () => {
    const id = makeId()
    await send({ check_in_id: id, status: 'in_progress', environment: 'staging', monitor_config: HOURLY })
    await send({ check_in_id: id, status: 'ok' })
    await send({ check_in_id: makeId(), status: 'error' })
    expect((await read()).map(({ environment, status }) => [environment, status])).toEqual([
      ['production', 'error'],
      ['staging', 'ok'],
    ])
  })

  it('with the id of another monitor’s is dropped', async () => {
    const id = makeId()
    await send({ check_in_id: id, status: 'in_progress', monitor_config: HOURLY })
    await send({ monitor_slug: 'other', check_in_id: id, status: 'ok', monitor_config: HOURLY })
    await waitForOutcome('dropped', 'invalid', 1)
    const nightly = (await read()).find(({ slug }) => slug === 'nightly')
    expect(nightly?.checkIns).toMatchObject([{ id, status: 'in_progress' }])
  })

  it('finds its monitor however its name is written', async () => {
    await send({ monitor_slug: 'Nightly Stock!', status: 'ok', monitor_config: HOURLY })
    await send({ monitor_slug: 'nightly-stock', status: 'error' })
    const { slug, checkIns } = await readOnly()
    expect(slug).toBe('nightly-stock')
    expect(checkIns).toHaveLength(2)
  })

  it('may come with others in one envelope, in any order', async () => {
    const items = ['c', 'a', 'b', 'a'].map((slug) =>
      JSON.stringify({ monitor_slug: slug, check_in_id: makeId(), status: 'ok', monitor_config: HOURLY }),
    )
    const body = `{}\n${items.map((item) => `{"type":"check_in"}\n${item}\n`).join('')}`
    expect((await server.sendEnvelope(body, {}, project)).status).toBe(200)
    expect((await read()).map(({ slug, checkIns }) => [slug, checkIns.length])).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ])
  })

  it('leaves the rest of its envelope alone when it cannot be read', async () => {
    const good = JSON.stringify({ monitor_slug: 'nightly', status: 'ok', monitor_config: HOURLY })
    const bad = ['[]', '"ok"', '{"status":"ok"}', '{"monitor_slug":"nightly","status":"missed"}']
    const items = [...bad, good].map((item) => `{"type":"check_in"}\n${item}\n`).join('')
    expect((await server.sendEnvelope(`{}\n${items}`, {}, project)).status).toBe(200)
    expect(statuses(await readOnly())).toEqual(['ok'])
    await waitForOutcome('dropped', 'invalid', 4)
  })

  it('counts as too large over 100 KiB', async () => {
    await send({ status: 'ok', monitor_config: HOURLY, contexts: { filler: 'x'.repeat(101 * 1024) } })
    await waitForOutcome('dropped', 'too_large', 1)
  })
})

describe('bounds', () => {
  it('hold of how many a monitor may send in a minute, and the answer is as always', async () => {
    nowMs += MINUTE_MS
    for (let i = 0; i < 23; i += 1) await send({ status: 'ok', monitor_config: HOURLY })
    nowMs += MINUTE_MS
    await send({ status: 'ok' })
    nowMs = START_MS
    expect((await readOnly()).checkIns).toHaveLength(21)
    await waitForOutcome('dropped', 'rate_limited', 3)
    expect((await waitForNote('MONITOR_LIMIT')).message).toContain('has 20 in "production"')
  })

  it('hold of environments of a monitor', async () => {
    nowMs += MINUTE_MS
    await Promise.all(
      Array.from({ length: 22 }, (_, i) => send({ status: 'ok', environment: `pr-${i}`, monitor_config: HOURLY })),
    )
    nowMs = START_MS
    expect(await read()).toHaveLength(20)
    await waitForOutcome('dropped', 'invalid', 2)
    expect((await waitForNote('MONITOR_LIMIT')).message).toContain('a monitor has 20 at most')
  })

  it('hold of monitors of a project', async () => {
    await server.database.pool.query(
      `INSERT INTO monitor (project_id, id, slug, name, config, created_at)
       SELECT $1, gen_random_uuid(), 'm' || n, 'm', '{}', now() FROM generate_series(1, 500) n`,
      [project.number],
    )
    await send({ status: 'ok', monitor_config: HOURLY })
    await waitForOutcome('dropped', 'invalid', 1)
    expect((await waitForNote('MONITOR_LIMIT')).message).toContain('a project has 500 at most')
  })
})

describe('a check-in as a URL', () => {
  const urlOf = (query: string, path = `cron/nightly/${project.publicKey}/`) =>
    `${server.url}/api/${project.number}/${path}${query}`
  const postJson = (fields: Record<string, unknown>, query = '') =>
    fetch(urlOf(query), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(fields),
    })

  it('makes its monitor from JSON, and then is a line of a crontab', async () => {
    const made = await postJson({ status: 'in_progress', monitor_config: NIGHTLY })
    expect({ status: made.status, body: await made.text() }).toEqual({ status: 202, body: '' })
    nowMs += 5_000
    const ended = await fetch(urlOf('?status=ok'))
    nowMs = START_MS
    expect({ status: ended.status, body: await ended.text() }).toEqual({ status: 202, body: '' })
    expect((await readOnly()).checkIns).toMatchObject([{ status: 'ok', durationMs: 5_000 }])
  })

  it.each([
    ['without the last slash', () => urlOf('?status=error', `cron/nightly/${project.publicKey}`)],
    ['with the key in the query', () => urlOf(`?status=error&sentry_key=${project.publicKey}`, 'cron/nightly/')],
    ['with the slug escaped', () => urlOf('?status=error', `cron/Nightly%20/${project.publicKey}/`)],
    ['under GitLab’s path', () => urlOf('?status=error').replace('/api/', '/errortracking/api/v1/projects/api/')],
  ])('is taken %s, by GET and POST', async (_what, makeUrl) => {
    await send({ status: 'ok', monitor_config: HOURLY })
    for (const method of ['GET', 'POST']) expect((await fetch(makeUrl(), { method })).status).toBe(202)
    expect(statuses(await readOnly()).toSorted()).toEqual(['error', 'error', 'ok'])
  })

  it('takes the key from a header', async () => {
    await send({ status: 'ok', monitor_config: HOURLY })
    const headers = { 'X-Sentry-Auth': `Sentry sentry_key=${project.publicKey}` }
    expect((await fetch(urlOf('?status=ok', 'cron/nightly/'), { headers })).status).toBe(202)
    expect((await readOnly()).checkIns).toHaveLength(2)
  })

  it('takes id, environment and duration, from the query or a form', async () => {
    const id = makeId()
    await send({ status: 'ok', environment: 'staging', monitor_config: HOURLY })
    nowMs += 1_000
    await fetch(urlOf(`?status=in_progress&check_in_id=${id}&environment=staging`))
    const body = new URLSearchParams({ status: 'ok', check_in_id: id, duration: '7' })
    expect((await fetch(urlOf(''), { method: 'POST', body })).status).toBe(202)
    nowMs = START_MS
    const { environment, checkIns } = await readOnly()
    expect(environment).toBe('staging')
    expect(checkIns[0]).toMatchObject({ id, status: 'ok', durationMs: 7_000 })
  })

  it.each([
    ['no status', ''],
    ['a status that only we make', '?status=missed'],
  ])('with %s is answered 400, in words', async (_what, query) => {
    const answer = await fetch(urlOf(query))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      detail: 'The "status" of a check-in is one of in_progress, ok, error.',
    })
  })

  it.each(['{"status":', '{"status":"ok"'])('with the body %s is answered 400', async (body) => {
    expect((await fetch(urlOf(''), { method: 'POST', body })).status).toBe(400)
  })

  it('of nobody’s key is refused', async () => {
    expect((await fetch(urlOf('?status=ok', `cron/nightly/${'f'.repeat(32)}/`))).status).toBe(403)
    expect((await fetch(urlOf('?status=ok', 'cron/nightly/'))).status).toBe(401)
    expect((await fetch(urlOf('?status=ok'), { method: 'PUT' })).status).toBe(405)
  })

  it('is answered 202 without its monitor, over the limit, and where events are refused', async () => {
    expect((await fetch(urlOf('?status=ok'))).status).toBe(202)
    await waitForNote('UNKNOWN_MONITOR')
    await server.database.prisma.project.update({
      where: { id: project.number },
      data: { settings: { eventsPerMinuteHardMax: 1 } },
    })
    nowMs += MINUTE_MS
    for (let i = 0; i < 25; i += 1) expect((await postJson({ status: 'ok', monitor_config: HOURLY })).status).toBe(202)
    nowMs = START_MS
    expect((await readOnly()).checkIns).toHaveLength(20)
  })
})

describe('the recorded check-ins', () => {
  const recordings = listRecordings().filter((name) => name.includes('-checkin-'))
  // In the order of their names: PHP 3 tells no schedule, and goes on with the monitors that Node has made.
  const sdks = [...new Set(recordings.map((name) => name.replace(/-checkin-.*/, '')))]
  const sentBy = (sdk: string) => recordings.filter((name) => name.startsWith(`${sdk}-checkin-`))

  it('are there', () => {
    expect(sdks.length).toBeGreaterThan(7)
  })

  it.each(sdks)('of %s all arrive', async (sdk) => {
    // Each in a minute of its own: they share their monitors, of which a minute has a limit.
    nowMs += MINUTE_MS
    const last = new Map<string, { status: string; slug: string }>()
    for (const name of sentBy(sdk)) {
      for (const item of readRequest(readRecording(name)).items) {
        const { check_in_id: id, monitor_slug: slug, status } = readJson(item) as unknown as CheckInOnWire
        last.set(id, { status, slug })
      }
      expect((await replayRecording(name, server.url)).status).toBe(200)
    }
    const environments = await readEnvironments(server.database, 1)
    expect(last.size).toBeGreaterThan(0)
    for (const [id, { status, slug }] of last) {
      const found = environments.find((seen) => seen.slug === slug)
      expect(found?.checkIns).toContainEqual(expect.objectContaining({ id, status }))
      expect(found?.nextExpectedAt).not.toBeNull()
    }
  })
})
