// The sessions of one person, as their account's page lists them: from where they are signed in, and how to end that.

import type { PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import { recordAudit } from './audit.ts'
import { reportOutage } from './report-outage.ts'
import type { KnownSession } from './sessions.ts'

const LISTED_MAX = 100

interface ListedSession {
  id: string
  /** The one that asks. */
  isCurrent: boolean
  createdAt: Date
  /** A minute late at most. */
  lastUsedAt: Date
  /** From where it was opened. */
  address: string | null
  userAgent: string | null
}

export interface OwnSessions {
  /** The current one first, then by last use. */
  list(session: KnownSession): Promise<ListedSession[]>
  /** Ends one. @throws AppError NOT_FOUND for somebody else's as well */
  end(session: KnownSession, id: string, address: string): Promise<void>
  /** Ends all but the current one. @returns how many. */
  endOthers(session: KnownSession, address: string): Promise<number>
}

interface OwnSessionsOptions {
  prisma: PrismaClient
  /** Called when sessions were ended. */
  onEnded: () => void
  clock: () => number
}

export function createOwnSessions({ prisma, onEnded, clock }: OwnSessionsOptions): OwnSessions {
  async function endWhere({ viewer }: KnownSession, id: string | { not: string }, address: string): Promise<number> {
    const ended = await reportOutage(
      prisma.$transaction(async (transaction) => {
        const { count } = await transaction.session.deleteMany({ where: { userId: viewer.userId, id } })
        const changes = { sessions: { from: count, to: 0 } }
        const entry = { action: 'session.revoke' as const, target: viewer.email, changes }
        if (count > 0) await recordAudit(transaction, { viewer, address }, entry)
        return count
      }),
    )
    if (ended > 0) onEnded()
    return ended
  }

  return {
    async list({ id: currentId, viewer }) {
      const rows = await reportOutage(
        prisma.session.findMany({
          where: { userId: viewer.userId, expiresAt: { gt: new Date(clock()) } },
          // Without a use yet: signed in a moment ago.
          orderBy: [{ lastUsedAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }],
          take: LISTED_MAX,
        }),
      )
      const listed = rows.map(({ id, createdAt, lastUsedAt, ipAddress, userAgent }) => ({
        id,
        isCurrent: id === currentId,
        createdAt,
        lastUsedAt: lastUsedAt ?? createdAt,
        address: ipAddress || null,
        userAgent: userAgent || null,
      }))
      return listed.sort(
        (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.lastUsedAt.getTime() - a.lastUsedAt.getTime(),
      )
    },

    async end(session, id, address) {
      if ((await endWhere(session, id, address)) === 0)
        throw new AppError('NOT_FOUND', 'This session has ended already.')
    },

    endOthers: (session, address) => endWhere(session, { not: session.id }, address),
  }
}
