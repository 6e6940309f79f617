// One page of the projects that somebody may see: a condition of the query, since a page cannot be filtered after it was
// cut.

import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'
import { AppError } from '../errors.ts'
import type { Viewer } from '../auth/viewer.ts'
import { PROJECT_INCLUDE, type ProjectRow } from './project-row.ts'

const SEARCH_LENGTH_MAX = 200

export async function listProjects(
  prisma: PrismaClient,
  viewer: Viewer,
  search: string,
  { first, after }: PageRequest,
): Promise<Page<ProjectRow>> {
  const rows = await prisma.project.findMany({
    where: { AND: [matchVisible(viewer), matchSearch(search), after === null ? {} : follow(after)] },
    orderBy: [{ group: { name: 'asc' } }, { slug: 'asc' }],
    take: first + 1,
    include: PROJECT_INCLUDE,
  })
  const items = rows.slice(0, first).map((node) => ({ node, cursor: formatCursor(node) }))
  return { items, hasNextPage: rows.length > first }
}

/** What `findRole` in server/auth/can.ts says of one project, said of all. */
function matchVisible(viewer: Viewer): Prisma.ProjectWhereInput {
  if (viewer.kind === 'project_token') return { id: viewer.projectId }
  if (viewer.isOwner) return {}
  const members = { some: { userId: viewer.userId } }
  return { OR: [{ members }, { group: { members } }] }
}

/** Of `shop/we` the first part is sought in the group, the second in the project. */
function matchSearch(search: string): Prisma.ProjectWhereInput {
  const text = search.trim().slice(0, SEARCH_LENGTH_MAX)
  if (text === '') return {}
  const [group = '', ...rest] = text.split('/')
  if (rest.length > 0) {
    return {
      group: { name: { endsWith: group, mode: 'insensitive' } },
      slug: { startsWith: rest.join('/'), mode: 'insensitive' },
    }
  }
  const contains = { contains: text, mode: 'insensitive' } as const
  return { OR: [{ slug: contains }, { name: contains }, { group: { name: contains } }] }
}

function formatCursor({ group, slug }: ProjectRow): string {
  return Buffer.from(`${group.name}/${slug}`).toString('base64url')
}

function follow(cursor: string): Prisma.ProjectWhereInput {
  const [group, slug] = Buffer.from(cursor, 'base64url').toString().split('/')
  if (group === undefined || slug === undefined) throw new AppError('INVALID', '"after" is not a cursor of this list.')
  return { OR: [{ group: { name: { gt: group } } }, { group: { name: group }, slug: { gt: slug } }] }
}
