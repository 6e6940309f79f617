// One page of the projects that somebody may see: a condition of the query, since a page cannot be filtered after it was
// cut.

import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import { defineCursor, TEXT } from '../domain/list-cursor.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'
import type { Viewer } from '../auth/viewer.ts'
import { matchSearch, matchVisible } from './match-projects.ts'
import { PROJECT_INCLUDE, type ProjectRow } from './project-row.ts'

/** Of each list of projects. */
export const PROJECT_CURSOR = defineCursor<[group: string, slug: string]>(TEXT, TEXT)

export async function listProjects(
  prisma: PrismaClient,
  viewer: Viewer | null,
  search: string,
  { first, after }: PageRequest,
): Promise<Page<ProjectRow>> {
  if (viewer === null) return { items: [], hasNextPage: false }
  const rows = await prisma.project.findMany({
    where: { AND: [matchVisible(viewer), matchSearch(search), after === null ? {} : follow(after)] },
    orderBy: [{ group: { name: 'asc' } }, { slug: 'asc' }],
    take: first + 1,
    include: PROJECT_INCLUDE,
  })
  const items = rows
    .slice(0, first)
    .map((node) => ({ node, cursor: PROJECT_CURSOR.format([node.group.name, node.slug]) }))
  return { items, hasNextPage: rows.length > first }
}

function follow(cursor: string): Prisma.ProjectWhereInput {
  const [group, slug] = PROJECT_CURSOR.parse(cursor)
  return { OR: [{ group: { name: { gt: group } } }, { group: { name: group }, slug: { gt: slug } }] }
}
