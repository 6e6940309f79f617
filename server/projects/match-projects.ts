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

export function matchSearch(search: string): Prisma.ProjectWhereInput {
  const sought = parseSearch(search)
  if (sought === null) return {}
  if ('slug' in sought) {
    return {
      group: { name: { endsWith: sought.group, mode: 'insensitive' } },
      slug: { startsWith: sought.slug, mode: 'insensitive' },
    }
  }
  const contains = { contains: sought.anywhere, mode: 'insensitive' } as const
  return { OR: [{ slug: contains }, { name: contains }, { group: { name: contains } }] }
}

/**
 * Of `shop/we` the end of the first part is sought in the group, the second part in the project.
 *
 * @returns parts of patterns; null for what finds all.
 */
export function parseSearch(search: string): { anywhere: string } | { group: string; slug: string } | null {
  const text = escapePattern(search.trim().slice(0, SEARCH_LENGTH_MAX).toWellFormed())
  if (text === '') return null
  const [group = '', ...rest] = text.split('/')
  return rest.length === 0 ? { anywhere: text } : { group, slug: rest.join('/') }
}
