// Sessions through the front door: as real SDKs sent them, and as they may come; each counted once or dropped with its
// outcome.

import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { listRecordings, replayRecording } from '../support/replay.ts'
import { until } from '../support/until.ts'

/** When the last of the recordings was made. */
const NOW = Date.parse('2026-11-22T21:52:00Z')
const iso = (ms: number) => new Date(ms).toISOString()
const makeSid = () => randomBytes(16).toString('hex')

let server: TestServer
beforeAll(async () => {
  server = await createTestServer({ clock: () => NOW, variables: { FAULTLINE_EVENTS_PER_MINUTE: '25' } })
})
afterAll(() => server.stop())

interface Health {
  sessions: number
  /** Crashed, abnormal and unhandled ones included. */
  errored: number
  crashed: number
  abnormal: number
  unhandled: number
  users: number
  crashedUsers: number
}

async function readHealth(
  { number }: SeededProject,
  release = 'shop@1.4.2',
  environment = 'production',
): Promise<Health> {
  const { rows } = await server.database.pool.query<Health>(
    `SELECT coalesce(sum(sessions), 0)::int AS sessions, coalesce(sum(errored), 0)::int AS errored,
            coalesce(sum(crashed), 0)::int AS crashed, coalesce(sum(abnormal), 0)::int AS abnormal,
            coalesce(sum(unhandled), 0)::int AS unhandled, coalesce(sum(users), 0)::int AS users,
            coalesce(sum(crashed_users), 0)::int AS "crashedUsers"
     FROM release_health r LEFT JOIN release_hour h ON h.project_id = r.project_id AND h.health_id = r.id
     WHERE r.project_id = $1 AND version = $2 AND environment = $3`,
    [number, release, environment],
  )
  return rows[0] as Health
}

const ATTRS = { release: 'shop@1.4.2', environment: 'production' }
const makeSession = (fields: Record<string, unknown> = {}) => ({
  ...{
    sid: makeSid(),
    init: true,
    started: iso(NOW - 5_000),
    timestamp: iso(NOW),
    status: 'ok',
    errors: 0,
    attrs: ATTRS,
  },
  ...fields,
})
const item = (type: string, payload: unknown) =>
  `{"type":"${type}"}\n${typeof payload === 'string' ? payload : JSON.stringify(payload)}`

async function send(project: SeededProject, items: string[], header: object = {}): Promise<unknown> {
  const answer = await server.sendEnvelope([JSON.stringify(header), ...items].join('\n'), {}, project)
  expect(answer.status).toBe(200)
  return answer.json()
}

const sendSession = (project: SeededProject, fields: Record<string, unknown> = {}, header: object = {}) =>
  send(project, [item('session', makeSession(fields))], header)

/** `accepted 3`, `dropped invalid 1`, ...: waited for, since outcomes are written every second. */
function waitForOutcomes({ number }: SeededProject, expected: string[]): Promise<true> {
  return until(
    async () => {
      const { rows } = await server.database.pool.query<{ text: string }>(
        `SELECT concat_ws(' ', outcome, nullif(reason, ''), quantity) AS text FROM outcome
         WHERE project_id = $1 AND category = 'session' ORDER BY 1`,
        [number],
      )
      return rows.map(({ text }) => text).join() === expected.join()
    },
    { what: expected.join() },
  )
}

describe('sessions as SDKs sent them', () => {
  const cases: [sequence: string, expected: Partial<Health>][] = [
    ['sentry-browser-11.12.0-session', { sessions: 1, errored: 1 }],
    ['sentry-browser-11.12.0-sessioncrash', { sessions: 1, errored: 1, unhandled: 1 }],
    ['sentry-browser-11.12.0-sessionroute', { sessions: 3, errored: 1 }],
    ['sentry-browser-7.38.0-session', { sessions: 2, errored: 1 }],
    ['sentry-browser-7.38.0-sessioncrash', { sessions: 1, errored: 1 }],
    ['sentry-java-6.18.1-session', { sessions: 1 }],
    ['sentry-java-6.18.1-session-errored', { sessions: 1, errored: 1 }],
    ['sentry-java-6.18.1-session-crashed', { sessions: 1, errored: 1, crashed: 1 }],
    ['sentry-java-8.62.0-session', { sessions: 1 }],
    ['sentry-java-8.62.0-session-errored', { sessions: 1, errored: 1 }],
    ['sentry-java-8.62.0-session-crashed', { sessions: 1, errored: 1, crashed: 1 }],
    ['sentry-node-11.12.0-httpsession', { sessions: 3, errored: 1, crashed: 1 }],
    ['sentry-node-11.12.0-session', { sessions: 1, errored: 1, users: 1 }],
    ['sentry-node-11.12.0-sessioncrash', { sessions: 1, errored: 1, crashed: 1, crashedUsers: 1 }],
    ['sentry-node-7.38.0-httpsession', { sessions: 3, errored: 1, crashed: 1 }],
    ['sentry-node-7.38.0-session', { sessions: 2, errored: 1 }],
    ['sentry-python-1.21.0-session', { sessions: 1, errored: 1 }],
    ['sentry-python-1.21.0-sessioncrash', { sessions: 1, errored: 1, crashed: 1 }],
    ['sentry-python-1.21.0-wsgisession', { sessions: 3, errored: 1, crashed: 1 }],
    ['sentry-python-2.75.0-session', { sessions: 1, errored: 1 }],
    ['sentry-python-2.75.0-sessioncrash', { sessions: 1, errored: 1, crashed: 1 }],
    ['sentry-python-2.75.0-wsgisession', { sessions: 3, errored: 1, crashed: 1 }],
    ['sentry-rust-0.31.0-session', { sessions: 1 }],
    ['sentry-rust-0.31.0-session-errored', { sessions: 1, errored: 1 }],
    ['sentry-rust-0.31.0-session-crashed', { sessions: 1, errored: 1, crashed: 1 }],
    ['sentry-rust-0.49.5-session', { sessions: 1 }],
    ['sentry-rust-0.49.5-session-errored', { sessions: 1, errored: 1 }],
    ['sentry-rust-0.49.5-session-crashed', { sessions: 1, errored: 1, crashed: 1 }],
  ]
  const nothing: Health = {
    ...{ sessions: 0, errored: 0, crashed: 0, abnormal: 0, unhandled: 0, users: 0, crashedUsers: 0 },
  }

  it.each(cases)('%s counts', async (sequence, expected) => {
    const files = listRecordings()
      .filter((name) => new RegExp(`^${sequence}-\\d\\d\\.http$`).test(name))
      .toSorted()
    expect(files.length).toBeGreaterThan(0)
    const before = await readHealth(server.project)
    // Each twice, as after an answer that was lost. Only counts by the minute cannot tell.
    const isSingle = !/(http|wsgi)session$/.test(sequence)
    for (const file of isSingle ? [...files, ...files.toReversed()] : files) {
      const { status } = await replayRecording(file, server.url)
      expect(status, file).toBe(200)
    }
    const after = await readHealth(server.project)
    const added = Object.fromEntries(
      Object.entries(after).map(([name, value]) => [name, value - before[name as keyof Health]]),
    )
    // All recordings are of one person, who counts once.
    const { users, crashedUsers, ...counts } = { ...nothing, ...expected }
    expect(added).toMatchObject(counts)
    expect(added['users']).toBeLessThanOrEqual(1)
    if (users > 0) expect(after.users).toBe(1)
    if (crashedUsers > 0) expect(after.crashedUsers).toBe(1)
  })
})

describe('a session', () => {
  it('is counted when it is answered 200, which has no id', async () => {
    const project = await server.seed.project().withClientKey()
    expect(await sendSession(project, { did: 'a', status: 'crashed' })).toEqual({})
    expect(await readHealth(project)).toMatchObject({ sessions: 1, crashed: 1, users: 1, crashedUsers: 1 })
  })

  it('is one of many in an envelope, beside an event and what is no session', async () => {
    const project = await server.seed.project().withClientKey()
    const event = makeEvent({ timestamp: NOW / 1000 })
    const aggregates = { aggregates: [{ started: iso(NOW), exited: 5, errored: 1, crashed: 2 }], attrs: ATTRS }
    const answer = await send(
      project,
      [
        item('session', makeSession()),
        item('session', '{"broken'),
        item('event', event),
        item('sessions', aggregates),
        item('session', makeSession({ status: 'abnormal' })),
        item('session', ''),
      ],
      { event_id: event.event_id },
    )
    expect(answer).toEqual({ id: event.event_id })
    expect(await readHealth(project)).toMatchObject({ sessions: 10, errored: 4, crashed: 2, abnormal: 1 })
    await waitForOutcomes(project, ['accepted 3', 'dropped invalid 2'])
  })

  it('that is updated counts once, whatever comes late or twice', async () => {
    const project = await server.seed.project().withClientKey()
    const sid = makeSid()
    const dashed = sid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toUpperCase()
    const updates = [
      { sid, init: true },
      { sid: dashed, init: false, seq: 1, errors: 1 },
      { sid, init: false, seq: 2, status: 'crashed', errors: 1 },
      { sid: dashed, init: false, seq: 3, status: 'ok' },
    ]
    await Promise.all([...updates, ...updates.toReversed()].map((update) => sendSession(project, update)))
    expect(await readHealth(project)).toMatchObject({ sessions: 1, errored: 1, crashed: 1 })
  })

  it('without an id, or with one that is nil, is another each time', async () => {
    const project = await server.seed.project().withClientKey()
    for (const sid of [undefined, null, '0'.repeat(32), '00000000-0000-0000-0000-000000000000']) {
      await sendSession(project, { sid })
    }
    expect(await readHealth(project)).toMatchObject({ sessions: 4 })
  })

  it.each([
    ['older than five days', { started: iso(NOW - 5 * 86_400_000 - 1) }],
    ['of the future', { started: iso(NOW + 61_000) }],
    ['without a release', { attrs: { environment: 'production' } }],
    ['without a start', { started: null }],
  ])('%s is dropped, answered 200, and told', async (_, fields) => {
    const project = await server.seed.project().withClientKey()
    await sendSession(project, fields)
    expect(await readHealth(project)).toMatchObject({ sessions: 0 })
    await waitForOutcomes(project, ['dropped invalid 1'])
    const told = await until(async () => {
      const { rows } = await server.database.pool.query<{ message: string }>(
        'SELECT message FROM client_error WHERE project_id = $1',
        [project.number],
      )
      return rows[0]
    })
    expect(told.message).toMatch(/session/)
  })

  it('is put right by when its envelope was sent', async () => {
    const project = await server.seed.project().withClientKey()
    const behindMs = 7 * 86_400_000
    const fields = { started: iso(NOW - 5_000 - behindMs), timestamp: iso(NOW - behindMs) }
    await sendSession(project, fields, { sent_at: iso(NOW - behindMs) })
    await sendSession(project, fields, { sent_at: iso(NOW) })
    await sendSession(project, fields)
    expect(await readHealth(project)).toMatchObject({ sessions: 1 })
    await waitForOutcomes(project, ['accepted 1', 'dropped invalid 2'])
  })

  it('of an environment that cannot be is of none, of an address that cannot be too', async () => {
    const project = await server.seed.project().withClientKey()
    await sendSession(project, { attrs: { release: 'shop@1.4.2', environment: 'a/b', ip_address: '{{auto}}' } })
    await sendSession(project, { attrs: { release: 'shop@1.4.2', environment: null, ip_address: 'here' } })
    expect(await readHealth(project, 'shop@1.4.2', '')).toMatchObject({ sessions: 2 })
  })

  it('of a status that is not known is there', async () => {
    const project = await server.seed.project().withClientKey()
    await sendSession(project, { status: 'paused', did: '00000000-0000-0000-0000-000000000000' })
    expect(await readHealth(project)).toMatchObject({ sessions: 1, errored: 0, users: 0 })
  })

  it('may come compressed', async () => {
    const project = await server.seed.project().withClientKey()
    const body = gzipSync(`{}\n${item('session', makeSession())}\n`)
    const answer = await server.sendEnvelope(body, { 'Content-Encoding': 'gzip' }, project)
    expect(answer.status).toBe(200)
    expect(await readHealth(project)).toMatchObject({ sessions: 1 })
  })
})

describe('limits of sessions', () => {
  it('are a hundred items in an envelope and a hundred aggregates in an item', async () => {
    const project = await server.seed.project().withClientKey()
    const minute = { started: iso(NOW), exited: 1 }
    await send(
      project,
      Array.from({ length: 103 }, () => item('session', makeSession())),
    )
    expect(await readHealth(project)).toMatchObject({ sessions: 100 })
    await waitForOutcomes(project, ['accepted 100', 'dropped too_large 3'])
    await send(project, [item('sessions', { attrs: ATTRS, aggregates: Array.from({ length: 104 }, () => minute) })])
    expect(await readHealth(project)).toMatchObject({ sessions: 200 })
    await waitForOutcomes(project, ['accepted 200', 'dropped too_large 7'])
  })

  it('drop the aggregates of an item each for itself', async () => {
    const project = await server.seed.project().withClientKey()
    const old = { started: iso(NOW - 6 * 86_400_000), exited: 7 }
    await send(project, [item('sessions', { attrs: ATTRS, aggregates: [old, { started: iso(NOW), exited: 1 }, 5] })])
    await waitForOutcomes(project, ['accepted 1', 'dropped invalid 2'])
    await send(project, [item('sessions', { attrs: ATTRS, aggregates: [old, old] })])
    await waitForOutcomes(project, ['accepted 1', 'dropped invalid 4'])
    await send(project, [item('sessions', { attrs: ATTRS, aggregates: [] })])
    await waitForOutcomes(project, ['accepted 2', 'dropped invalid 4'])
    expect(await readHealth(project)).toMatchObject({ sessions: 1 })
  })

  it('drop an item that is too large alone', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, [item('session', makeSession({ extra: 'x'.repeat(200_000) })), item('session', makeSession())])
    expect(await readHealth(project)).toMatchObject({ sessions: 1 })
    await waitForOutcomes(project, ['accepted 1', 'dropped too_large 1'])
  })

  it('are not those of events: ten times as many a minute, and then dropped with 200', async () => {
    const project = await server.seed.project().withClientKey()
    for (let round = 0; round < 3; round += 1) {
      await send(
        project,
        Array.from({ length: 90 }, () => item('session', makeSession())),
      )
    }
    expect(await readHealth(project)).toMatchObject({ sessions: 250 })
    await waitForOutcomes(project, ['accepted 250', 'dropped rate_limited 20'])
    const { rows } = await server.database.pool.query(
      `SELECT 1 FROM outcome WHERE project_id = $1 AND category = 'error'`,
      [project.number],
    )
    expect(rows).toHaveLength(0)
  })
})
