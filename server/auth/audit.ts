// The log of what people changed: written in the transaction of the change, so that neither is there without the other.

import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import type { AuditedChange } from '../domain/audit.ts'
import type { Viewer } from './viewer.ts'

/** Who does something, and from where. */
export interface Actor {
  /** null: nobody who is signed in. The setup link's user, or who runs the server. */
  viewer: Viewer | null
  /** The client's; null where there is none. */
  address: string | null
}

/** Who runs the server: the first start, the command line. */
export const OPERATOR: Actor = { viewer: null, address: null }

/** @param transaction the one in which the change is made. */
export async function recordAudit(
  transaction: Pick<PrismaClient, 'auditEntry'>,
  { viewer, address }: Actor,
  { action, target, groupId = null, projectId = null, changes = {} }: AuditedChange,
): Promise<void> {
  await transaction.auditEntry.create({
    data: {
      action,
      target,
      groupId,
      projectId,
      changes: changes as Prisma.InputJsonObject,
      address: address || null,
      ...describeActor(viewer),
    },
    select: { id: true },
  })
}

function describeActor(viewer: Viewer | null) {
  if (viewer === null) return { actorKind: 'operator', actorName: 'operator', actorUserId: null, actorTokenId: null }
  return {
    actorKind: viewer.kind,
    actorName: viewer.kind === 'person' ? viewer.email : viewer.name,
    actorUserId: viewer.userId,
    actorTokenId: viewer.tokenId,
  }
}
