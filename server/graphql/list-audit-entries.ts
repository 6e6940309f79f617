// Pages of the audit log, the newest entries first.

import type { AuditEntry, PrismaClient } from '../database/generated/client.ts'
import { formatCursor, notACursor, parseCursor } from '../domain/list-cursor.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'

export type AuditEntryRow = AuditEntry

export interface AuditFilter {
  groupId?: number
  projectId?: number
}

const DECIMAL = /^\d{1,18}$/

export async function listAuditEntries(
  prisma: PrismaClient,
  filter: AuditFilter,
  { first, after }: PageRequest,
): Promise<Page<AuditEntryRow>> {
  const rows = await prisma.auditEntry.findMany({
    where: { ...filter, ...(after === null ? {} : { id: { lt: readId(after) } }) },
    orderBy: { id: 'desc' },
    take: first + 1,
  })
  const items = rows.slice(0, first).map((node) => ({ node, cursor: formatCursor([String(node.id)]) }))
  return { items, hasNextPage: rows.length > first }
}

function readId(cursor: string): bigint {
  const [id = ''] = parseCursor(cursor, 1)
  if (!DECIMAL.test(id)) throw notACursor()
  return BigInt(id)
}
