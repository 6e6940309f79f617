// Who may see whom: the instance's owner everybody, others themselves and those whom they share a group or project with.

import { escapePattern } from '../database/escape-pattern.ts'
import type { Prisma, PrismaClient, User } from '../database/generated/client.ts'
import { defineCursor, TEXT } from '../domain/list-cursor.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'
import type { Viewer } from './viewer.ts'

const SEARCH_LENGTH_MAX = 200
const CURSOR = defineCursor<[email: string]>(TEXT)

/** All accounts, by address. */
export async function listUsers(prisma: PrismaClient, search: string, page: PageRequest): Promise<Page<User>> {
  const [email] = page.after === null ? [] : CURSOR.parse(page.after)
  const text = escapePattern(search.trim().slice(0, SEARCH_LENGTH_MAX))
  const contains = { contains: text, mode: 'insensitive' } as const
  const rows = await prisma.user.findMany({
    where: {
      ...(text === '' ? {} : { OR: [{ email: contains }, { name: contains }] }),
      ...(email === undefined ? {} : { email: { gt: email } }),
    },
    orderBy: { email: 'asc' },
    take: page.first + 1,
  })
  const items = rows.slice(0, page.first).map((node) => ({ node, cursor: CURSOR.format([node.email]) }))
  return { items, hasNextPage: rows.length > page.first }
}

/** @returns null for who is not there, or is not to be seen. */
export async function findVisibleUser(prisma: PrismaClient, viewer: Viewer, userId: string): Promise<User | null> {
  return prisma.user.findFirst({ where: { id: userId, AND: matchVisible(viewer) } })
}

function matchVisible(viewer: Viewer): Prisma.UserWhereInput {
  if (viewer.kind === 'project_token') return matchMembers({ id: viewer.projectId })
  if (viewer.isOwner) return {}
  const members = { some: { userId: viewer.userId } }
  return {
    OR: [
      { id: viewer.userId },
      { groupMembers: { some: { group: { members } } } },
      matchMembers({ OR: [{ members }, { group: { members } }] }),
    ],
  }
}

/** The project's own, and those of its group. */
function matchMembers(project: Prisma.ProjectWhereInput): Prisma.UserWhereInput {
  return {
    OR: [
      { projectMembers: { some: { project } } },
      { groupMembers: { some: { group: { projects: { some: project } } } } },
    ],
  }
}
