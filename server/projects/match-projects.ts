// Conditions for lists of projects.

import type { Viewer } from '../auth/viewer.ts'
import { escapePattern } from '../database/escape-pattern.ts'
import type { Prisma } from '../database/generated/client.ts'

const SEARCH_LENGTH_MAX = 200

/** What `findRole` in server/auth/can.ts says of one project, said of all. */
export function matchVisible(viewer: Viewer): Prisma.ProjectWhereInput {
  if (viewer.kind === 'project_token') return { id: viewer.projectId }
  if (viewer.isOwner) return {}
  const members = { some: { userId: viewer.userId } }
  return { OR: [{ members }, { group: { members } }] }
}

/** Of `shop/we` the first part is sought in the group, the second in the project. */
export function matchSearch(search: string): Prisma.ProjectWhereInput {
  const text = escapePattern(search.trim().slice(0, SEARCH_LENGTH_MAX))
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
