// What happens by the clock. Every process has this clock; an advisory lock lets one of them do the round, so that any
// number may share a database. A job that fails is told, keeps no other from being done, and is done again at the next round.

import type { Pool } from 'pg'
import { isDatabaseAway } from '../database/is-database-away.ts'
import { linkPendingFeedback } from '../database/link-feedback.ts'
import { ensurePartitions, ensureSessionPartitions, formatDay } from '../database/partitions.ts'
import type { Purge } from '../database/purge.ts'
import type { Logger } from '../log.ts'
import { deleteExpiredSessions } from './delete-expired-sessions.ts'
import { deleteUnusedUploads } from './delete-unused-uploads.ts'
import { applyRetention } from './retention.ts'
import { withLock } from './with-lock.ts'

const PARTITIONS_AHEAD_DAYS = 8
/** Single sessions lie on the day on which they started: today's and, where a clock is wrong, its neighbours. */
const SESSION_DAYS = [-1, 0, 1]
const DAY_MS = 24 * 60 * 60 * 1000
const ROUND_EVERY_MS = 60 * 60 * 1000
const LOCK_ID = 1_179_405_398

export interface JobsOptions {
  pool: Pool
  purge: Pick<Purge, 'run'>
  retentionDays: number
  log: Logger
  /** Milliseconds since the epoch. */
  clock: () => number
}

export interface Jobs {
  /** Makes the partitions that events need now; everything else follows in the background. */
  start(): Promise<void>
  /** Does one round now, or nothing when another process is doing one. */
  runRound(): Promise<void>
  /** Waits for the round under way. */
  stop(): Promise<void>
}

export function createJobs({ pool, purge, retentionDays, log, clock }: JobsOptions): Jobs {
  let timer: NodeJS.Timeout | null = null
  let round: Promise<void> | null = null
  let isStopping = false

  async function makePartitions(): Promise<void> {
    await ensurePartitions(pool, clock(), PARTITIONS_AHEAD_DAYS)
    const sessionDays = SESSION_DAYS.map((offset) => formatDay(clock() + offset * DAY_MS))
    await ensureSessionPartitions(pool, sessionDays)
  }

  const isStopped = () => isStopping
  const steps = {
    partitions: makePartitions,
    feedback: () => linkPendingFeedback(pool, clock()),
    retention: () => applyRetention({ pool, retentionDays, nowMs: clock(), log, isStopped }),
    sessions: () => deleteExpiredSessions(pool),
    uploads: () => deleteUnusedUploads(pool, clock()),
    purge: () => purge.run(),
  }

  async function doRound(): Promise<void> {
    for (const [job, run] of Object.entries(steps)) {
      if (isStopping) return
      try {
        await run()
      } catch (error) {
        if (isDatabaseAway(error)) throw error
        log.error({ err: error, job }, 'a job could not be done; the next round tries again')
      }
    }
  }

  function runRound(): Promise<void> {
    round ??= withLock(pool, LOCK_ID, doRound)
      .catch((error: unknown) => log.error({ err: error }, 'the jobs could not be done; the next round tries again'))
      .finally(() => (round = null))
    return round
  }

  return {
    async start() {
      await makePartitions()
      timer = setInterval(() => void runRound(), ROUND_EVERY_MS).unref()
      void runRound()
    },
    runRound,
    async stop() {
      isStopping = true
      if (timer !== null) clearInterval(timer)
      await round
    },
  }
}
