// Brings a database to this program's schema, with Prisma's own engine and bookkeeping (`_prisma_migrations`), so that
// Prisma's other tools find what they expect. Processes that start together wait for each other. A database that is
// newer than the program is refused before anything is touched.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { databaseWentAway, StartError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { DatabaseConnection } from './connection.ts'
import { withSchemaEngine } from './schema-engine.ts'

const PRISMA_FOLDER = join(import.meta.dirname, '../../prisma')
const SERVER_VERSION_MIN = 150_000
/** Ours; the engine takes 72707369 itself, and would wait for us for ever if we held that. */
const LOCK_ID = 1_179_405_396

/** @throws StartError. */
export async function migrateDatabase(connection: DatabaseConnection, log: Logger): Promise<void> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 10_000 })
  client.on('error', (error) =>
    log.warn({ reason: error.message }, 'The connection that guards the migration was lost'),
  )
  await connect(client, connection)
  try {
    await checkServer(client)
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_ID])
    const migrations = readMigrations()
    const names = migrations.migrationDirectories.map((migration) => migration.path)
    const pending = await findPending(client, names)
    if (pending.length === 0) return
    log.info(`Bringing the database up to date: ${pending.join(', ')}`)
    await withSchemaEngine(connection, null, (engine) =>
      engine.applyMigrations({ migrationsList: migrations, filters: NO_FILTER }),
    )
  } catch (error) {
    if (error instanceof StartError) throw error
    // The engine has no name for it.
    const isThere = await client.query('SELECT 1').then(
      () => true,
      () => false,
    )
    throw isThere ? error : databaseWentAway(error)
  } finally {
    await client.end()
  }
}

/** @returns what would have to change in the database to match schema.prisma, for a person to read; null: nothing. */
export async function checkDrift(connection: DatabaseConnection): Promise<string | null> {
  const path = join(PRISMA_FOLDER, 'schema.prisma')
  const schema = { path, content: readFileSync(path, 'utf8') }
  return withSchemaEngine(connection, schema, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files: [schema], configDir: PRISMA_FOLDER },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: false,
      exitCode: true,
      filters: NO_FILTER,
    })
    return exitCode === 0 ? null : (stdout ?? 'The database differs from schema.prisma.')
  })
}

const NO_FILTER = { externalTables: [], externalEnums: [] }

async function connect(client: pg.Client, { user, host, port, database }: DatabaseConnection): Promise<void> {
  try {
    await client.connect()
  } catch (error) {
    // A host name with several addresses fails once for each, with an empty message of its own.
    const { message } = error instanceof AggregateError ? (error.errors[0] as Error) : (error as Error)
    throw new StartError(`The database ${database} at ${host}:${port} cannot be opened as ${user}: ${message}.`, {
      cause: error,
    })
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; name: string }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS name`,
  )
  if (Number(rows[0]?.number) < SERVER_VERSION_MIN) {
    throw new StartError(`The database is PostgreSQL ${rows[0]?.name}: Faultline needs PostgreSQL 15 or newer.`)
  }
}

function readMigrations(): MigrationList {
  const baseDir = join(PRISMA_FOLDER, 'migrations')
  const folders = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: readFileSync(join(baseDir, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: folders
      .map((folder) => folder.name)
      .sort()
      .map((name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok', value: readFileSync(join(baseDir, name, 'migration.sql'), 'utf8') },
        },
      })),
  }
}

async function findPending(client: pg.Client, known: readonly string[]): Promise<string[]> {
  const table = await client.query<{ there: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`)
  if (table.rows[0]?.there !== true) return [...known]
  const { rows } = await client.query<{ name: string; done: boolean }>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  )
  const unknown = rows.filter((row) => !known.includes(row.name)).map((row) => row.name)
  if (unknown.length > 0) {
    throw new StartError(
      `The database was written by a newer Faultline (it has the migration ${unknown.join(', ')}, which this one does not know): start that version, or restore a backup.`,
    )
  }
  // An earlier start was ended in the middle of it, and it has changed nothing: see MARK_FINISHED in schema-engine.ts.
  await client.query('DELETE FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL')
  return known.filter((name) => !rows.some((row) => row.done && row.name === name))
}
