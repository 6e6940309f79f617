// Which row counts the sessions of a release in an environment. Names are the client's, so that their number is bounded:
// an hour may bring so many that are new to a project, and what is beyond counts under the empty name. What was looked up
// is kept in memory.
//
// Events tell of releases as well. They only need to be known of, so that their names wait for the next write.

import type { Pool } from 'pg'
import { createRecentMap } from './recent-map.ts'
import { writeRegularly } from './write-regularly.ts'

export interface ReleaseName {
  projectId: number
  release: string
  environment: string | null
}

export interface ReleaseNames {
  /** @returns the ids of their rows, in their order; rows that are not there are made. */
  resolve(names: readonly ReleaseName[]): Promise<number[]>
  /** The rows are gone, or may be. */
  forget(names: readonly ReleaseName[]): void
  /** An event of the release came. */
  note(projectId: number, release: string | null, environment: string | null, atMs: number): void
  /** Writes what waits. */
  stop(): Promise<void>
}

interface Known {
  id: number
  /** Names beyond the bound are asked for again, since the next hour may have room for them. */
  untilMs: number
}

/** For each project. */
export const NAMES_PER_HOUR_MAX = 200
const KNOWN_MAX = 20_000
const PENDING_MAX = 2_000
const NOTE_EVERY_MS = 60_000
const WRITE_EVERY_MS = 1_000
const TRY_AGAIN_AFTER_MS = 60_000

/** @param clock milliseconds since the epoch. */
export function createReleaseNames(pool: Pool, clock: () => number): ReleaseNames {
  const known = createRecentMap<Known>(KNOWN_MAX)
  const notedAtMs = createRecentMap<number>(KNOWN_MAX)
  let pending = new Map<string, { name: ReleaseName; firstMs: number; lastMs: number }>()
  const writer = writeRegularly(WRITE_EVERY_MS, writePending)

  async function writePending(): Promise<void> {
    if (pending.size === 0) return
    const noted = [...pending.values()]
    pending = new Map()
    try {
      const ids = await resolve(noted.map(({ name }) => name))
      await touch(pool, ids, noted)
    } catch {
      // The database is away, which others tell. The next event of each tells of it again.
      for (const { name } of noted) notedAtMs.set(keyOf(name), Number.NEGATIVE_INFINITY)
    }
  }

  async function resolve(names: readonly ReleaseName[]): Promise<number[]> {
    const nowMs = clock()
    const ids = new Map<string, number>()
    const missing = new Map<string, ReleaseName>()
    const keysOfNames = listKeys(names)
    for (const [index, key] of keysOfNames.entries()) {
      if (ids.has(key)) continue
      const name = names[index] as ReleaseName
      const hit = known.get(key)
      if (hit !== undefined && hit.untilMs > nowMs) ids.set(key, hit.id)
      else missing.set(key, name)
    }
    if (missing.size > 0) {
      const keys = [...missing.keys()]
      for (const { ord, id, is_named: isNamed } of await ensureReleases(pool, [...missing.values()], nowMs)) {
        const key = keys[ord] as string
        ids.set(key, id)
        known.set(key, { id, untilMs: isNamed ? Infinity : nowMs + TRY_AGAIN_AFTER_MS })
      }
    }
    return keysOfNames.map((key) => ids.get(key) as number)
  }

  return {
    resolve,
    forget(names) {
      for (const name of names) known.set(keyOf(name), { id: 0, untilMs: Number.NEGATIVE_INFINITY })
    },
    note(projectId, release, environment, atMs) {
      if (release === null) return
      const name = { projectId, release, environment }
      const key = keyOf(name)
      const nowMs = clock()
      if (nowMs - (notedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < NOTE_EVERY_MS) return
      const waiting = pending.get(key)
      if (waiting !== undefined) waiting.lastMs = Math.max(waiting.lastMs, atMs)
      else if (pending.size < PENDING_MAX) pending.set(key, { name, firstMs: atMs, lastMs: atMs })
      notedAtMs.set(key, nowMs)
    },
    stop: () => writer.stop(),
  }
}

function keyOf({ projectId, release, environment }: ReleaseName): string {
  return `${projectId}\n${release}\n${environment ?? ''}`
}

/** Of which a thousand in a row are mostly one. */
function listKeys(names: readonly ReleaseName[]): string[] {
  let [before] = names
  let key = before === undefined ? '' : keyOf(before)
  return names.map((name) => {
    const isSame =
      name.release === before?.release && name.environment === before.environment && name.projectId === before.projectId
    if (!isSame) key = keyOf(name)
    before = name
    return key
  })
}

interface EnsuredRow {
  /** Place of the name in what was asked for. */
  ord: number
  id: number
  /** Else it counts under the empty name. */
  is_named: boolean
}

async function ensureReleases(pool: Pool, names: readonly ReleaseName[], nowMs: number): Promise<EnsuredRow[]> {
  const { rows } = await pool.query<EnsuredRow>({
    name: 'ensure-releases',
    text: ENSURE_RELEASES,
    values: [
      names.map(({ projectId }) => projectId),
      names.map(({ release }) => release),
      names.map(({ environment }) => environment ?? ''),
      new Date(nowMs),
    ],
  })
  return rows
}

const ENSURE_RELEASES = `
WITH input AS MATERIALIZED (
  SELECT i.project_id, i.version, i.environment, i.ord - 1 AS ord,
         (SELECT r.id FROM release_health r
          WHERE r.project_id = i.project_id AND r.version = i.version AND r.environment = i.environment) AS id
  FROM unnest($1::int[], $2::text[], $3::text[]) WITH ORDINALITY AS i (project_id, version, environment, ord)
),
room AS (
  SELECT p.project_id, ${NAMES_PER_HOUR_MAX} - (
    SELECT count(*) FROM release_health r
    WHERE r.project_id = p.project_id AND r.created_at > $4::timestamptz - interval '1 hour') AS names_left
  FROM (SELECT DISTINCT project_id FROM input WHERE id IS NULL) p
),
fresh AS MATERIALIZED (
  SELECT i.*, row_number() OVER (PARTITION BY i.project_id ORDER BY i.ord) <= r.names_left AS is_named
  FROM input i JOIN room r USING (project_id) WHERE i.id IS NULL
),
made AS (
  INSERT INTO release_health (project_id, version, environment, first_seen_at, last_seen_at, created_at)
  SELECT DISTINCT project_id, CASE WHEN is_named THEN version ELSE '' END,
         CASE WHEN is_named THEN environment ELSE '' END, $4::timestamptz, 'epoch'::timestamptz, $4::timestamptz
  FROM fresh ORDER BY 1, 2, 3
  -- A row that another process makes meanwhile comes back too.
  ON CONFLICT (project_id, version, environment) DO UPDATE SET version = excluded.version
  RETURNING project_id, id, version, environment
)
SELECT ord::int, id, true AS is_named FROM input WHERE id IS NOT NULL
UNION ALL
SELECT f.ord::int, m.id, f.is_named FROM fresh f JOIN made m ON m.project_id = f.project_id
  AND m.version = CASE WHEN f.is_named THEN f.version ELSE '' END
  AND m.environment = CASE WHEN f.is_named THEN f.environment ELSE '' END`

async function touch(
  pool: Pool,
  ids: readonly number[],
  noted: readonly { name: ReleaseName; firstMs: number; lastMs: number }[],
): Promise<void> {
  await pool.query(
    `WITH times AS (
       SELECT project_id, id, to_timestamp(min(first_ms) / 1000) AS first_at, to_timestamp(max(last_ms) / 1000) AS last_at
       FROM unnest($1::int[], $2::int[], $3::float8[], $4::float8[]) AS t (project_id, id, first_ms, last_ms) GROUP BY 1, 2
     ),
     locked AS MATERIALIZED (
       SELECT r.project_id, r.id FROM release_health r
       WHERE (r.project_id, r.id) IN (SELECT project_id, id FROM times) ORDER BY 1, 2 FOR NO KEY UPDATE
     )
     UPDATE release_health r SET first_seen_at = least(r.first_seen_at, t.first_at),
                                 last_seen_at = greatest(r.last_seen_at, t.last_at)
     FROM times t JOIN locked l USING (project_id, id) WHERE r.project_id = t.project_id AND r.id = t.id`,
    [
      noted.map(({ name }) => name.projectId),
      ids,
      noted.map(({ firstMs }) => firstMs),
      noted.map(({ lastMs }) => lastMs),
    ],
  )
}
