// Adds what batches tallied to issue_tag and outcome, and lets issue_rank follow. A batch only appends a row to `tally`, since an event has some ten
// tags and to bump a row for each would cost more than to store the event; here thousands of events become one bump per
// tag value. The rows are deleted by the statement that adds them, so that nothing is lost or counted twice, and rows that
// another process holds are skipped.

import type { Pool } from 'pg'
import { UPDATE_RANKS } from '../database/issue-ranks.ts'

const ROLL_UP_EVERY_MS = 1_000
const TALLIES_AT_ONCE_MAX = 500
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
  const { rows } = await pool.query<{ taken: number }>({ name: 'roll-up', text: ROLL_UP })
  return rows[0]?.taken ?? 0
}

// Equal sets of tags are put together before they are taken apart: most events of an issue have the same. Values that are
// new take the room that is left under their key; which of them, is decided by their order.
const ROLL_UP = `
WITH taken AS MATERIALIZED (
  DELETE FROM tally
  WHERE id IN (SELECT id FROM tally ORDER BY id LIMIT ${TALLIES_AT_ONCE_MAX} FOR UPDATE SKIP LOCKED)
  RETURNING project_id, at, issue_ids, tags, sampled
),
outcomes AS (
  INSERT INTO outcome (project_id, hour, outcome, reason, category, quantity)
  SELECT t.project_id, date_trunc('hour', t.at, 'UTC'), o.outcome, '', 'error', sum(o.quantity)
  FROM taken t, LATERAL (
    VALUES ('accepted', cardinality(t.issue_ids) - t.sampled), ('sampled', t.sampled)) AS o (outcome, quantity)
  WHERE o.quantity > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (project_id, hour, outcome, reason, category)
  DO UPDATE SET quantity = outcome.quantity + excluded.quantity
),
touched AS MATERIALIZED (
  SELECT DISTINCT project_id, unnest(issue_ids) AS issue_id FROM taken
),
${UPDATE_RANKS},
sets AS (
  SELECT t.project_id, s.issue_id, s.tags, count(*) AS count
  FROM taken t, unnest(t.issue_ids, t.tags) AS s (issue_id, tags) GROUP BY 1, 2, 3
),
pairs AS (
  SELECT s.project_id, s.issue_id, p ->> 0 AS key, p ->> 1 AS value, sum(s.count) AS count
  FROM sets s, json_array_elements(s.tags::json) AS p GROUP BY 1, 2, 3, 4
),
input AS MATERIALIZED (
  SELECT p.*, t.value IS NOT NULL AS known
  FROM pairs p LEFT JOIN issue_tag t USING (project_id, issue_id, key, value)
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
),
added AS (
  INSERT INTO issue_tag (project_id, issue_id, key, value, count, last_seen_at)
  SELECT k.project_id, k.issue_id, k.key, CASE WHEN k.known OR k.place <= r.values_left THEN k.value ELSE '' END,
         sum(k.count), now()
  FROM ranked k LEFT JOIN room r USING (project_id, issue_id, key)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (project_id, issue_id, key, value)
  DO UPDATE SET count = issue_tag.count + excluded.count, last_seen_at = excluded.last_seen_at
)
SELECT count(*)::int AS taken FROM taken`
