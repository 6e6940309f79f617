import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { openDatabase } from '../../server/database/client.ts'
import type { DatabaseConnection } from '../../server/database/connection.ts'
import { checkDrift, migrateDatabase } from '../../server/database/migrate.ts'
import { ensurePartitions } from '../../server/database/partitions.ts'
import { copyTemplate } from '../support/copy-template.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

describe('migrateDatabase', () => {
  let connection: DatabaseConnection
  let client: pg.Client

  async function connectTo(database: DatabaseConnection): Promise<void> {
    connection = database
    client = new pg.Client(connection)
    await client.connect()
  }

  beforeEach(() => connectTo({ ...inject('template'), database: 'postgres' }))
  afterEach(() => client.end())

  async function useEmptyDatabase(): Promise<void> {
    const database = `faultline_migrate_${randomUUID()}`
    await client.query(`CREATE DATABASE "${database}"`)
    await client.end()
    await connectTo({ ...connection, database })
  }

  async function useMigratedDatabase(): Promise<void> {
    await client.end()
    await connectTo(await copyTemplate(inject('template'), `faultline_migrate_${randomUUID()}`))
  }

  async function listMigrations(): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations')
    return rows.map((row) => row.name)
  }

  it('makes the schema that schema.prisma describes, partitions or not', async () => {
    await useEmptyDatabase()
    await migrateDatabase(connection, log)
    expect(await checkDrift(connection)).toBeNull()
    const database = openDatabase(connection, log)
    await ensurePartitions(database.pool, Date.now(), 2)
    await database.close()
    expect(await checkDrift(connection)).toBeNull()
  })

  it('is done once by processes that start together', async () => {
    await useEmptyDatabase()
    await Promise.all([1, 2, 3].map(() => migrateDatabase(connection, log)))
    const names = await listMigrations()
    expect(names.length).toBeGreaterThan(0)
    expect(new Set(names).size).toBe(names.length)
  })

  it('changes nothing in a database that is up to date', async () => {
    await useMigratedDatabase()
    const before = await client.query('SELECT * FROM _prisma_migrations')
    await migrateDatabase(connection, log)
    expect((await client.query('SELECT * FROM _prisma_migrations')).rows).toEqual(before.rows)
  })

  it('refuses a database that a newer program has written, before it touches it', async () => {
    await useMigratedDatabase()
    const [first, ...others] = await listMigrations()
    await client.query(
      `UPDATE _prisma_migrations SET migration_name = '29990101000000_future' WHERE migration_name = $1`,
      [first],
    )
    await expect(migrateDatabase(connection, log)).rejects.toThrow(/newer Faultline.*29990101000000_future/)
    // With the first one missing it would have been applied otherwise.
    expect(new Set(await listMigrations())).toEqual(new Set([...others, '29990101000000_future']))
  })

  it('begins a migration anew that was ended in the middle, since it had changed nothing by then', async () => {
    await useEmptyDatabase()
    // Nobody can make a table of this name until it is known what becomes of ours.
    await client.query('BEGIN; CREATE TABLE issue ()')
    const interrupted = migrateDatabase(connection, log)
    interrupted.catch(() => undefined)
    const observer = new pg.Client(connection)
    await observer.connect()
    const ended = await until(async () => {
      const { rowCount } = await observer.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      return rowCount || null
    })
    expect(ended).toBe(1)
    await expect(interrupted).rejects.toThrow(/20261122000000_foundation/)
    await client.query('ROLLBACK')
    const { rows } = await observer.query('SELECT FROM _prisma_migrations WHERE finished_at IS NULL')
    expect(rows).toHaveLength(1)

    await migrateDatabase(connection, log)
    expect(await checkDrift(connection)).toBeNull()
    expect(await listMigrations()).toHaveLength(new Set(await listMigrations()).size)
    await observer.end()
  })

  it('writes down that a migration is finished together with what it changed', async () => {
    await useMigratedDatabase()
    const name = '20261126050000_former_slugs'
    // As it is for somebody who is killed right behind the last statement.
    await client.query(`
      CREATE FUNCTION keep_unfinished() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF new.applied_steps_count > 0 THEN RAISE 'killed'; END IF; RETURN new; END $$;
      CREATE TRIGGER killed BEFORE UPDATE ON _prisma_migrations FOR EACH ROW EXECUTE FUNCTION keep_unfinished();
      ALTER TABLE project DROP COLUMN former_slugs`)
    await client.query('DELETE FROM _prisma_migrations WHERE migration_name = $1', [name])
    await expect(migrateDatabase(connection, log)).rejects.toThrow(/killed/)
    expect(await listMigrations()).toContain(name)
    await migrateDatabase(connection, log)
    expect(await checkDrift(connection)).toBeNull()
  })

  it('says in one sentence why a database cannot be opened', async () => {
    const absent = { ...connection, database: 'no_such_database' }
    await expect(migrateDatabase(absent, log)).rejects.toThrow(
      /^The database no_such_database at .* cannot be opened as .*does not exist\.$/,
    )
    await expect(migrateDatabase({ ...connection, password: 'wrong' }, log)).rejects.toThrow(/password.*\.$/)
  })

  it('notices a database that differs from schema.prisma', async () => {
    await useMigratedDatabase()
    await client.query('ALTER TABLE project ADD COLUMN colour text')
    expect(await checkDrift(connection)).toContain('colour')
  })
})
