// Which SDKs send to a project, in which versions, how many events and when last. Merged in memory and written every few
// seconds; a project keeps those seen last, so that made-up names push one another out and nothing grows.

import type { Pool } from 'pg'
import { formatSdk, type SdkName } from './read-sdk.ts'
import { writeRegularly } from './write-regularly.ts'

export interface ClientSdks {
  note(projectId: number, sdk: SdkName, events: number, atMs: number): void
  /** Writes what waits. */
  stop(): Promise<void>
}

interface PendingSdk {
  project_id: number
  name: string
  version: string
  events: number
  at_ms: number
}

const WRITE_EVERY_MS = 2_000
const PENDING_MAX = 2_000
const KEPT_PER_PROJECT_MAX = 100

export function createClientSdks(pool: Pool): ClientSdks {
  let pending = new Map<string, PendingSdk>()
  const writer = writeRegularly(WRITE_EVERY_MS, writePending)

  async function writePending(): Promise<void> {
    if (pending.size === 0) return
    const rows = pending
    pending = new Map()
    try {
      await upsertSdks(pool, [...rows.values()])
    } catch {
      // The database is away, which others tell: what was seen waits for it.
      for (const row of rows.values()) add(row)
    }
  }

  function add(row: PendingSdk): void {
    const key = `${row.project_id}:${formatSdk(row)}`
    const known = pending.get(key)
    if (known !== undefined) {
      known.events += row.events
      known.at_ms = Math.max(known.at_ms, row.at_ms)
    } else if (pending.size < PENDING_MAX) pending.set(key, row)
  }

  return {
    note(projectId, { name, version }, events, atMs) {
      add({ project_id: projectId, name, version, events, at_ms: atMs })
    },
    stop: () => writer.stop(),
  }
}

async function upsertSdks(pool: Pool, rows: PendingSdk[]): Promise<void> {
  await pool.query(
    `INSERT INTO client_sdk (project_id, name, version, event_count, first_seen_at, last_seen_at)
     SELECT s.project_id, s.name, s.version, s.events, to_timestamp(s.at_ms / 1000.0), to_timestamp(s.at_ms / 1000.0)
     FROM json_to_recordset($1::json) AS s (project_id int, name text, version text, events bigint, at_ms float8)
     ORDER BY 1, 2, 3
     ON CONFLICT (project_id, name, version) DO UPDATE SET
       event_count = client_sdk.event_count + excluded.event_count,
       last_seen_at = greatest(client_sdk.last_seen_at, excluded.last_seen_at)`,
    [JSON.stringify(rows)],
  )
  await pool.query(
    `DELETE FROM client_sdk s USING (
       SELECT project_id, name, version, row_number() OVER (PARTITION BY project_id ORDER BY last_seen_at DESC, name, version) AS place
       FROM client_sdk WHERE project_id = ANY ($1)) p
     WHERE p.place > $2 AND s.project_id = p.project_id AND s.name = p.name AND s.version = p.version`,
    [[...new Set(rows.map((row) => row.project_id))], KEPT_PER_PROJECT_MAX],
  )
}
