// What became of everything that reached us. Stored events are counted in the batch's own transaction (roll-up.ts);
// the rest is gathered here and written every second. `/metrics` and the log read the same numbers.

import type { Pool } from 'pg'
import { CLIENT_DISCARDED, type DropReason, type Outcome } from '../domain/outcome.ts'
import { writeRegularly } from './write-regularly.ts'

export interface Outcomes {
  /**
   * @param projectId null where none could be told: then only the totals know of it.
   * @param category Sentry's data category, or the item's type where that has none.
   */
  count(projectId: number | null, outcome: Outcome, reason: DropReason | '', category: string, quantity?: number): void
  /** What an SDK says that it dropped itself. The totals do not hold it, since it is no item that reached us. */
  countDiscarded(projectId: number, reason: string, category: string, quantity: number): void
  /** For what the batch's transaction counts: only the totals of the process learn of it. */
  note(outcome: Outcome, reason: DropReason | '', quantity?: number): void
  /** Since the start of the process: `<outcome>:<reason>` and how many. */
  totals(): ReadonlyMap<string, number>
  stop(): Promise<void>
}

interface PendingRow {
  project_id: number
  hour_ms: number
  outcome: Outcome | typeof CLIENT_DISCARDED
  reason: string
  category: string
  quantity: number
}

const WRITE_EVERY_MS = 1_000
const HOUR_MS = 60 * 60 * 1_000
/**
 * Rows that a project can make in one hour: a client may invent types of items, and reasons. Beyond that the rest counts
 * as `unknown`.
 */
const KINDS_MAX = 200

export function createOutcomes(pool: Pool, clock: () => number): Outcomes {
  let pending = new Map<string, PendingRow>()
  const totals = new Map<string, number>()
  /** By project, in the hour `kindsOfMs`. */
  const kinds = new Map<number, Set<string>>()
  let kindsOfMs = 0
  const writer = writeRegularly(WRITE_EVERY_MS, writePending)

  async function writePending(): Promise<void> {
    if (pending.size === 0) return
    const rows = pending
    pending = new Map()
    try {
      await addOutcomes(pool, [...rows.values()])
    } catch {
      // The database is away: the counts wait for it, added to what has come since.
      for (const [key, row] of rows) {
        const newer = pending.get(key)
        if (newer === undefined) pending.set(key, row)
        else newer.quantity += row.quantity
      }
    }
  }

  function note(outcome: Outcome, reason: DropReason | '', quantity = 1): void {
    const name = `${outcome}:${reason}`
    totals.set(name, (totals.get(name) ?? 0) + quantity)
  }

  function isOneTooMany(projectId: number, hourMs: number, kind: string): boolean {
    if (hourMs !== kindsOfMs) kinds.clear()
    kindsOfMs = hourMs
    let known = kinds.get(projectId)
    if (known === undefined) kinds.set(projectId, (known = new Set()))
    if (known.has(kind)) return false
    if (known.size >= KINDS_MAX) return true
    known.add(kind)
    return false
  }

  function add(projectId: number, kind: Pick<PendingRow, 'outcome' | 'reason' | 'category'>, quantity: number): void {
    const hourMs = Math.floor(clock() / HOUR_MS) * HOUR_MS
    const { outcome } = kind
    let { reason, category } = kind
    if (isOneTooMany(projectId, hourMs, `${outcome}:${reason}:${category}`)) {
      category = 'unknown'
      // Our own reasons are few.
      if (outcome === CLIENT_DISCARDED) reason = 'unknown'
    }
    const key = `${projectId}:${hourMs}:${outcome}:${reason}:${category}`
    const row = pending.get(key)
    if (row !== undefined) row.quantity += quantity
    else pending.set(key, { project_id: projectId, hour_ms: hourMs, outcome, reason, category, quantity })
  }

  return {
    note,
    count(projectId, outcome, reason, category, quantity = 1) {
      note(outcome, reason, quantity)
      if (projectId !== null) add(projectId, { outcome, reason, category }, quantity)
    },
    countDiscarded(projectId, reason, category, quantity) {
      add(projectId, { outcome: CLIENT_DISCARDED, reason, category }, quantity)
    },
    totals: () => totals,
    stop: () => writer.stop(),
  }
}

/** Adds to the hourly counts, in the order of their keys. */
async function addOutcomes(database: Pick<Pool, 'query'>, rows: readonly PendingRow[]): Promise<void> {
  await database.query(
    `INSERT INTO outcome (project_id, hour, outcome, reason, category, quantity)
     SELECT project_id, to_timestamp(hour_ms / 1000.0), outcome, reason, category, sum(quantity)
     FROM json_to_recordset($1::json) AS o (
       project_id int, hour_ms float8, outcome text, reason text, category text, quantity bigint)
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
     ON CONFLICT (project_id, hour, outcome, reason, category)
     DO UPDATE SET quantity = outcome.quantity + excluded.quantity`,
    [JSON.stringify(rows)],
  )
}
