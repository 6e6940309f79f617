// The clock of the monitors: every ten seconds it looks which check-ins did not come in time, and which are in progress for
// too long, and lets issues know. One process of all that share a database does it.
//
// It never judges a time that nobody watched. When it has not run for a while (Faultline was stopped, or its database was
// away), check-ins may have been sent that reached nobody: then what was expected by now counts as neither come nor missed,
// and what was in progress is not waited for. So a restart brings no flood of misses, and a job that is truly gone is missed
// at the next time that it is due.

import type { Pool } from 'pg'
import type { MonitorFailure } from '../domain/monitor.ts'
import type { Logger } from '../log.ts'
import { judgeMissed, judgeTimeouts, passUnwatched, type JudgeOptions } from './judge-monitors.ts'
import { sendMonitorAlerts } from './send-monitor-alerts.ts'
import { withLock } from './with-lock.ts'

export interface MonitorClockOptions {
  pool: Pool
  /** Milliseconds since the epoch. */
  clock: () => number
  /** Stores an event once, however often it is asked. */
  reportFailure: (failure: MonitorFailure) => Promise<void>
  /** Resolves the issue with this hash, if there is one that is unresolved. */
  resolveIssue: (projectId: number, hash: string) => Promise<void>
  log: Logger
}

export interface MonitorClock {
  start(): void
  /** Looks once, now; or not at all when another process is at it. */
  tick(): Promise<void>
  /** Looks soon, since there is an alert. */
  nudge(): void
  /** Waits for the tick under way. */
  stop(): Promise<void>
}

const TICK_EVERY_MS = 10_000
/** Three ticks: after that, nobody watched. */
const UNWATCHED_AFTER_MS = 30_000
const LOCK_ID = 1_179_405_399
/** In the table `setting`. */
const LAST_TICK = 'monitor_clock'

export function createMonitorClock({
  pool,
  clock,
  reportFailure,
  resolveIssue,
  log,
}: MonitorClockOptions): MonitorClock {
  let timer: NodeJS.Timeout | null = null
  let ticking: Promise<void> | null = null
  let isNudged = false
  let isStopping = false

  async function look(): Promise<void> {
    const options: JudgeOptions = { pool, nowMs: clock(), isStopped: () => isStopping }
    const lastMs = await readLastTick(pool)
    if (lastMs === null || options.nowMs - lastMs > UNWATCHED_AFTER_MS) await passUnwatched(options)
    await judgeTimeouts(options)
    await judgeMissed(options)
    // The time at the end: however long it took, it was watched.
    await writeLastTick(pool, clock())
    await sendMonitorAlerts({ pool, reportFailure, resolveIssue, isStopped: options.isStopped })
  }

  async function lookWhileNudged(): Promise<void> {
    do {
      isNudged = false
      await withLock(pool, LOCK_ID, look)
    } while (isNudged && !isStopping)
  }

  function tick(): Promise<void> {
    ticking ??= lookWhileNudged()
      .catch((error: unknown) => log.warn({ err: error }, 'Monitors could not be looked at; the next tick tries again'))
      .finally(() => (ticking = null))
    return ticking
  }

  return {
    start() {
      timer = setInterval(() => void tick(), TICK_EVERY_MS).unref()
      void tick()
    },
    tick,
    nudge() {
      if (isStopping) return
      isNudged = true
      void tick()
    },
    async stop() {
      isStopping = true
      if (timer !== null) clearInterval(timer)
      await ticking
    },
  }
}

async function readLastTick(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ at_ms: number | null }>(
    `SELECT (value ->> 'atMs')::float8 AS at_ms FROM setting WHERE name = $1`,
    [LAST_TICK],
  )
  return rows[0]?.at_ms ?? null
}

async function writeLastTick(pool: Pool, atMs: number): Promise<void> {
  await pool.query(
    `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    [LAST_TICK, JSON.stringify({ atMs })],
  )
}
