// The database, for a command: that of a server which runs, or started for as long as the command takes.

import { existsSync } from 'node:fs'
import type { Config } from '../config.ts'
import { openDatabase, type Database } from '../database/client.ts'
import { findRunningPostgres } from '../database/embedded-postgres.ts'
import { prepareDatabase } from '../database/prepare-database.ts'
import { StartError } from '../errors.ts'
import type { Logger } from '../log.ts'

/** @param addStop is told how to stop what was started, step by step. @throws StartError */
export async function openDatabaseForCommand(
  config: Pick<Config, 'database' | 'dataFolder'>,
  addStop: (stop: () => unknown) => void,
  log: Logger,
): Promise<Database> {
  const { dataFolder } = config
  if (config.database === null && !existsSync(dataFolder)) {
    throw new StartError(`There is no data folder ${dataFolder}: start Faultline first, or set FAULTLINE_DATA.`)
  }
  const connection = config.database ?? (await findRunningPostgres(dataFolder, log))
  if (connection === null) return (await prepareDatabase({ connection, dataFolder }, addStop, log)).database
  // A server that runs has its own idea of the schema: it is not touched.
  const database = openDatabase(connection, log, { connectionsMax: 2 })
  addStop(() => database.close())
  const { rows } = await database.pool.query<{ there: boolean }>("SELECT to_regclass('app_user') IS NOT NULL AS there")
  if (rows[0]?.there !== true) throw new StartError('This database is empty: start Faultline with it first.')
  return database
}
