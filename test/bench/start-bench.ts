// What a bench runs on: PostgreSQL and Faultline as `npm start` runs them, on a folder of their own, without a limit of events.

import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../server/database/embedded-postgres.ts'
import { createLog } from '../../server/log.ts'
import { readParentPid, startFaultline, type RunningServer } from './processes.ts'

export const PUBLIC_KEY = '0123456789abcdef0123456789abcdef'

export interface Bench {
  pool: pg.Pool
  faultline: RunningServer
  /** Process id of PostgreSQL's first process; null where there is no /proc to read of it in. */
  postmaster: number | null
}

/** Runs `measure`, and whatever comes of it, leaves nothing behind. */
export async function runBench(measure: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'))
  chmodSync(folder, 0o711)
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    const postgres = await startEmbeddedPostgres(folder, createLog('warn'))
    stops.push(() => postgres.stop())
    const { user, password, host, port, database } = postgres.connection
    const pool = new pg.Pool({ user, password, host, port, database, max: 2 })
    // Connections that PostgreSQL's own end cuts off.
    pool.on('error', () => undefined)
    stops.push(() => pool.end())
    const faultline = await startFaultline({
      DATABASE_URL: `postgres://${user}:${password}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
      FAULTLINE_DATA: join(folder, 'data'),
      FAULTLINE_PROJECT: 'bench/shop',
      FAULTLINE_CLIENT_KEY: PUBLIC_KEY,
      FAULTLINE_EVENTS_PER_MINUTE: '0',
      LOG_LEVEL: 'warn',
    })
    stops.push(() => faultline.stop())
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const postmaster = existsSync('/proc') ? readParentPid(rows[0]?.pid as number) : null
    await measure({ pool, faultline, postmaster })
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}
