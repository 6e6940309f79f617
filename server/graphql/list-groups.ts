// One page of the groups that somebody may see: `findGroup` in server/auth/can.ts, said of all.

import type { Viewer } from '../auth/viewer.ts'
import { escapePattern } from '../database/escape-pattern.ts'
import type { Group, Prisma, PrismaClient } from '../database/generated/client.ts'
import { defineCursor, TEXT } from '../domain/list-cursor.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'

const SEARCH_LENGTH_MAX = 200
const CURSOR = defineCursor<[name: string]>(TEXT)

export async function listGroups(
  prisma: PrismaClient,
  viewer: Viewer | null,
  search: string,
  { first, after }: PageRequest,
): Promise<Page<Group>> {
  if (viewer === null || viewer.kind === 'project_token') return { items: [], hasNextPage: false }
  const members = { some: { userId: viewer.userId } }
  const visible: Prisma.GroupWhereInput = viewer.isOwner
    ? {}
    : { OR: [{ members }, { projects: { some: { members } } }] }
  const text = escapePattern(search.trim().slice(0, SEARCH_LENGTH_MAX))
  const [name] = after === null ? [] : CURSOR.parse(after)
  const rows = await prisma.group.findMany({
    where: {
      AND: [
        visible,
        text === '' ? {} : { name: { contains: text, mode: 'insensitive' } },
        name === undefined ? {} : { name: { gt: name } },
      ],
    },
    orderBy: { name: 'asc' },
    take: first + 1,
  })
  const items = rows.slice(0, first).map((node) => ({ node, cursor: CURSOR.format([node.name]) }))
  return { items, hasNextPage: rows.length > first }
}
