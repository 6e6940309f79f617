// The last mistakes of clients, for the people who set them up: which DSN, which body, answered how. The same mistake of the
// same SDK is one row that counts; of each kind a project keeps the latest few, so that nobody can fill a disk or push
// other kinds off the page. Gathered in memory, written every second.

import { hash as hashText } from 'node:crypto'
import type { Pool } from 'pg'
import { NO_PROJECT, type ClientErrorCode } from '../domain/client-error.ts'
import { cleanText } from './parse-json.ts'
import { writeRegularly } from './write-regularly.ts'

interface ClientMistake {
  /** Null where it names none. One that does not exist counts as none. */
  projectId: number | null
  /** The HTTP status of the answer: 200 where only an item was dropped. */
  status: number
  code: ClientErrorCode
  message: string
  sdk: string | null
  address: string | null
}

export interface ClientErrors {
  note(mistake: ClientMistake): void
  /** Writes what waits. */
  stop(): Promise<void>
}

interface PendingError {
  project_id: number
  id: string
  status: number
  code: ClientErrorCode
  message: string
  sdk: string | null
  address: string | null
  count: number
  first_ms: number
  last_ms: number
}

const WRITE_EVERY_MS = 1_000
/** Different ones between two writes; what is beyond is not noted (its outcome is counted all the same). */
const PENDING_MAX = 500
const KEPT_PER_CODE_MAX = 10
const MESSAGE_CHARS_MAX = 300
const SDK_CHARS_MAX = 100

export function createClientErrors(pool: Pool, clock: () => number): ClientErrors {
  let pending = new Map<string, PendingError>()
  const writer = writeRegularly(WRITE_EVERY_MS, writePending)

  async function writePending(): Promise<void> {
    if (pending.size === 0) return
    const rows = pending
    pending = new Map()
    try {
      await upsertErrors(pool, [...rows.values()])
    } catch {
      // The database is away, which others tell: the notes wait for it.
      for (const [key, row] of rows) {
        const newer = pending.get(key)
        if (newer === undefined) pending.set(key, row)
        else Object.assign(newer, { count: newer.count + row.count, first_ms: row.first_ms })
      }
    }
  }

  return {
    note(mistake) {
      const projectId = mistake.projectId ?? NO_PROJECT
      const message = cleanText(mistake.message.slice(0, MESSAGE_CHARS_MAX))
      const sdk = mistake.sdk === null ? null : cleanText(mistake.sdk.slice(0, SDK_CHARS_MAX))
      const key = JSON.stringify([projectId, mistake.status, mistake.code, message, sdk])
      const nowMs = clock()
      const known = pending.get(key)
      if (known !== undefined) {
        known.count += 1
        known.last_ms = nowMs
        known.address = mistake.address
      } else if (pending.size < PENDING_MAX) {
        const { status, code, address } = mistake
        const row = { project_id: projectId, id: hashText('md5', key), status, code, message, sdk, address }
        pending.set(key, { ...row, count: 1, first_ms: nowMs, last_ms: nowMs })
      }
    },
    stop: () => writer.stop(),
  }
}

async function upsertErrors(pool: Pool, rows: PendingError[]): Promise<void> {
  const { rows: written } = await pool.query<{ project_id: number }>(
    `INSERT INTO client_error (project_id, id, status, code, message, sdk, address, count, first_at, last_at)
     SELECT coalesce(p.id, ${NO_PROJECT}), e.id, e.status, e.code, e.message, (array_agg(e.sdk))[1],
            (array_agg(e.address ORDER BY e.last_ms DESC))[1], sum(e.count),
            to_timestamp(min(e.first_ms) / 1000.0), to_timestamp(max(e.last_ms) / 1000.0)
     FROM json_to_recordset($1::json) AS e (
       project_id int, id uuid, status int, code text, message text, sdk text, address text, count bigint,
       first_ms float8, last_ms float8)
     LEFT JOIN project p ON p.id = e.project_id
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2
     ON CONFLICT (project_id, id) DO UPDATE SET
       count = client_error.count + excluded.count, last_at = greatest(client_error.last_at, excluded.last_at),
       address = excluded.address
     RETURNING project_id`,
    [JSON.stringify(rows)],
  )
  await pool.query(
    `DELETE FROM client_error e USING (
       SELECT project_id, id, row_number() OVER (PARTITION BY project_id, code ORDER BY last_at DESC, id) AS place
       FROM client_error WHERE project_id = ANY ($1)) p
     WHERE p.place > $2 AND e.project_id = p.project_id AND e.id = p.id`,
    [[...new Set(written.map((row) => row.project_id))], KEPT_PER_CODE_MAX],
  )
}
