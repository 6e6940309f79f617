// Pages of the audit log, the newest entries first.

import type { AuditEntry, PrismaClient } from '../database/generated/client.ts'
import { BIGINT, defineCursor } from '../domain/list-cursor.ts'
import type { Page, PageRequest } from '../domain/tracker.ts'

export type AuditEntryRow = AuditEntry

export interface AuditFilter {
  groupId?: number
  projectId?: number
}

const CURSOR = defineCursor<[id: bigint]>(BIGINT)

export async function listAuditEntries(
  prisma: PrismaClient,
  filter: AuditFilter,
  { first, after }: PageRequest,
): Promise<Page<AuditEntryRow>> {
  const rows = await prisma.auditEntry.findMany({
    where: { ...filter, ...(after === null ? {} : { id: { lt: CURSOR.parse(after)[0] } }) },
    orderBy: { id: 'desc' },
    take: first + 1,
  })
  const items = rows.slice(0, first).map((node) => ({ node, cursor: CURSOR.format([node.id]) }))
  return { items, hasNextPage: rows.length > first }
}
