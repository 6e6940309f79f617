// The owner's account: made once, by the one-time link or by the variables of the first start. The link's token is
// derived from the secret instead of being stored: every process knows the same one, and it is void as soon as there is
// an owner, because that is what is asked first.

import { timingSafeEqual } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import type { PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import { recordAudit, type Actor } from './audit.ts'
import { deriveKey } from './derive-key.ts'
import { insertAccount, parseNewAccount, type NewAccount } from './new-account.ts'
import type { PasswordQueue } from './password-queue.ts'
import { reportOutage } from './report-outage.ts'

/** Any number that no other lock of ours has: "owner" in ASCII. */
const OWNER_LOCK = 0x6f776e6572

export interface OwnerAccount {
  exists(): Promise<boolean>
  /** @throws AppError INVALID when email, password or name will not do, CONFLICT when there is an owner already. */
  create(owner: NewAccount, actor: Actor): Promise<{ id: string }>
  /** The one-time link's token: 43 characters of base64url. */
  setupToken(): string
  /** In constant time. Whether an owner exists is for `create` to say. */
  isSetupToken(token: string): boolean
}

export function createOwnerAccount(prisma: PrismaClient, secret: Buffer, runInQueue: PasswordQueue): OwnerAccount {
  const setupToken = deriveKey(secret, 'setup link').toString('base64url')
  // Accounts of owners are never removed, so a yes holds for good.
  let isKnownToExist = false

  return {
    async exists() {
      isKnownToExist ||= (await reportOutage(prisma.user.count({ where: { isOwner: true } }))) > 0
      return isKnownToExist
    },

    async create(owner, actor) {
      const { email, password, name } = parseNewAccount(owner)
      const passwordHash = await runInQueue(() => hashPassword(password))
      const created = await prisma.$transaction(async (transaction) => {
        // Two people with the link, or two processes at their first start: the second one waits, and then sees the first.
        await transaction.$executeRaw`select pg_advisory_xact_lock(${OWNER_LOCK}::bigint)`
        const others = await transaction.user.findFirst({ where: { OR: [{ isOwner: true }, { email }] } })
        if (others !== null) throw new AppError('CONFLICT', 'The owner’s account exists already.')
        const account = await insertAccount(transaction, { email, name, passwordHash, isOwner: true })
        const changes = { isOwner: { to: true } }
        await recordAudit(transaction, actor, { action: 'user.create', target: email, changes })
        return account
      })
      isKnownToExist = true
      return created
    },

    setupToken: () => setupToken,

    isSetupToken(token) {
      // What is derived from a guess has the right length and tells nothing, whatever the guess looks like.
      return timingSafeEqual(deriveKey(Buffer.from(token), 'compare'), deriveKey(Buffer.from(setupToken), 'compare'))
    },
  }
}
