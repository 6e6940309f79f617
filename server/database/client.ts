// One pool of connections for everything that asks the database: Prisma, and the hot paths that write SQL themselves.
// What durability and times rest on is set in every session, because a server of somebody else's may be set otherwise.

import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Logger } from '../log.ts'
import type { DatabaseConnection } from './connection.ts'
import { PrismaClient } from './generated/client.ts'

export interface Database {
  pool: pg.Pool
  prisma: PrismaClient
  connection: DatabaseConnection
  close(): Promise<void>
}

export interface DatabaseOptions {
  connectionsMax?: number
  statementMaxMs?: number
}

const CONNECT_MAX_MS = 10_000
/** A connection keeps a plan for every statement that it has prepared, and there is one for each day. */
const CONNECTION_MAX_SECONDS = 6 * 60 * 60

/** Connects when it is first asked, so that it is no mistake to open what is not up yet. */
export function openDatabase(connection: DatabaseConnection, log: Logger, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    ...connection,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: CONNECT_MAX_MS,
    maxLifetimeSeconds: CONNECTION_MAX_SECONDS,
    application_name: 'faultline',
    onConnect: async (client) => {
      await client.query(
        `SET synchronous_commit = on; SET timezone = 'UTC'; SET statement_timeout = ${options.statementMaxMs ?? 30_000}`,
      )
    },
  })
  // A connection that breaks while it is idle is replaced; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ reason: error.message }, 'A connection to the database was lost'))
  pool.on('connect', (client) => client.on('error', () => undefined))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    pool,
    prisma,
    connection,
    close: async () => {
      await prisma.$disconnect()
      // The pool is done before its connections are: that the database ends them is no loss by then.
      pool.removeAllListeners('error').on('error', () => undefined)
      await pool.end()
    },
  }
}
