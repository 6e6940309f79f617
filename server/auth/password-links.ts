// One-time links that set a new password: by mail, for who forgot theirs, or from the instance's owner, who passes one on.
// The database has the token's SHA-256. A link that was used ends all others of the same person. The token stands behind
// the #, where browsers keep it to themselves: no log of a server or proxy ever has it.

import { hash, randomBytes } from 'node:crypto'
import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import { recordAudit, type Actor } from './audit.ts'
import { readPerson } from './read-person.ts'
import { reportOutage } from './report-outage.ts'
import type { Person } from './viewer.ts'

const LIFE_MS = { mail: 60 * 60_000, owner: 24 * 60 * 60_000 }

/** Who brings the link to its person. A link by mail also shows that the address is theirs. */
type LinkCarrier = keyof typeof LIFE_MS

interface PasswordLink {
  link: string
  expiresAt: Date
}

export interface PasswordLinks {
  create(userId: string, carrier: LinkCarrier): Promise<PasswordLink>
  /** One that the instance's owner passes on. @throws AppError NOT_FOUND, CONFLICT for who was disabled */
  createFor(userId: string, actor: Actor): Promise<PasswordLink>
  /** @returns whose password it sets; null when there is none (any more), or the person was disabled. */
  find(token: string): Promise<{ person: Person } | null>
  /** In the transaction that sets the password. @throws AppError FORBIDDEN when somebody else was faster. */
  use(transaction: Prisma.TransactionClient, token: string): Promise<void>
}

interface PasswordLinksOptions {
  prisma: PrismaClient
  publicUrl: () => string
  clock: () => number
}

export function createPasswordLinks({ prisma, publicUrl, clock }: PasswordLinksOptions): PasswordLinks {
  async function write(transaction: Prisma.TransactionClient, userId: string, carrier: LinkCarrier) {
    const token = randomBytes(32).toString('base64url')
    const now = new Date(clock())
    const expiresAt = new Date(now.getTime() + LIFE_MS[carrier])
    await transaction.passwordLink.deleteMany({ where: { expiresAt: { lte: now } } })
    await transaction.passwordLink.create({
      data: { tokenHash: hashToken(token), userId, byMail: carrier === 'mail', createdAt: now, expiresAt },
    })
    return { link: `${new URL(publicUrl()).origin}/-/reset#${token}`, expiresAt }
  }

  return {
    create: (userId, carrier) => write(prisma, userId, carrier),

    createFor: (userId, actor) =>
      prisma.$transaction(async (transaction) => {
        const user = await transaction.user.findUnique({ where: { id: userId } })
        if (user === null) throw new AppError('NOT_FOUND', 'There is no such user.')
        if (user.disabledAt !== null) throw new AppError('CONFLICT', 'This account was disabled. Enable it first.')
        await recordAudit(transaction, actor, { action: 'password.link', target: user.email })
        return write(transaction, userId, 'owner')
      }),

    async find(token) {
      const where = { tokenHash: hashToken(token), expiresAt: { gt: new Date(clock()) } }
      const link = await reportOutage(prisma.passwordLink.findFirst({ where }))
      if (link === null) return null
      const person = await reportOutage(readPerson(prisma, link.userId, { scopes: null, tokenId: null }))
      return person === null ? null : { person }
    },

    async use(transaction, token) {
      const [link] = await transaction.$queryRaw<{ userId: string; byMail: boolean }[]>`
        delete from password_link where token_hash = ${hashToken(token)} and expires_at > ${new Date(clock())}
        returning user_id as "userId", by_mail as "byMail"`
      if (link === undefined) throw new AppError('FORBIDDEN', 'This link was used before. Ask for a new one.')
      await transaction.passwordLink.deleteMany({ where: { userId: link.userId } })
      if (link.byMail) await transaction.user.update({ where: { id: link.userId }, data: { emailVerified: true } })
    },
  }
}

function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hash('sha256', token, 'buffer'))
}
