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
  /** Who has an account since this very change, and is not signed in yet. */
  person?: { userId: string; email: string }
}

/** Who runs the server: the first start, the command line. */
export const OPERATOR: Actor = { viewer: null, address: null }

/** @param transaction the one in which the change is made. */
export async function recordAudit(
  transaction: Pick<PrismaClient, 'auditEntry'>,
  actor: Actor,
  { action, target, groupId = null, projectId = null, changes = {} }: AuditedChange,
): Promise<void> {
  await transaction.auditEntry.create({
    data: {
      action,
      target,
      groupId,
      projectId,
      changes: changes as Prisma.InputJsonObject,
      address: actor.address || null,
      ...describeActor(actor),
      actorName: nameActor(actor),
    },
    select: { id: true },
  })
}

/** A person's address, a project's token's name. */
export function nameActor({ viewer, person }: Actor): string {
  if (viewer === null) return person?.email ?? 'operator'
  return viewer.kind === 'person' ? viewer.email : viewer.name
}

function describeActor({ viewer, person }: Actor) {
  if (viewer !== null) return { actorKind: viewer.kind, actorUserId: viewer.userId, actorTokenId: viewer.tokenId }
  return { actorKind: person ? 'person' : 'operator', actorUserId: person?.userId ?? null, actorTokenId: null }
}
