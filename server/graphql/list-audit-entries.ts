// Pages of the audit log, the newest entries first: of any number of groups and projects with one statement.

import type { Pool } from 'pg'
import { BIGINT, defineCursor } from '../domain/list-cursor.ts'
import { formatPlace, type Place } from '../domain/place.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'

export interface AuditEntryRow {
  /** Decimal digits. */
  id: string
  at: Date
  action: string
  target: string
  actorKind: string
  actorName: string
  actorTokenId: string | null
  address: string | null
  projectId: number | null
  /** By the field's name. */
  changes: Record<string, { from?: unknown; to?: unknown }>
}

export interface AuditLogKey {
  /** null: the whole instance. */
  place: Place | null
  first: number
  /** The page begins behind this one. */
  after: bigint | null
}

const CURSOR = defineCursor<[id: bigint]>(BIGINT)
/** PostgreSQL's `bigint`. */
const ID_MAX = 9_223_372_036_854_775_807n

/** @throws InvalidFields for what is no cursor of this list. */
export function toAuditLogKey(place: Place | null, { first, after }: PageRequest): AuditLogKey {
  return { place, first, after: after === null ? null : CURSOR.parse(after)[0] }
}

export function formatAuditLogKey({ place, first, after }: AuditLogKey): string {
  return `${place === null ? '' : formatPlace(place)} ${first} ${after}`
}

/** In the order of the keys. Each is one walk along an index, by group, by project or by id: the other two find nothing. */
export async function listAuditEntries(pool: Pool, keys: readonly AuditLogKey[]): Promise<Page<AuditEntryRow>[]> {
  const { rows } = await pool.query<AuditEntryRow & { page: number }>({
    name: 'audit-log',
    text: `
      SELECT k.page::int, a.id, a.at, a.action, a.target, a.actor_kind AS "actorKind", a.actor_name AS "actorName",
             a.actor_token_id AS "actorTokenId", a.address, a.project_id AS "projectId", a.changes
      FROM unnest($1::int[], $2::int[], $3::bigint[], $4::int[]) WITH ORDINALITY AS k (group_id, project_id, before, rows_max, page)
      CROSS JOIN LATERAL (
        (SELECT * FROM audit_entry e WHERE e.group_id = k.group_id AND e.id < k.before ORDER BY e.id DESC LIMIT k.rows_max)
        UNION ALL
        (SELECT * FROM audit_entry e WHERE e.project_id = k.project_id AND e.id < k.before ORDER BY e.id DESC LIMIT k.rows_max)
        UNION ALL
        (SELECT * FROM audit_entry e WHERE k.group_id IS NULL AND k.project_id IS NULL AND e.id < k.before
         ORDER BY e.id DESC LIMIT k.rows_max)) a
      ORDER BY k.page, a.id DESC`,
    values: [
      keys.map(({ place }) => (place !== null && 'groupId' in place ? place.groupId : null)),
      keys.map(({ place }) => (place !== null && 'projectId' in place ? place.projectId : null)),
      keys.map(({ after }) => String(after ?? ID_MAX)),
      keys.map(({ first }) => first + 1),
    ],
  })
  const byPage = Map.groupBy(rows, ({ page }) => page)
  return keys.map(({ first }, index) => {
    const ofPage = byPage.get(index + 1) ?? []
    const items = ofPage.slice(0, first).map((node) => ({ node, cursor: CURSOR.format([BigInt(node.id)]) }))
    return { items, hasNextPage: ofPage.length > first }
  })
}
