// The writer of sessions alone, on a real database: what each update adds, whatever the order and whoever else writes.

import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createKnownPeople } from '../../server/ingest/known-people.ts'
import type { SessionItem } from '../../server/ingest/merge-sessions.ts'
import { persistSessions, type SessionStore } from '../../server/ingest/persist-sessions.ts'
import type { SessionAggregate, SessionUpdate } from '../../server/ingest/read-session.ts'
import { createReleaseNames, NAMES_PER_HOUR_MAX, type ReleaseNames } from '../../server/ingest/release-names.ts'
import { ABNORMAL, CRASHED, ERRORED, EXITED, STARTED, UNHANDLED } from '../../server/ingest/session-state.ts'
import { copyTemplate } from '../support/copy-template.ts'

const HOUR_MS = 3_600_000
const NOON = Date.parse('2026-11-20T12:00:00.000Z')

/** Two pools stand for two processes. */
let pools: pg.Pool[]
let names: ReleaseNames[]
let stores: SessionStore[]
let projects = 0
let nowMs = NOON

beforeAll(async () => {
  const connection = await copyTemplate(inject('template'), `faultline_sessions_${randomUUID()}`)
  pools = [0, 1].map(() => new pg.Pool({ ...connection, max: 4 }))
  names = pools.map((pool) => createReleaseNames(pool, () => nowMs))
  stores = pools.map((pool, index) => ({ pool, releaseNames: names[index]!, people: createKnownPeople() }))
})

afterAll(async () => {
  await Promise.all(names.map((each) => each.stop()))
  await Promise.all(pools.map((pool) => pool.end()))
})

const persist = (items: SessionItem[], process = 0) => persistSessions(stores[process]!, items)
const makeSid = () => randomBytes(16).toString('hex')
const makeProject = () => (projects += 1)

interface Fields extends Partial<SessionUpdate> {
  release?: string
  environment?: string | null
}

function session(
  projectId: number,
  { release = '1.0', environment = 'production', ...fields }: Fields = {},
): SessionItem {
  const startedMs = fields.startedMs ?? NOON
  return {
    projectId,
    release,
    environment,
    userAgent: null,
    update: {
      sid: makeSid(),
      startedOn: new Date(startedMs).toISOString().slice(0, 10),
      startedMs,
      atMs: startedMs + 1_000,
      state: STARTED,
      seq: 0,
      durationMs: null,
      isAnr: false,
      ...fields,
      user: fields.user ?? null,
    },
  }
}

function counted(projectId: number, fields: Partial<SessionAggregate>, release = '1.0'): SessionItem {
  const nothing = { exited: 0, errored: 0, crashed: 0, abnormal: 0, unhandled: 0 }
  return {
    projectId,
    release,
    environment: 'production',
    userAgent: null,
    aggregates: [{ startedMs: NOON, ...nothing, ...fields, user: fields.user ?? null }],
  }
}

interface Counts {
  [column: string]: number | string
}

const COLUMNS =
  'sessions errored crashed abnormal unhandled timed duration_ms users errored_users crashed_users abnormal_users anr_users'

/** Of all hours and releases, without the columns that are 0. */
async function sum(projectId: number, where = 'true'): Promise<Counts> {
  const columns = COLUMNS.split(' ').map((column) => `coalesce(sum(${column}), 0)::int AS ${column}`)
  const { rows } = await pools[0]!.query<Counts>(
    `SELECT ${columns.join(', ')} FROM release_hour JOIN release_health r USING (project_id)
     WHERE health_id = r.id AND project_id = $1 AND ${where}`,
    [projectId],
  )
  return Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([, value]) => value !== 0))
}

describe('a session', () => {
  it.each([
    ['that is open', STARTED, {}],
    ['with errors', STARTED | ERRORED, { errored: 1 }],
    ['that exited', STARTED | EXITED, { timed: 1, duration_ms: 700 }],
    ['that exited with errors', STARTED | EXITED | ERRORED, { errored: 1, timed: 1, duration_ms: 700 }],
    ['that crashed', STARTED | CRASHED | ERRORED, { errored: 1, crashed: 1 }],
    ['that ended abnormally', STARTED | ABNORMAL | ERRORED, { errored: 1, abnormal: 1 }],
    ['that ended unhandled', STARTED | UNHANDLED | ERRORED, { errored: 1, unhandled: 1 }],
  ])('%s counts the same with an id and without', async (_, state, expected) => {
    const durationMs = state & EXITED ? 700 : null
    for (const sid of [makeSid(), null]) {
      const project = makeProject()
      await persist([session(project, { sid, state, durationMs })])
      expect(await sum(project)).toEqual({ sessions: 1, ...expected })
    }
  })

  it('that is only updated does not count as started', async () => {
    const project = makeProject()
    await persist([session(project, { state: CRASHED | ERRORED })])
    expect(await sum(project)).toEqual({ errored: 1, crashed: 1 })
  })

  const steps: Fields[] = [
    { state: STARTED },
    { state: ERRORED, seq: 1 },
    { state: EXITED | ERRORED, seq: 2, durationMs: 400 },
    { state: EXITED | ERRORED, seq: 3, durationMs: 900 },
  ]
  const orders = [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [2, 0, 3, 1],
    [0, 3, 0, 3, 2, 1, 1],
  ]

  it.each(orders.map((order) => [order.join(' '), order] as const))(
    'counts once and as its last update says, in the order %s, in one batch and in many',
    async (_, order) => {
      for (const isOneBatch of [true, false]) {
        const project = makeProject()
        const sid = makeSid()
        const items = order.map((step) => session(project, { ...steps[step], sid }))
        if (isOneBatch) await persist(items)
        else for (const [index, item] of items.entries()) await persist([item], index % 2)
        expect(await sum(project)).toEqual({ sessions: 1, errored: 1, timed: 1, duration_ms: 900 })
      }
    },
  )

  it.each([
    ['a crash and then an exit', [CRASHED | ERRORED, EXITED], { errored: 1, crashed: 1 }],
    ['an exit and then a crash', [EXITED, CRASHED | ERRORED], { errored: 1, crashed: 1 }],
    ['an abnormal end, and then a crash', [ABNORMAL | ERRORED, CRASHED | ERRORED], { errored: 1, crashed: 1 }],
    ['an exit and then "ok"', [EXITED, 0], { timed: 1, duration_ms: 5 }],
    ['a crash and then "ok"', [CRASHED | ERRORED, 0], { errored: 1, crashed: 1 }],
    ['an unhandled end and then an exit', [UNHANDLED | ERRORED, EXITED], { errored: 1, unhandled: 1 }],
  ])('has one end: %s', async (_, states, expected) => {
    const project = makeProject()
    const sid = makeSid()
    await persist([session(project, { sid })])
    for (const [index, state] of states.entries()) {
      await persist([session(project, { sid, state, seq: index + 1, durationMs: state === EXITED ? 5 : null })])
    }
    expect(await sum(project)).toEqual({ sessions: 1, ...expected })
  })

  it('counts where it was seen first, whatever later updates say', async () => {
    const project = makeProject()
    const sid = makeSid()
    await persist([session(project, { sid, startedMs: NOON + HOUR_MS - 1 })])
    const moved = { sid, startedMs: NOON + HOUR_MS, release: '2.0', environment: null }
    await persist([session(project, { ...moved, state: CRASHED | ERRORED, seq: 1 })])
    expect(await sum(project, `version = '1.0' AND hour = '2026-11-20T12:00Z'`)).toEqual({
      sessions: 1,
      errored: 1,
      crashed: 1,
    })
    expect(await sum(project, `version = '2.0'`)).toEqual({})
    const { rows } = await pools[0]!.query(
      'SELECT environment, sessions::int, errored::int, crashed::int FROM environment_hour WHERE project_id = $1',
      [project],
    )
    expect(rows).toEqual([{ environment: 'production', sessions: 1, errored: 1, crashed: 1 }])
  })

  it('of one project is none of another with the same id', async () => {
    const [one, two] = [makeProject(), makeProject()]
    const sid = makeSid()
    await persist([session(one, { sid }), session(two, { sid })])
    expect([await sum(one), await sum(two)]).toEqual([{ sessions: 1 }, { sessions: 1 }])
  })

  it('is written on a day that has no partition yet', async () => {
    const project = makeProject()
    await persist([
      session(project, { startedMs: Date.parse('2031-01-31T23:59:59Z') }),
      session(project, { startedMs: Date.parse('2031-02-01T00:00:00Z') }),
    ])
    expect(await sum(project)).toEqual({ sessions: 2 })
  })

  it('that fails leaves nothing of its batch', async () => {
    const project = makeProject()
    const broken = session(project, { seq: Number.NaN })
    await expect(persist([session(project), counted(project, { exited: 5 }), broken])).rejects.toThrow(/out of range/)
    expect(await sum(project)).toEqual({})
  })
})

describe('aggregates', () => {
  it('add up, errors without the worse ends being among all errors', async () => {
    const project = makeProject()
    await persist([
      counted(project, { exited: 10, errored: 3, crashed: 2, abnormal: 1, unhandled: 4 }),
      counted(project, { exited: 1 }),
    ])
    await persist([counted(project, { crashed: 1 }), counted(project, {})], 1)
    expect(await sum(project)).toEqual({ sessions: 22, errored: 11, crashed: 3, abnormal: 1, unhandled: 4 })
  })

  it('count with single sessions in one row', async () => {
    const project = makeProject()
    await persist([counted(project, { exited: 2 }), session(project), session(project, { sid: null })])
    const { rows } = await pools[0]!.query('SELECT sessions::int FROM release_hour WHERE project_id = $1', [project])
    expect(rows).toEqual([{ sessions: 4 }])
  })
})

describe('people', () => {
  const people = (counts: Counts) =>
    Object.fromEntries(Object.entries(counts).filter(([name]) => name.includes('users')))

  it('count once each, and once for each bad end they had', async () => {
    const project = makeProject()
    await persist([
      session(project, { user: '1' }),
      session(project, { user: '1', state: STARTED | CRASHED | ERRORED }),
      session(project, { user: '1', state: STARTED | CRASHED | ERRORED }),
      session(project, { user: '2', state: STARTED | ERRORED }),
      session(project, { user: '3', state: STARTED | ABNORMAL | ERRORED }),
      session(project, { user: '4', state: STARTED | ABNORMAL | ERRORED, isAnr: true }),
      session(project, { user: null, state: STARTED | CRASHED | ERRORED }),
    ])
    await persist([session(project, { user: '2' }), counted(project, { user: '5', exited: 3, crashed: 1 })], 1)
    expect(people(await sum(project))).toEqual({
      users: 5,
      errored_users: 5,
      crashed_users: 2,
      abnormal_users: 2,
      anr_users: 1,
    })
  })

  it('are counted by release and environment', async () => {
    const project = makeProject()
    for (const [release, environment] of [
      ['1', 'a'],
      ['1', 'b'],
      ['2', 'a'],
      ['1', 'a'],
    ] as const) {
      await persist([session(project, { user: '1', release, environment })])
    }
    expect(await sum(project, `version = '1' AND environment = 'a'`)).toMatchObject({ users: 1, sessions: 2 })
    expect(await sum(project)).toMatchObject({ users: 3, sessions: 4 })
  })

  it('stand in the hour of their last session, so that any time up to now can be added up', async () => {
    const project = makeProject()
    const at = (hours: number, user: string, state = STARTED) =>
      session(project, { user, state, startedMs: NOON + hours * HOUR_MS })
    const crash = STARTED | CRASHED | ERRORED
    await persist([at(0, '1', crash), at(0, '2'), at(1, '1')])
    await persist([at(2, '1'), at(-3, '2', crash)], 1)
    const { rows } = await pools[0]!.query(
      `SELECT hour, users, crashed_users FROM release_hour WHERE project_id = $1 AND (users, crashed_users) <> (0, 0)
       ORDER BY hour`,
      [project],
    )
    expect(rows).toEqual([
      { hour: new Date(NOON - 3 * HOUR_MS), users: 0, crashed_users: 1 },
      { hour: new Date(NOON), users: 1, crashed_users: 1 },
      { hour: new Date(NOON + 2 * HOUR_MS), users: 1, crashed_users: 0 },
    ])
  })

  it('are counted up to a bound, and those that are known go on to be', async () => {
    const project = makeProject()
    await persist([session(project, { user: '1' })])
    await pools[0]!.query('UPDATE release_health SET user_rows = 1000000 WHERE project_id = $1', [project])
    await persist([
      session(project, { user: '2' }),
      session(project, { user: '1', startedMs: NOON + HOUR_MS, state: STARTED | ERRORED }),
    ])
    expect(await sum(project)).toEqual({ sessions: 3, errored: 1, users: 1 })
    expect(await sum(project, `hour = '2026-11-20T13:00Z'`)).toMatchObject({ users: 1 })
  })

  it('are known by a hash, which is a signed number', async () => {
    const project = makeProject()
    await persist([session(project, { user: 'a' }), session(project, { user: 'b' })])
    const { rows } = await pools[0]!.query('SELECT user_hash FROM release_user WHERE project_id = $1 ORDER BY 1', [
      project,
    ])
    expect(rows).toEqual([{ user_hash: '-7860083176248561684' }, { user_hash: '919145239626757800' }])
  })

  it('of a release are known to be so many', async () => {
    const project = makeProject()
    await persist([session(project, { user: '1' }), session(project, { user: '2', state: ERRORED })])
    await persist([session(project, { user: '1', startedMs: NOON + HOUR_MS }), session(project, { user: '3' })])
    const { rows } = await pools[0]!.query(
      'SELECT user_rows, (SELECT count(*)::int FROM release_user WHERE project_id = $1) AS count FROM release_health WHERE project_id = $1',
      [project],
    )
    expect(rows).toEqual([{ user_rows: 4, count: 4 }])
  })
})

describe('releases', () => {
  async function listNames(projectId: number): Promise<string[]> {
    const { rows } = await pools[0]!.query<{ name: string }>(
      `SELECT version || '/' || environment AS name FROM release_health WHERE project_id = $1 ORDER BY id`,
      [projectId],
    )
    return rows.map(({ name }) => name)
  }

  it('have the time of their first and last session', async () => {
    const project = makeProject()
    await persist([session(project, { startedMs: NOON, atMs: NOON + 5 })])
    await persist([session(project, { startedMs: NOON - 7, atMs: NOON - 6 })])
    await persist([session(project, { startedMs: NOON - 1, atMs: NOON + 9 })], 1)
    const { rows } = await pools[0]!.query(
      'SELECT first_seen_at, last_seen_at FROM release_health WHERE project_id = $1',
      [project],
    )
    expect(rows).toEqual([{ first_seen_at: new Date(NOON - 7), last_seen_at: new Date(NOON + 9) }])
  })

  it('are so many an hour; what is beyond counts together, what is known goes on', async () => {
    const project = makeProject()
    await persist([session(project, { release: 'known' })])
    const invented = (prefix: string) =>
      Array.from({ length: NAMES_PER_HOUR_MAX + 20 }, (_, index) =>
        session(project, { release: `${prefix}${index}`, environment: `e${index}` }),
      )
    await persist(invented('a'))
    await persist([...invented('b'), session(project, { release: 'known' })], 1)
    const list = await listNames(project)
    expect(list).toHaveLength(NAMES_PER_HOUR_MAX + 1)
    expect(list).toContain('/')
    expect(await sum(project, `version = ''`)).toEqual({ sessions: 21 + 220 })
    expect(await sum(project, `version = 'known'`)).toEqual({ sessions: 2 })
    expect(await sum(project)).toEqual({ sessions: 2 * 220 + 2 })
    const other = makeProject()
    await persist([session(other, { release: 'a1' })])
    expect(await listNames(other)).toEqual(['a1/production'])
    nowMs += HOUR_MS + 1
    await persist([session(project, { release: 'b219', environment: 'e219' })])
    expect((await listNames(project)).at(-1)).toBe('b219/e219')
  })

  it('that were deleted meanwhile are made again', async () => {
    const project = makeProject()
    await persist([session(project)])
    await pools[0]!.query('DELETE FROM release_health WHERE project_id = $1', [project])
    await pools[0]!.query('DELETE FROM release_hour WHERE project_id = $1', [project])
    await persist([session(project), counted(project, { exited: 3 })])
    expect(await sum(project)).toEqual({ sessions: 4 })
  })

  it('of events are known too, once', async () => {
    const project = makeProject()
    const own = createReleaseNames(pools[0]!, () => nowMs)
    for (let event = 0; event < 3; event += 1) own.note(project, '7.0', null, NOON + event)
    own.note(project, null, 'production', NOON)
    await own.stop()
    await persist([session(project, { release: '7.0', environment: null })])
    expect(await listNames(project)).toEqual(['7.0/'])
  })
})

describe('several processes at once', () => {
  it('count every session, person and end exactly, in whatever order', async () => {
    const project = makeProject()
    const other = makeProject()
    const all: SessionItem[] = []
    let crashes = 0
    for (let number = 0; number < 300; number += 1) {
      const sid = makeSid()
      // Some change their release, so that one session is written by those who hold another release.
      const of = (step: number): Fields => ({
        sid,
        release: number % 7 === 0 ? `r${step}` : `r${number % 3}`,
        startedMs: NOON + (number % 4) * HOUR_MS,
        user: String(number % 40),
      })
      const target = number % 5 === 0 ? other : project
      if (target === project && number % 2 === 0) crashes += 1
      all.push(session(target, { ...of(0), state: STARTED }))
      all.push(session(target, { ...of(1), state: ERRORED, seq: 1 }))
      all.push(
        session(target, {
          ...of(2),
          state: number % 2 === 0 ? CRASHED | ERRORED : EXITED,
          seq: 2,
          durationMs: number % 2 === 0 ? null : 10,
        }),
      )
      all.push(session(target, { ...of(0), state: STARTED }))
      if (target === project)
        all.push(counted(project, { exited: 2, crashed: 1, user: String(number % 40) }, `r${number % 3}`))
    }
    const shuffled = all
      .map((item) => ({ item, at: randomBytes(4).readUInt32BE() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item)
    const batches: SessionItem[][] = []
    for (let at = 0; at < shuffled.length; at += 12) batches.push(shuffled.slice(at, at + 12))
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (worker) => {
        for (let index = worker; index < batches.length; index += 6) await persist(batches[index]!, worker % 2)
      }),
    )
    const exits = 240 - crashes
    const counts = await sum(project)
    expect(counts).toMatchObject({
      sessions: 240 + 3 * 240,
      errored: 240 + 240,
      crashed: crashes + 240,
      timed: exits,
      duration_ms: exits * 10,
    })
    const { rows: people } = await pools[0]!.query(
      `SELECT sum(users)::int AS users, sum(errored_users)::int AS errored_users, sum(crashed_users)::int AS crashed_users
       FROM release_hour WHERE project_id = ANY ($1)
       UNION ALL
       SELECT count(*) FILTER (WHERE kind = 0)::int, count(*) FILTER (WHERE kind = 1)::int, count(*) FILTER (WHERE kind = 2)::int
       FROM release_user WHERE project_id = ANY ($1)
       UNION ALL
       SELECT sum(user_rows)::int, NULL, NULL FROM release_health WHERE project_id = ANY ($1)`,
      [[project, other]],
    )
    expect(people[0]).toEqual(people[1])
    const [kinds, , rows] = people as [Record<string, number>, unknown, Record<string, number>]
    expect(rows['users']).toBe((kinds['users'] ?? 0) + (kinds['errored_users'] ?? 0) + (kinds['crashed_users'] ?? 0))
    const { rows: totals } = await pools[0]!.query(
      'SELECT sum(sessions)::int AS sessions, sum(crashed)::int AS crashed FROM environment_hour WHERE project_id = $1',
      [project],
    )
    expect(totals).toEqual([{ sessions: counts['sessions'], crashed: counts['crashed'] }])
  })
})
