// Pages of what users said: of one issue, or of a whole project. The newest first.

import type { PrismaClient } from '../database/generated/client.ts'
import type { Feedback } from '../domain/feedback.ts'
import { defineCursor, TIME, UUID } from '../domain/list-cursor.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'

interface FeedbackPlace {
  projectId: number
  /** undefined: everything of the project. */
  issueId?: number
}

const CURSOR = defineCursor<[createdAt: Date, id: string]>(TIME, UUID)

export async function readFeedback(
  prisma: PrismaClient,
  place: FeedbackPlace,
  page: PageRequest,
): Promise<Page<Feedback>> {
  const [createdAt, id] = page.after === null ? [] : CURSOR.parse(page.after)
  const rows = await prisma.feedback.findMany({
    where: {
      ...place,
      ...(createdAt !== undefined && { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: page.first + 1,
  })
  const items = rows.slice(0, page.first).map((row) => {
    const node: Feedback = {
      ...row,
      id: row.id.replaceAll('-', ''),
      eventId: row.eventId?.replaceAll('-', '') ?? null,
      issueId: row.issueId === null ? null : String(row.issueId),
    }
    return { node, cursor: CURSOR.format([row.createdAt, node.id]) }
  })
  return { items, hasNextPage: rows.length > page.first }
}
