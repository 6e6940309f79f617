// Pages of the projects of groups that somebody may see, any number of them with two statements: what listProjects does for
// the whole instance. Prisma would read all projects of the groups, and cut the pages in memory.

import type { Viewer } from '../auth/viewer.ts'
import type { Database } from '../database/client.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'
import { PROJECT_CURSOR } from './list-projects.ts'
import { parseSearch } from './match-projects.ts'
import { findProjects, type ProjectRow } from './project-row.ts'

/** As it is sent to the database. */
export interface GroupProjectsKey {
  groupId: number
  seesAll: boolean
  /** Sees those of which they, or the group's, are a member. */
  userId: string | null
  /** Sees this one. */
  projectId: number | null
  /** Patterns that are sought, or null. */
  anywhere: string | null
  inGroup: string | null
  inSlug: string | null
  /** The page begins behind this one. */
  afterGroup: string | null
  afterSlug: string | null
  first: number
}

/** @throws InvalidFields for what is no cursor of this list. */
export function toGroupProjectsKey(
  groupId: number,
  viewer: Viewer | null,
  search: string,
  { first, after }: PageRequest,
): GroupProjectsKey {
  const [afterGroup = null, afterSlug = null] = after === null ? [] : PROJECT_CURSOR.parse(after)
  const sought = parseSearch(search)
  return {
    groupId,
    seesAll: viewer?.kind === 'person' && viewer.isOwner,
    userId: viewer?.userId ?? null,
    projectId: viewer?.kind === 'project_token' ? viewer.projectId : null,
    anywhere: sought !== null && 'anywhere' in sought ? `%${sought.anywhere}%` : null,
    inGroup: sought !== null && 'group' in sought ? `%${sought.group}` : null,
    inSlug: sought !== null && 'slug' in sought ? `${sought.slug}%` : null,
    ...{ afterGroup, afterSlug, first },
  }
}

/** In the order of the keys. Who sees a project is said as `matchVisible` says it. */
export async function listGroupProjects(
  { pool, prisma }: Pick<Database, 'pool' | 'prisma'>,
  keys: readonly GroupProjectsKey[],
): Promise<Page<ProjectRow>[]> {
  const { rows } = await pool.query<{ page: number; id: number }>({
    name: 'group-projects',
    text: `
      SELECT k.page, l.id
      FROM jsonb_to_recordset($1::jsonb) AS k (
        page int, "groupId" int, "seesAll" bool, "userId" text, "projectId" int, anywhere text, "inGroup" text,
        "inSlug" text, "afterGroup" text, "afterSlug" text, first int)
      JOIN project_group g ON g.id = k."groupId"
      CROSS JOIN LATERAL (
        SELECT p.id, p.slug FROM project p
        WHERE p.group_id = g.id
          AND (k."seesAll" OR p.id = k."projectId"
            OR EXISTS (SELECT FROM project_member m WHERE m.project_id = p.id AND m.user_id = k."userId")
            OR EXISTS (SELECT FROM group_member m WHERE m.group_id = g.id AND m.user_id = k."userId"))
          AND (k.anywhere IS NULL OR p.slug ILIKE k.anywhere OR p.name ILIKE k.anywhere OR g.name ILIKE k.anywhere)
          AND (k."inSlug" IS NULL OR (g.name ILIKE k."inGroup" AND p.slug ILIKE k."inSlug"))
          AND (k."afterSlug" IS NULL OR (g.name, p.slug) > (k."afterGroup", k."afterSlug"))
        ORDER BY p.slug LIMIT k.first + 1) l
      ORDER BY k.page, l.slug`,
    values: [JSON.stringify(keys.map((key, page) => ({ ...key, page })))],
  })
  const ids = rows.map(({ id }) => id)
  const projects = new Map((await findProjects(prisma, ids)).map((project) => [project?.id, project]))
  const byPage = Map.groupBy(rows, ({ page }) => page)
  return keys.map(({ first }, page) => {
    const ofPage = byPage.get(page) ?? []
    const items = ofPage.slice(0, first).flatMap(({ id }) => {
      const node = projects.get(id) ?? null
      // What was deleted between the two statements is in no group any more.
      return node === null ? [] : [{ node, cursor: PROJECT_CURSOR.format([node.group.name, node.slug]) }]
    })
    return { items, hasNextPage: ofPage.length > first }
  })
}
