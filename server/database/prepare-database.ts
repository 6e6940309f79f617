// A database that is up and has this program's schema: the embedded one, or the one that the operator has.

import { databaseWentAway } from '../errors.ts'
import type { Logger } from '../log.ts'
import { openDatabase, type Database } from './client.ts'
import type { DatabaseConnection } from './connection.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { isDatabaseAway } from './is-database-away.ts'
import { migrateDatabase } from './migrate.ts'

export interface PreparedDatabase {
  database: Database
  /** Whether other processes may use it, too. */
  isShared: boolean
}

export interface DatabasePlace {
  /** null: the embedded one. */
  connection: DatabaseConnection | null
  /** Of the embedded one; absolute, and there. */
  dataFolder: string
}

/** @param addStop is told how to stop what was started, step by step. @throws StartError */
export async function prepareDatabase(
  { connection, dataFolder }: DatabasePlace,
  addStop: (stopPart: () => unknown) => void,
  log: Logger,
): Promise<PreparedDatabase> {
  const place = connection ?? (await startEmbedded(dataFolder, addStop, log))
  await migrateDatabase(place, log).catch((error: Error) => {
    // The embedded one did answer: that it cannot be opened any more says that it ended, and not that its place is wrong.
    throw connection === null && isDatabaseAway(error.cause) ? databaseWentAway(error) : error
  })
  const database = openDatabase(place, log)
  addStop(() => database.close())
  return { database, isShared: connection !== null }
}

async function startEmbedded(dataFolder: string, addStop: (stopPart: () => unknown) => void, log: Logger) {
  const embedded = await startEmbeddedPostgres(dataFolder, log)
  addStop(() => embedded.stop())
  return embedded.connection
}
