// The batch writer alone, on a real database, where two "processes" and midnight can be had at will.

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { persistBatch, takeCommitted } from '../../server/ingest/persist-batch.ts'
import type { PreparedEvent } from '../../server/ingest/prepare-event.ts'
import { createRollUp } from '../../server/ingest/roll-up.ts'
import { copyTemplate } from '../support/copy-template.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const NOON = Date.parse('2026-11-20T12:00:00.000Z')

/** Two pools stand for two processes. */
let pools: pg.Pool[]
let projects = 0

beforeAll(async () => {
  const connection = await copyTemplate(inject('template'), `faultline_persist_${randomUUID()}`)
  pools = [0, 1].map(() => new pg.Pool({ ...connection, max: 4 }))
  await pools[0]!.query(`INSERT INTO project_group (name) VALUES ('test')`)
})

afterAll(() => Promise.all(pools.map((pool) => pool.end())))

async function createProject(pool = pools[0]!): Promise<number> {
  projects += 1
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO project (group_id, slug, name, tracking_enabled)
     SELECT id, $1, $1, true FROM project_group LIMIT 1 RETURNING id`,
    [`p${projects}`],
  )
  return rows[0]!.id
}

function makeEvent(projectId: number, overrides: Partial<PreparedEvent> = {}): PreparedEvent {
  return {
    projectId,
    eventId: randomUUID().replaceAll('-', ''),
    hash: 'a'.repeat(32),
    otherHash: null,
    groupingVersion: 1,
    receivedAtMs: NOON,
    timestampMs: NOON - 1_500,
    level: 'error',
    environment: 'production',
    release: '1.0.0',
    platform: 'node',
    title: 'TypeError: x is undefined',
    culprit: 'checkout',
    exceptionType: 'TypeError',
    exceptionValue: 'x is undefined',
    userHash: '42',
    tags: JSON.stringify([['level', 'error']]),
    bytes: 2,
    isRepeat: false,
    toJson: () => ({ own: '{}', shared: null }),
    ...overrides,
  }
}

function fail(error: unknown): never {
  throw error
}

/** The same database, where as many transactions as there are codes fail when they begin. */
function failOnBegin(pool: pg.Pool, codes: string[]): pg.Pool {
  const left = [...codes]
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect()
    const query = (...parameters: unknown[]): unknown => {
      const code = parameters[0] === 'BEGIN' ? left.shift() : undefined
      if (code !== undefined) return Promise.reject(Object.assign(new Error('as asked'), { code, severity: 'ERROR' }))
      return (client.query as (...given: unknown[]) => unknown).apply(client, parameters)
    }
    return new Proxy(client, { get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)) })
  }
  return new Proxy(pool, { get: (target, name) => (name === 'connect' ? connect : Reflect.get(target, name, target)) })
}

async function readIssues(projectId: number) {
  const { rows } = await pools[0]!.query(
    `SELECT id, status, regressed, event_count::int AS events, user_count::int AS users, first_seen_at, last_seen_at,
            first_release, last_release, replace(latest_event_id::text, '-', '') AS latest, level
     FROM issue WHERE project_id = $1 ORDER BY id`,
    [projectId],
  )
  return rows
}

describe('persistBatch', () => {
  it('looks each issue up by its key in a project that PostgreSQL has not counted yet', async () => {
    const connection = await copyTemplate(inject('template'), `faultline_uncounted_${randomUUID()}`)
    const pool = new pg.Pool({ ...connection, max: 1 })
    const readFetched = async (): Promise<number> => {
      await pool.query('SELECT pg_stat_force_next_flush()')
      const { rows } = await pool.query<{ fetched: number }>(
        `SELECT idx_tup_fetch::int + seq_tup_read::int AS fetched FROM pg_stat_user_tables WHERE relname = 'issue'`,
      )
      return rows[0]!.fetched
    }
    try {
      await pool.query(`INSERT INTO project_group (name) VALUES ('test')`)
      const projectId = await createProject(pool)
      const makeBatch = (): PreparedEvent[] =>
        Array.from({ length: 100 }, (_, index) => makeEvent(projectId, { hash: String(index).padStart(32, '0') }))
      await persistBatch(pool, makeBatch())
      const before = await readFetched()
      await persistBatch(pool, makeBatch())
      // To lock an issue, to lock its newest version where that is another, and to count.
      expect((await readFetched()) - before).toBeLessThanOrEqual(300)
    } finally {
      await pool.end()
    }
  })

  it('makes an issue of the first event, and counts the next ones', async () => {
    const projectId = await createProject()
    const first = makeEvent(projectId, { release: '1.0.0' })
    const last = makeEvent(projectId, {
      receivedAtMs: NOON + 5,
      timestampMs: NOON + 2,
      release: '1.1.0',
      level: 'fatal',
      userHash: '-43',
    })
    const results = await persistBatch(pools[0]!, [first, makeEvent(projectId, { userHash: null }), last])
    expect(results.map(({ fate, issueId, change, day }) => [fate, issueId, change, day])).toEqual([
      ['stored', 1, 'CREATED', '2026-11-20'],
      ['stored', 1, 'CREATED', '2026-11-20'],
      ['stored', 1, 'CREATED', '2026-11-20'],
    ])
    expect(await readIssues(projectId)).toEqual([
      {
        id: 1,
        status: 'UNRESOLVED',
        regressed: false,
        events: 3,
        users: 2,
        first_seen_at: new Date(NOON - 1_500),
        last_seen_at: new Date(NOON + 2),
        first_release: '1.0.0',
        last_release: '1.1.0',
        latest: last.eventId,
        level: 'fatal',
      },
    ])
    const again = await persistBatch(pools[0]!, [makeEvent(projectId, { receivedAtMs: NOON + 6 })])
    expect(again).toMatchObject([{ fate: 'stored', issueId: 1, change: 'UPDATED' }])
  })

  it('stores and counts the same event once: in one batch, in a later one, and a day later', async () => {
    const projectId = await createProject()
    const event = makeEvent(projectId)
    expect((await persistBatch(pools[0]!, [event, event])).map(({ fate }) => fate)).toEqual(['stored', 'duplicate'])
    expect(await persistBatch(pools[1]!, [event])).toMatchObject([{ fate: 'duplicate', issueId: 1 }])
    const nextDay = { ...event, receivedAtMs: NOON + DAY_MS - 60_000 }
    expect(await persistBatch(pools[0]!, [nextDay])).toMatchObject([{ fate: 'duplicate', issueId: 1 }])
    expect(await readIssues(projectId)).toMatchObject([{ events: 1, users: 1 }])
  })

  it('counts repeats without storing them, exactly, and leaves the issue at an event that is there', async () => {
    const projectId = await createProject()
    const first = makeEvent(projectId, { userHash: '1' })
    await persistBatch(pools[0]!, [first])
    const repeats = Array.from({ length: 20 }, (_, index) =>
      makeEvent(projectId, {
        isRepeat: true,
        userHash: String(index % 4),
        receivedAtMs: NOON + index,
        timestampMs: NOON + index,
        release: '2.0.0',
      }),
    )
    const results = await persistBatch(pools[0]!, [...repeats, repeats[0]!])
    expect(results.map(({ fate }) => fate)).toEqual([...repeats.map(() => 'sampled'), 'duplicate'])
    expect(await readIssues(projectId)).toMatchObject([
      { events: 21, users: 4, latest: first.eventId, last_seen_at: new Date(NOON + 19), last_release: '2.0.0' },
    ])
    await createRollUp(pools[0]!, fail).run()
    const { rows } = await pools[0]!.query(
      `SELECT (SELECT count(*)::int FROM event WHERE project_id = $1) AS stored,
              (SELECT sum(count)::int FROM issue_hour WHERE project_id = $1) AS hours,
              (SELECT sum(count)::int FROM issue_tag WHERE project_id = $1) AS tags,
              (SELECT json_object_agg(outcome, quantity) FROM outcome WHERE project_id = $1) AS outcomes`,
      [projectId],
    )
    expect(rows).toEqual([{ stored: 1, hours: 21, tags: 21, outcomes: { accepted: 1, sampled: 20 } }])
  })

  it.each([
    ['is tried again', ['40P01']],
    ['fails, and is written in halves', ['XX000']],
  ])('counts what was only counted once, when the rest of its batch %s', async (_what, codes) => {
    const projectId = await createProject()
    await persistBatch(pools[0]!, [makeEvent(projectId)])
    const repeats = [1, 2, 3].map(() => makeEvent(projectId, { isRepeat: true }))
    const novel = makeEvent(projectId, { hash: 'b'.repeat(32) })
    const batch = [...repeats, novel]
    const pool = failOnBegin(pools[0]!, codes)
    const results = await persistBatch(pool, batch).catch(async (error: unknown) => {
      expect(error).toMatchObject({ code: codes[0] })
      return [...(await persistBatch(pool, batch.slice(0, 2))), ...(await persistBatch(pool, batch.slice(2)))]
    })
    expect(results.map(({ fate }) => fate)).toEqual(['sampled', 'sampled', 'sampled', 'stored'])
    expect(await readIssues(projectId)).toMatchObject([{ events: 4 }, { events: 1 }])
  })

  it('tells what was committed of a batch whose other part met an outage', async () => {
    const projectId = await createProject()
    await persistBatch(pools[0]!, [makeEvent(projectId)])
    const repeat = makeEvent(projectId, { isRepeat: true })
    const novel = makeEvent(projectId, { hash: 'b'.repeat(32) })
    await expect(persistBatch(failOnBegin(pools[0]!, ['57P01']), [repeat, novel])).rejects.toMatchObject({
      code: '57P01',
    })
    expect(takeCommitted(repeat)).toMatchObject({ fate: 'sampled' })
    expect([takeCommitted(repeat), takeCommitted(novel)]).toEqual([undefined, undefined])
    expect(await readIssues(projectId)).toMatchObject([{ events: 2 }])
  })

  it('does not count a repeat that is stored already', async () => {
    const projectId = await createProject()
    const event = makeEvent(projectId)
    await persistBatch(pools[0]!, [event])
    expect(await persistBatch(pools[0]!, [{ ...event, isRepeat: true }])).toMatchObject([{ fate: 'duplicate' }])
    expect(await readIssues(projectId)).toMatchObject([{ events: 1 }])
  })

  it('stores what was taken for a repeat when its issue is new, or was resolved', async () => {
    const projectId = await createProject()
    const asRepeat = () => makeEvent(projectId, { isRepeat: true })
    expect(await persistBatch(pools[0]!, [asRepeat()])).toMatchObject([{ fate: 'stored', change: 'CREATED' }])
    await pools[0]!.query(`UPDATE issue SET status = 'RESOLVED' WHERE project_id = $1`, [projectId])
    expect(await persistBatch(pools[0]!, [asRepeat()])).toMatchObject([{ fate: 'stored', change: 'REGRESSED' }])
    expect(await persistBatch(pools[0]!, [asRepeat()])).toMatchObject([{ fate: 'sampled', change: 'UPDATED' }])
  })

  it('keeps one event id in two projects apart', async () => {
    const [one, two] = [await createProject(), await createProject()]
    const event = makeEvent(one)
    const results = await persistBatch(pools[0]!, [event, { ...event, projectId: two }])
    expect(results.map(({ fate }) => fate)).toEqual(['stored', 'stored'])
  })

  it('writes a batch that spans midnight into both days, making the partitions that are missing', async () => {
    const projectId = await createProject()
    const midnight = Date.parse('2031-01-01T00:00:00.000Z')
    const events = [
      makeEvent(projectId, { receivedAtMs: midnight - 1 }),
      makeEvent(projectId, { receivedAtMs: midnight }),
    ]
    expect((await persistBatch(pools[0]!, events)).map(({ day }) => day)).toEqual(['2030-12-31', '2031-01-01'])
    expect(await readIssues(projectId)).toMatchObject([{ events: 2, latest: events[1]!.eventId }])
  })

  it('reopens a resolved issue as regressed, once, and leaves an ignored one ignored', async () => {
    const projectId = await createProject()
    await persistBatch(pools[0]!, [makeEvent(projectId), makeEvent(projectId, { hash: 'b'.repeat(32) })])
    await pools[0]!.query(
      `UPDATE issue SET status = CASE id WHEN 1 THEN 'RESOLVED' ELSE 'IGNORED' END::issue_status WHERE project_id = $1`,
      [projectId],
    )
    const both = () => [makeEvent(projectId), makeEvent(projectId, { hash: 'b'.repeat(32) })]
    expect((await persistBatch(pools[0]!, both())).map(({ change }) => change)).toEqual(['REGRESSED', 'UPDATED'])
    expect((await persistBatch(pools[0]!, both())).map(({ change }) => change)).toEqual(['UPDATED', 'UPDATED'])
    expect(await readIssues(projectId)).toMatchObject([
      { status: 'UNRESOLVED', regressed: true },
      { status: 'IGNORED', regressed: false },
    ])
  })

  describe('of an event with two hashes', () => {
    const [a, b, c, s, t] = 'abcde'.split('').map((digit) => digit.repeat(32)) as [
      string,
      string,
      string,
      string,
      string,
    ]
    const write = async (projectId: number, ...pairs: [hash: string, otherHash: string | null][]) => {
      const events = pairs.map(([hash, otherHash]) => makeEvent(projectId, { hash, otherHash }))
      return (await persistBatch(pools[0]!, events)).map(({ issueId, change }) => `${issueId} ${change}`)
    }

    it('joins the issue that has either, the first one first, and gives it the rest', async () => {
      const projectId = await createProject()
      expect(await write(projectId, [a, s])).toEqual(['1 CREATED'])
      expect(await write(projectId, [b, s])).toEqual(['1 UPDATED'])
      expect(await write(projectId, [b, null], [s, null], [c, null])).toEqual(['1 UPDATED', '1 UPDATED', '2 CREATED'])
      // The first hash decides, and what it brings along belongs to its issue from then on.
      expect(await write(projectId, [c, s], [c, t])).toEqual(['2 UPDATED', '2 UPDATED'])
      expect(await write(projectId, [t, null])).toEqual(['2 UPDATED'])
      expect(await readIssues(projectId)).toMatchObject([{ events: 4 }, { events: 4 }])
    })

    it('makes one issue of a batch whose events share only their other hash', async () => {
      const projectId = await createProject()
      expect(await write(projectId, [a, s], [b, s], [c, b], [t, null])).toEqual([
        '1 CREATED',
        '1 CREATED',
        '1 CREATED',
        '2 CREATED',
      ])
      expect(await write(projectId, [c, null])).toEqual(['1 UPDATED'])
    })

    it('gives an issue so many hashes and no more', async () => {
      const projectId = await createProject()
      const others = Array.from({ length: 300 }, (_, index) => index.toString(16).padStart(32, '0'))
      for (const other of others) await write(projectId, [a, other])
      const { rows } = await pools[0]!.query('SELECT count(*)::int AS hashes FROM issue_hash WHERE project_id = $1', [
        projectId,
      ])
      expect(rows).toEqual([{ hashes: 200 }])
    })
  })

  it('counts exactly when two processes write the same new issues at once', async () => {
    const projectId = await createProject()
    const hashes = Array.from({ length: 12 }, (_unused, index) => index.toString(16).padStart(32, '0'))
    const writes = Array.from({ length: 40 }, (_unused, index) =>
      persistBatch(
        pools[index % 2]!,
        Array.from({ length: 25 }, (_event, position) =>
          makeEvent(projectId, {
            hash: hashes[(index * 7 + position) % 12]!,
            userHash: String((index * position) % 17),
          }),
        ),
      ),
    )
    const results = (await Promise.all(writes)).flat()
    expect(results.every(({ fate }) => fate === 'stored')).toBe(true)
    const { rows } = await pools[0]!.query(
      `SELECT count(*)::int AS issues, sum(event_count)::int AS events,
              (SELECT count(*)::int FROM event WHERE project_id = $1) AS stored,
              (SELECT sum(count)::int FROM issue_hour WHERE project_id = $1) AS hours,
              sum(user_count)::int - (SELECT count(*)::int FROM issue_user WHERE project_id = $1) AS users_off,
              (SELECT count(*)::int FROM issue i WHERE i.project_id = $1 AND i.event_count <> (
                SELECT count(*) FROM event e WHERE e.project_id = $1 AND e.issue_id = i.id)) AS miscounted
       FROM issue WHERE project_id = $1`,
      [projectId],
    )
    expect(rows).toEqual([{ issues: 12, events: 1_000, stored: 1_000, hours: 1_000, users_off: 0, miscounted: 0 }])
  })

  it('writes nothing of an event that PostgreSQL refuses, and says so', async () => {
    const projectId = await createProject()
    await expect(persistBatch(pools[0]!, [makeEvent(projectId, { level: 'worse' as 'error' })])).rejects.toThrow(
      /invalid input value for enum/,
    )
    expect(await readIssues(projectId)).toEqual([])
    expect(await persistBatch(pools[0]!, [makeEvent(projectId)])).toMatchObject([{ fate: 'stored' }])
  })
})

describe('createRollUp', () => {
  async function readTags(projectId: number) {
    const { rows } = await pools[0]!.query<{ key: string; values: number; count: number; other: number | null }>(
      `SELECT key, count(*)::int AS values, sum(count)::int AS count, max(count) FILTER (WHERE value = '')::int AS other
       FROM issue_tag WHERE project_id = $1 GROUP BY key ORDER BY key`,
      [projectId],
    )
    return rows
  }

  it('adds tags and accepted events up exactly, from two processes at once', async () => {
    const projectId = await createProject()
    const rollUps = pools.map((pool) => createRollUp(pool, (error) => expect.unreachable(String(error))))
    const tags = (index: number) =>
      JSON.stringify([
        ['level', 'error'],
        ['browser', `b${index % 3}`],
      ])
    await Promise.all(
      Array.from({ length: 30 }, async (_unused, index) => {
        await persistBatch(pools[index % 2]!, [
          makeEvent(projectId, { tags: tags(index) }),
          makeEvent(projectId, { tags: tags(index) }),
        ])
        await rollUps[index % 2]!.run()
      }),
    )
    await Promise.all(rollUps.map((rollUp) => rollUp.stop()))
    expect(await readTags(projectId)).toEqual([
      { key: 'browser', values: 3, count: 60, other: null },
      { key: 'level', values: 1, count: 60, other: null },
    ])
    const { rows } = await pools[0]!.query(
      `SELECT outcome, reason, category, sum(quantity)::int AS quantity FROM outcome WHERE project_id = $1 GROUP BY 1, 2, 3`,
      [projectId],
    )
    expect(rows).toEqual([{ outcome: 'accepted', reason: '', category: 'error', quantity: 60 }])
  })

  it('keeps 1,000 values of a key, and counts the rest as one', async () => {
    const projectId = await createProject()
    const rollUp = createRollUp(pools[0]!, (error) => expect.unreachable(String(error)))
    for (const from of [0, 700]) {
      const events = Array.from({ length: 700 }, (_unused, index) =>
        makeEvent(projectId, { tags: JSON.stringify([['url', `/orders/${from + index}`]]) }),
      )
      await persistBatch(pools[0]!, events)
      await rollUp.run()
    }
    await persistBatch(pools[0]!, [
      makeEvent(projectId, {
        tags: JSON.stringify([
          ['url', '/orders/0'],
          ['x', 'y'],
        ]),
      }),
    ])
    await rollUp.stop()
    expect(await readTags(projectId)).toEqual([
      { key: 'url', values: 1_001, count: 1_401, other: 400 },
      { key: 'x', values: 1, count: 1, other: null },
    ])
  })
})
