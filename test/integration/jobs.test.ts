import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { openDatabase, type Database } from '../../server/database/client.ts'
import {
  ensurePartitions,
  ensureSessionPartitions,
  listPartitionDays,
  listSessionPartitionDays,
} from '../../server/database/partitions.ts'
import { createPurge } from '../../server/database/purge.ts'
import { createJobs, type Jobs } from '../../server/jobs/jobs.ts'
import { copyTemplate } from '../support/copy-template.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })
const NOW = Date.parse('2026-11-22T15:00:00Z')

describe('jobs', () => {
  let database: Database
  let jobs: Jobs
  beforeEach(async () => {
    database = openDatabase(await copyTemplate(inject('template'), `faultline_jobs_${randomUUID()}`), log)
    jobs = createJobs({
      pool: database.pool,
      purge: createPurge({ pool: database.pool, log }),
      retentionDays: 30,
      log,
      clock: () => NOW,
    })
  })
  afterEach(async () => {
    await jobs.stop()
    await database.close()
  })

  async function count(
    table: 'event' | 'issue_hour' | 'outcome' | 'client_key_hour' | 'session' | 'release_user' | 'environment_hour',
  ): Promise<number> {
    const { rows } = await database.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)
    return rows[0]?.count ?? 0
  }

  it('make the partitions of today and of a week ahead before events come', async () => {
    await jobs.start()
    const days = await listPartitionDays(database.pool)
    expect(days[0]).toBe('2026-11-22')
    expect(days.at(-1)).toBe('2026-11-29')
    expect(days).toHaveLength(8)
  })

  it('make partitions at the same time as a writer that misses one', async () => {
    await Promise.all([1, 2, 3, 4].map(() => ensurePartitions(database.pool, NOW, 3)))
    expect(await listPartitionDays(database.pool)).toHaveLength(3)
  })

  it('drop the events of days beyond the retention, and keep the others', async () => {
    const insert = (day: string) =>
      database.pool.query(
        `INSERT INTO event (project_id, received_on, id, issue_id, received_at, timestamp, level, block_id, slot)
         VALUES (1, $1, gen_random_uuid(), 1, $1::date, $1::date, 'error', gen_random_uuid(), 0)`,
        [day],
      )
    for (const day of ['2026-10-22', '2026-10-23', '2026-11-22']) {
      await ensurePartitions(database.pool, Date.parse(day), 1)
      await insert(day)
    }
    await jobs.runRound()
    expect(await listPartitionDays(database.pool)).toContain('2026-10-23')
    expect(await listPartitionDays(database.pool)).not.toContain('2026-10-22')
    expect(await count('event')).toBe(2)
  })

  it('delete old hours and outcomes, however many they are', async () => {
    await database.pool.query(
      `INSERT INTO issue_hour (project_id, issue_id, hour, count)
       SELECT 1, n, '2026-10-01'::timestamptz, 1 FROM generate_series(1, 12000) n
       UNION ALL SELECT 1, n, '2026-11-20'::timestamptz, 1 FROM generate_series(1, 10) n`,
    )
    await database.pool.query(
      `INSERT INTO outcome (project_id, hour, outcome, reason, category, quantity)
       VALUES (1, '2026-10-01', 'accepted', '', 'error', 1), (1, '2026-11-20', 'accepted', '', 'error', 1)`,
    )
    await database.pool.query(`
      INSERT INTO project_group (id, name) VALUES (77, 'counted');
      INSERT INTO project (id, group_id, slug, name) VALUES (77, 77, 'counted', 'Counted');
      INSERT INTO client_key (id, project_id, public_key) VALUES (77, 77, 'counted');
      INSERT INTO client_key_hour (project_id, key_id, hour, events) VALUES (77, 77, '2026-10-01', 1), (77, 77, '2026-11-20', 1)`)
    await jobs.runRound()
    expect(await count('issue_hour')).toBe(10)
    expect(await count('outcome')).toBe(1)
    expect(await count('client_key_hour')).toBe(1)
  })

  it('drop single sessions when no update of them is taken any more', async () => {
    await ensureSessionPartitions(database.pool, ['2026-11-14', '2026-11-15', '2026-11-16'])
    await database.pool.query(
      `INSERT INTO client_session (project_id, started_on, sid, health_id, hour, state, seq)
       SELECT 1, day, gen_random_uuid(), 1, day, 1, 0 FROM unnest('{2026-11-14, 2026-11-15}'::date[]) AS day`,
    )
    await jobs.runRound()
    const days = await listSessionPartitionDays(database.pool)
    expect(days).toEqual(['2026-11-15', '2026-11-16', '2026-11-21', '2026-11-22', '2026-11-23'])
  })

  it('forget the hours, people and releases of long ago, and how many people they were', async () => {
    await database.pool.query(`
      INSERT INTO release_health (project_id, id, version, environment, first_seen_at, last_seen_at, user_rows, created_at)
      VALUES (1, 1, 'old', '', '2026-10-01', '2026-10-02', 6000, '2026-10-01'),
             (1, 2, 'both', '', '2026-10-01', '2026-11-20', 6001, '2026-10-01'),
             (1, 3, 'just made', '', '2026-11-22', 'epoch', 0, '2026-11-22');
      INSERT INTO release_user (project_id, health_id, kind, user_hash, hour)
      SELECT 1, health_id, 0, n, '2026-10-01' FROM generate_series(1, 6000) n, unnest('{1, 2}'::int[]) AS health_id
      UNION ALL VALUES (1, 2, 0, 0, '2026-11-20'::timestamptz);
      INSERT INTO environment_hour (project_id, environment, hour, sessions, errored, crashed, abnormal, unhandled)
      VALUES (1, '', '2026-10-01', 1, 0, 0, 0, 0), (1, '', '2026-11-20', 1, 0, 0, 0, 0)`)
    await jobs.runRound()
    const { rows } = await database.pool.query('SELECT version, user_rows FROM release_health ORDER BY id')
    expect(rows).toEqual([
      { version: 'both', user_rows: 1 },
      { version: 'just made', user_rows: 0 },
    ])
    expect([await count('release_user'), await count('environment_hour')]).toEqual([1, 1])
  })

  async function signIn(): Promise<void> {
    const { prisma } = database
    await prisma.user.create({ data: { id: 'u', name: '', email: 'a@example.com' } })
    await prisma.session.createMany({
      data: [
        { id: 'old', token: 'old', userId: 'u', expiresAt: new Date(Date.now() - 1_000) },
        { id: 'new', token: 'new', userId: 'u', expiresAt: new Date(Date.now() + 60_000) },
      ],
    })
  }

  it('forget the sign-ins that have expired', async () => {
    await signIn()
    await jobs.runRound()
    expect((await database.prisma.session.findMany()).map((session) => session.id)).toEqual(['new'])
  })

  it('do not wait for one that fails: while somebody reads events for long, all but their deletion is done', async () => {
    await signIn()
    await ensurePartitions(database.pool, Date.parse('2026-01-01'), 1)
    const reader = await database.pool.connect()
    await reader.query('BEGIN; LOCK TABLE event IN ACCESS SHARE MODE')
    await jobs.runRound()
    await reader.query('ROLLBACK')
    reader.release()
    expect(await listPartitionDays(database.pool)).toContain('2026-01-01')
    expect((await database.prisma.session.findMany()).map((session) => session.id)).toEqual(['new'])
  })

  it('are left to one process of many', async () => {
    const holder = await database.pool.connect()
    await holder.query('SELECT pg_advisory_lock(1179405398)')
    await ensurePartitions(database.pool, Date.parse('2026-01-01'), 1)
    await jobs.runRound()
    expect(await listPartitionDays(database.pool)).toEqual(['2026-01-01'])
    await holder.query('SELECT pg_advisory_unlock(1179405398)')
    holder.release()
    await jobs.runRound()
    expect(await listPartitionDays(database.pool)).not.toContain('2026-01-01')
  })

  it('make partitions while somebody reads or writes events for long', async () => {
    const writer = await database.pool.connect()
    await writer.query('BEGIN; LOCK TABLE event IN ROW EXCLUSIVE MODE')
    await jobs.start()
    expect(await listPartitionDays(database.pool)).toHaveLength(8)
    await writer.query('ROLLBACK')
    writer.release()
  })

  it('let the next round do what one could not', async () => {
    await ensurePartitions(database.pool, Date.parse('2026-01-01'), 1)
    const reader = await database.pool.connect()
    await reader.query('BEGIN; LOCK TABLE event IN ACCESS SHARE MODE')
    await jobs.runRound()
    expect(await listPartitionDays(database.pool)).toContain('2026-01-01')
    await reader.query('ROLLBACK')
    reader.release()
    await until(async () => {
      await jobs.runRound()
      return !(await listPartitionDays(database.pool)).includes('2026-01-01')
    })
  })
})
