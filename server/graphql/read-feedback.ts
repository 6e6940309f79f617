// Pages of what users said: of one issue, or of a whole project. The newest first.

import type { PrismaClient } from '../database/generated/client.ts'
import type { Feedback } from '../domain/feedback.ts'
import { notACursor } from '../domain/list-cursor.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'

interface FeedbackPlace {
  projectId: number
  /** undefined: everything of the project. */
  issueId?: number
}

const CURSOR = /^(\d{1,15})\.([0-9a-f]{32})$/

export async function readFeedback(
  prisma: PrismaClient,
  place: FeedbackPlace,
  page: PageRequest,
): Promise<Page<Feedback>> {
  const after = page.after === null ? null : parseCursor(page.after)
  const rows = await prisma.feedback.findMany({
    where: {
      ...place,
      ...(after !== null && {
        OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }],
      }),
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
    return { node, cursor: Buffer.from(`${row.createdAt.getTime()}.${node.id}`).toString('base64url') }
  })
  return { items, hasNextPage: rows.length > page.first }
}

function parseCursor(cursor: string): { createdAt: Date; id: string } {
  const match = CURSOR.exec(cursor.length > 100 ? '' : Buffer.from(cursor, 'base64url').toString())
  if (match === null) throw notACursor()
  return { createdAt: new Date(Number(match[1])), id: match[2] as string }
}
