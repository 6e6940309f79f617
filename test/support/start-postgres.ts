// One PostgreSQL for a whole test run, the embedded one, with one database that has the schema and nothing else. Every
// test server gets a copy of that: 40 ms instead of a second for migrations. TEST_DATABASE_URL puts another server in
// its place, which must let us create databases.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { parseDatabaseUrl } from '../../server/database/connection.ts'
import type { DatabaseConnection } from '../../server/database/connection.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded-postgres.ts'
import { migrateDatabase } from '../../server/database/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Leads to the database that is to be copied, which nobody may connect to. */
    template: DatabaseConnection
  }
}

export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const log = pino({ level: 'warn' })
  const { connection, stop } = await openServer(log)
  const template = { ...connection, database: `faultline_template_${process.pid}_${project.name}` }
  await execute(connection, `CREATE DATABASE "${template.database}"`)
  await migrateDatabase(template, log)
  project.provide('template', template)
  return async () => {
    await execute(connection, `DROP DATABASE "${template.database}" WITH (FORCE)`)
    await stop()
  }
}

async function openServer(log: pino.Logger) {
  const url = process.env.TEST_DATABASE_URL
  if (url !== undefined) return { connection: parseDatabaseUrl(url), stop: async () => undefined }
  const folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))
  // Else root's PostgreSQL, which runs as another user, could not come in, and would leave its files elsewhere.
  chmodSync(folder, 0o711)
  const postgres = await startEmbeddedPostgres(folder, log)
  return {
    connection: postgres.connection,
    stop: async () => {
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function execute(connection: DatabaseConnection, sql: string): Promise<void> {
  const client = new pg.Client({ ...connection })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
