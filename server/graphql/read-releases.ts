// Releases of a project, the newest first, and how they do: from the counts of each hour, so that no page counts sessions.

import type { Pool } from 'pg'
import { listSteps } from '../domain/frequency.ts'
import type { FrequencyPeriod } from '../domain/issue.ts'
import { defineCursor, INT, TIME } from '../domain/list-cursor.ts'
import type { Release, ReleaseSummary, SessionCounts, SessionSummary } from '../domain/release-health.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'

export interface ReleaseFilter {
  projectId: number
  /** Empty: those of no environment; null: of any. */
  environment: string | null
  /** A part of the version. */
  search: string | null
  period: FrequencyPeriod
}

export interface ReleaseKey {
  projectId: number
  id: number
}

/** All releases of an environment, or of all. */
export interface EnvironmentKey {
  projectId: number
  /** Empty: none; null: all of the project. */
  environment: string | null
}

const CURSOR = defineCursor<[firstSeenAt: Date, id: number]>(TIME, INT)
const ENVIRONMENTS_MAX = 100

interface ReleaseRow {
  id: number
  version: string
  environment: string
  first_seen_at: Date
  last_seen_at: Date
}

export async function readReleases(pool: Pool, filter: ReleaseFilter, page: PageRequest): Promise<Page<Release>> {
  const { projectId, environment, search, period } = filter
  const values: unknown[] = [projectId]
  const where = ['project_id = $1']
  if (environment !== null) where.push(`environment = $${values.push(environment)}`)
  if (search !== null && search !== '') where.push(`strpos(lower(version), lower($${values.push(search)})) > 0`)
  if (page.after !== null) {
    const [firstSeenAt, id] = CURSOR.parse(page.after)
    where.push(`(first_seen_at, id) < ($${values.push(firstSeenAt)}, $${values.push(id)})`)
  }
  const { rows } = await pool.query<ReleaseRow>(
    `SELECT id, version, environment, first_seen_at, last_seen_at FROM release_health WHERE ${where.join(' AND ')}
     ORDER BY first_seen_at DESC, id DESC LIMIT ${page.first + 1}`,
    values,
  )
  const items = rows.slice(0, page.first).map((row) => ({
    node: {
      ...{ projectId, id: row.id, version: row.version, environment: row.environment || null, period },
      ...{ firstSeenAt: row.first_seen_at, lastSeenAt: row.last_seen_at },
    },
    cursor: CURSOR.format([row.first_seen_at, row.id]),
  }))
  return { items, hasNextPage: rows.length > page.first }
}

/** In the order of their names; of releases without one, null. */
export async function readEnvironments(pool: Pool, projectIds: readonly number[]): Promise<(string | null)[][]> {
  const { rows } = await pool.query<{ project_id: number; environment: string }>({
    name: 'release-environments',
    text: `
      SELECT p.project_id, e.environment FROM unnest($1::int[]) AS p (project_id)
      CROSS JOIN LATERAL (
        SELECT DISTINCT environment FROM release_health r WHERE r.project_id = p.project_id AND r.version <> ''
        ORDER BY 1 LIMIT ${ENVIRONMENTS_MAX}) e ORDER BY 1, 2`,
    values: [projectIds],
  })
  const byProject = Map.groupBy(rows, (row) => row.project_id)
  return projectIds.map((id) => (byProject.get(id) ?? []).map(({ environment }) => environment || null))
}

const COUNTS = ['sessions', 'errored', 'crashed', 'abnormal', 'unhandled'] as const
const RELEASE_COUNTS = [
  ...COUNTS,
  ...['users', 'errored_users', 'crashed_users', 'abnormal_users', 'anr_users', 'timed', 'duration_ms'],
]
/** Sums as numbers of the driver's, which are texts, so that none is too large. */
const sums = (columns: readonly string[]): string => columns.map((column) => `sum(h.${column}) AS ${column}`).join(', ')

type SumRow = Record<string, string> & { ord: number; at: Date }

/** In the order of their keys. */
export async function readReleaseSummaries(
  pool: Pool,
  keys: readonly ReleaseKey[],
  period: FrequencyPeriod,
  nowMs: number,
): Promise<ReleaseSummary[]> {
  // What a clock that is a little ahead puts into the next hour or day belongs to the current one, here and below.
  const steps = listSteps(period, nowMs)
  const { rows } = await pool.query<SumRow>({
    name: `release-hours-${steps.unit}`,
    text: `
      SELECT k.ord::int, least(date_trunc('${steps.unit}', h.hour, 'UTC'), $4) AS at, ${sums(RELEASE_COUNTS)}
      FROM unnest($1::int[], $2::int[]) WITH ORDINALITY AS k (project_id, health_id, ord)
      JOIN release_hour h USING (project_id, health_id) WHERE h.hour >= $3 GROUP BY 1, 2`,
    values: [keys.map(({ projectId }) => projectId), keys.map(({ id }) => id), steps.times[0], steps.times.at(-1)],
  })
  const byKey = Map.groupBy(rows, (row) => row.ord)
  return keys.map((_, index) => {
    const ofKey = byKey.get(index + 1) ?? []
    const total = (column: string): bigint => ofKey.reduce((sum, row) => sum + BigInt(row[column] as string), 0n)
    return {
      ...summarize(ofKey, steps.times),
      users: total('users'),
      erroredUsers: total('errored_users'),
      crashedUsers: total('crashed_users'),
      abnormalUsers: total('abnormal_users'),
      anrUsers: total('anr_users'),
      timed: total('timed'),
      durationMs: total('duration_ms'),
    }
  })
}

/** In the order of their keys. */
export async function readEnvironmentSummaries(
  pool: Pool,
  keys: readonly EnvironmentKey[],
  period: FrequencyPeriod,
  nowMs: number,
): Promise<SessionSummary[]> {
  const steps = listSteps(period, nowMs)
  const { rows } = await pool.query<SumRow>({
    name: `environment-hours-${steps.unit}`,
    text: `
      SELECT k.ord::int, least(date_trunc('${steps.unit}', h.hour, 'UTC'), $4) AS at, ${sums(COUNTS)}
      FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS k (project_id, environment, ord)
      JOIN environment_hour h ON h.project_id = k.project_id AND h.environment = coalesce(k.environment, h.environment)
      WHERE h.hour >= $3 GROUP BY 1, 2`,
    values: [
      keys.map(({ projectId }) => projectId),
      keys.map(({ environment }) => environment),
      steps.times[0],
      steps.times.at(-1),
    ],
  })
  const byKey = Map.groupBy(rows, (row) => row.ord)
  return keys.map((_, index) => summarize(byKey.get(index + 1) ?? [], steps.times))
}

function summarize(rows: readonly SumRow[], times: readonly Date[]): SessionSummary {
  const byTime = new Map(rows.map((row) => [row.at.getTime(), row]))
  const points = times.map((at) => ({ at, ...countsOf(byTime.get(at.getTime())) }))
  const total = (name: keyof SessionCounts): bigint => points.reduce((sum, point) => sum + point[name], 0n)
  return {
    sessions: total('sessions'),
    allErrored: total('allErrored'),
    crashed: total('crashed'),
    abnormal: total('abnormal'),
    unhandled: total('unhandled'),
    points,
  }
}

function countsOf(row: SumRow | undefined): SessionCounts {
  return {
    sessions: BigInt(row?.['sessions'] ?? 0),
    allErrored: BigInt(row?.['errored'] ?? 0),
    crashed: BigInt(row?.['crashed'] ?? 0),
    abnormal: BigInt(row?.['abnormal'] ?? 0),
    unhandled: BigInt(row?.['unhandled'] ?? 0),
  }
}

/** How many issues were first seen in each release of a project. */
export async function countNewIssues(
  pool: Pool,
  keys: readonly { projectId: number; version: string }[],
): Promise<number[]> {
  const { rows } = await pool.query<{ ord: number; count: number }>({
    name: 'release-new-issues',
    text: `
      SELECT k.ord::int, count(*)::int AS count
      FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS k (project_id, version, ord)
      JOIN issue i ON i.project_id = k.project_id AND i.first_release = k.version GROUP BY 1`,
    values: [keys.map(({ projectId }) => projectId), keys.map(({ version }) => version)],
  })
  const counts = new Map(rows.map(({ ord, count }) => [ord, count]))
  return keys.map((_, index) => counts.get(index + 1) ?? 0)
}
