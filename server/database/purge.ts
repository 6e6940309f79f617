// What is left to delete of projects and issues that are gone already. Their rows go at once, in a transaction; the events,
// of which there may be millions, go in batches afterwards: at once in this process, and whatever that does not come to
// in the hourly round of the jobs. Rows of `pending_deletion` say what is to go. Such a row stays for a minute at least,
// since an event that was accepted just before may be written, and what it counts added up, a moment after.

import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Logger } from '../log.ts'
import { purgeIssueEvents } from './purge-issue-events.ts'

const BATCH_ROWS_MAX = 2_000
const BRIEFLY_MS = 3_000
const SETTLED_AFTER_SECONDS = 60
/** They outlive the project; the second one is what this works through. */
const KEPT_TABLES = ['audit_entry', 'pending_deletion']
/** An issue's rows there are deleted with the blocks and files that belong to them. */
const EVENT_TABLES = /^event(_\d{4}_\d\d_\d\d)?$/

export interface Purge {
  /** Works through all that is pending, what was added meanwhile too. Never throws. */
  run(): Promise<void>
  /** Waits for it some seconds, in which nearly everything goes, and leaves the rest to itself. */
  runBriefly(): Promise<void>
  /** Ends after the batch under way; what is pending then is so still at the next start. */
  stop(): Promise<void>
}

export function createPurge({ pool, log }: { pool: Pool; log: Pick<Logger, 'warn'> }): Purge {
  let running: Promise<void> | null = null
  let isAskedAgain = false
  let isStopping = false
  const isStopped = () => isStopping

  async function runAll(): Promise<void> {
    try {
      do {
        isAskedAgain = false
        await purgeAll(pool, isStopped)
      } while (isAskedAgain && !isStopping)
    } catch (error) {
      log.warn({ err: error }, 'what was deleted is not all gone yet; the next round goes on')
    } finally {
      running = null
    }
  }

  function run(): Promise<void> {
    isAskedAgain = true
    return (running ??= runAll())
  }

  return {
    run,
    async runBriefly() {
      const enough = new AbortController()
      await Promise.race([run(), wait(BRIEFLY_MS, undefined, { signal: enough.signal }).catch(() => undefined)])
      enough.abort()
    },
    async stop() {
      isStopping = true
      await running
    },
  }
}

/** The issue of a pending deletion that is a whole project. */
export const WHOLE_PROJECT = 0

interface PendingDeletion {
  projectId: number
  issueId: number
  isSettled: boolean
}

async function purgeAll(pool: Pool, isStopped: () => boolean): Promise<void> {
  const { rows } = await pool.query<PendingDeletion>(
    `SELECT project_id AS "projectId", issue_id AS "issueId",
            requested_at < now() - make_interval(secs => $1) AS "isSettled"
       FROM pending_deletion ORDER BY requested_at, project_id, issue_id`,
    [SETTLED_AFTER_SECONDS],
  )
  for (const pending of rows) if (!isStopped()) await purge(pool, pending, isStopped)
}

async function purge(pool: Pool, { projectId, issueId, isSettled }: PendingDeletion, isStopped: () => boolean) {
  const isWhole = issueId === WHOLE_PROJECT
  if (!isWhole) await purgeIssueEvents(pool, projectId, issueId, isStopped)
  for (const table of await listTables(pool, isWhole ? 'project_id' : 'issue_id')) {
    while (!isStopped() && (await deleteBatch(pool, table, projectId, isWhole ? null : issueId)) === BATCH_ROWS_MAX);
  }
  if (isStopped() || !isSettled) return
  await pool.query('DELETE FROM pending_deletion WHERE project_id = $1 AND issue_id = $2', [projectId, issueId])
}

/**
 * From the catalog, so that a table that is added later is not forgotten. Issues and their hashes come first: then what is
 * still being written finds no issue to count for.
 */
async function listTables(pool: Pool, column: 'project_id' | 'issue_id'): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
       JOIN pg_attribute p ON p.attrelid = c.oid AND p.attname = 'project_id' AND NOT p.attisdropped
       JOIN pg_attribute i ON i.attrelid = c.oid AND i.attname = $1 AND NOT i.attisdropped
      WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> ALL ($2)
      ORDER BY c.relname <> 'issue_hash', c.relname <> 'issue', c.relname`,
    [column, KEPT_TABLES],
  )
  const names = rows.map(({ name }) => name)
  return column === 'project_id' ? names : names.filter((name) => !EVENT_TABLES.test(name))
}

/** @returns how many rows went. */
async function deleteBatch(pool: Pool, table: string, projectId: number, issueId: number | null): Promise<number> {
  const where = issueId === null ? 'project_id = $1' : 'project_id = $1 AND issue_id = $2'
  // An array of row addresses, since a sub-query would be planned as a scan of the whole table for each.
  const { rowCount } = await pool.query(
    `DELETE FROM "${table}" WHERE ctid = ANY (ARRAY(SELECT ctid FROM "${table}" WHERE ${where} LIMIT ${BATCH_ROWS_MAX}))`,
    issueId === null ? [projectId] : [projectId, issueId],
  )
  return rowCount ?? 0
}
