// Adds what batches tallied to issue_tag and outcome. A batch only appends a row to `tally`, since an event has some ten
// tags and to bump a row for each would cost more than to store the event; here thousands of events become one bump per
// tag value. The rows are deleted in the transaction that adds them, so that nothing is lost or counted twice, and rows
// that another process holds are skipped.

import type { Pool, PoolClient } from 'pg'
import { addOutcomes } from './outcomes.ts'

interface TagCount {
  project_id: number
  issue_id: number
  key: string
  value: string
  count: number
}

interface TallyRow {
  project_id: number
  at: Date
  issue_ids: number[]
  tags: string[]
}

const ROLL_UP_EVERY_MS = 1_000
const TALLIES_AT_ONCE_MAX = 500
const HOUR_MS = 60 * 60 * 1_000
/** Per issue and key. What is beyond counts under the empty value, "other". */
const TAG_VALUES_MAX = 1_000

export interface RollUp {
  /** Rolls up all that is there. */
  run(): Promise<void>
  stop(): Promise<void>
}

/** @param onFailure told why a round failed; the next one tries again. */
export function createRollUp(pool: Pool, onFailure: (error: unknown) => void): RollUp {
  let running: Promise<void> | null = null
  const timer = setInterval(() => void run(), ROLL_UP_EVERY_MS)
  timer.unref()

  function run(): Promise<void> {
    running ??= rollUpAll(pool)
      .catch(onFailure)
      .finally(() => {
        running = null
      })
    return running
  }

  return {
    run,
    async stop() {
      clearInterval(timer)
      await run()
    },
  }
}

async function rollUpAll(pool: Pool): Promise<void> {
  while ((await rollUpOnce(pool)) === TALLIES_AT_ONCE_MAX);
}

/** @returns how many tally rows were taken. */
async function rollUpOnce(pool: Pool): Promise<number> {
  const client = await pool.connect()
  let failed = true
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<TallyRow>({
      name: 'take-tallies',
      text: `DELETE FROM tally WHERE id IN (SELECT id FROM tally ORDER BY id LIMIT ${TALLIES_AT_ONCE_MAX} FOR UPDATE SKIP LOCKED)
             RETURNING project_id, at, issue_ids, tags`,
    })
    if (rows.length > 0) {
      await addTags(client, mergeTags(rows))
      await addOutcomes(client, mergeAccepted(rows))
    }
    await client.query('COMMIT')
    failed = false
    return rows.length
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    client.release(failed)
  }
}

function mergeTags(rows: TallyRow[]): TagCount[] {
  const counts = new Map<string, TagCount>()
  for (const row of rows) {
    for (const [index, issueId] of row.issue_ids.entries()) {
      const pairs = JSON.parse(row.tags[index] ?? '[]') as [string, string][]
      for (const [key, value] of pairs) {
        const name = `${row.project_id}\n${issueId}\n${key}\n${value}`
        const known = counts.get(name)
        if (known !== undefined) known.count += 1
        else counts.set(name, { project_id: row.project_id, issue_id: issueId, key, value, count: 1 })
      }
    }
  }
  return [...counts.values()]
}

function mergeAccepted(rows: TallyRow[]) {
  return rows.map((row) => ({
    project_id: row.project_id,
    hour_ms: Math.floor(row.at.getTime() / HOUR_MS) * HOUR_MS,
    outcome: 'accepted' as const,
    reason: '',
    category: 'error',
    quantity: row.issue_ids.length,
  }))
}

/** Values that are new take the room that is left under their key; which of them, is decided by their order. */
async function addTags(client: PoolClient, counts: TagCount[]): Promise<void> {
  await client.query({
    name: 'add-tags',
    text: `
      WITH input AS MATERIALIZED (
        SELECT i.*, t.value IS NOT NULL AS known
        FROM json_to_recordset($1::json) AS i (project_id int, issue_id int, key text, value text, count bigint)
        LEFT JOIN issue_tag t USING (project_id, issue_id, key, value)
      ),
      room AS (
        SELECT n.project_id, n.issue_id, n.key, ${TAG_VALUES_MAX} - (
          SELECT count(*) FROM issue_tag t
          WHERE t.project_id = n.project_id AND t.issue_id = n.issue_id AND t.key = n.key) AS values_left
        FROM (SELECT DISTINCT project_id, issue_id, key FROM input WHERE NOT known) n
      ),
      ranked AS (
        SELECT i.*, row_number() OVER (PARTITION BY i.project_id, i.issue_id, i.key, i.known ORDER BY i.value) AS place
        FROM input i
      )
      INSERT INTO issue_tag (project_id, issue_id, key, value, count, last_seen_at)
      SELECT k.project_id, k.issue_id, k.key, CASE WHEN k.known OR k.place <= r.values_left THEN k.value ELSE '' END,
             sum(k.count), now()
      FROM ranked k LEFT JOIN room r USING (project_id, issue_id, key)
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (project_id, issue_id, key, value)
      DO UPDATE SET count = issue_tag.count + excluded.count, last_seen_at = excluded.last_seen_at`,
    values: [JSON.stringify(counts)],
  })
}
