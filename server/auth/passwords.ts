// Passwords of people: whether one is right, and how a new one comes about - by whoever knows the old one, or by a one-time
// link (password-links.ts). Whoever sets a new one is the only one who stays signed in.

import { randomUUID } from 'node:crypto'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import { recordAudit } from './audit.ts'
import type { PasswordLinks } from './password-links.ts'
import type { PasswordQueue } from './password-queue.ts'
import { assertGoodPassword } from './password-rule.ts'
import { reportOutage } from './report-outage.ts'
import type { KnownSession } from './sessions.ts'
import type { SignInLimiter } from './sign-in-limiter.ts'

const CREDENTIAL = 'credential'

export interface PasswordHasher {
  hashPassword(password: string): Promise<string>
  verifyPassword(given: { hash: string; password: string }): Promise<boolean>
}

/** scrypt, with 16 MiB and a salt for each. */
export const SCRYPT: PasswordHasher = { hashPassword, verifyPassword }

interface KnownPerson {
  id: string
  email: string
  name: string | null
  isDisabled: boolean
}

export interface Passwords {
  /**
   * Costs one statement and one hash, whatever is wrong.
   *
   * @param email in lower case. @returns null when the address or the password is wrong. @throws TooManyTries
   */
  verify(email: string, password: string, address: string): Promise<KnownPerson | null>
  /** Whether the person has one: who signs in elsewhere may have none. */
  exists(userId: string): Promise<boolean>
  /** Another one after each change; the same for who has none. */
  readStamp(userId: string): Promise<string>
  /** @throws AppError FORBIDDEN when it is wrong, TooManyTries */
  assertOwn(viewer: { email: string }, password: string, address: string): Promise<void>
  /** Ends all other sessions. @throws AppError FORBIDDEN when the current one is wrong, INVALID, TooManyTries */
  change(session: KnownSession, change: PasswordChange, address: string): Promise<void>
  /** Ends all sessions. @throws AppError FORBIDDEN when the link is not valid (any more), INVALID */
  setByLink(token: string, password: string, address: string): Promise<{ email: string }>
}

interface PasswordChange {
  currentPassword: string
  newPassword: string
}

interface PasswordsOptions {
  prisma: PrismaClient
  links: PasswordLinks
  limiter: SignInLimiter
  runInQueue: PasswordQueue
  /** Called when somebody has a new password, and their other sessions were ended. */
  onChanged: (person: { email: string }) => void
  hasher?: PasswordHasher | undefined
}

export function createPasswords(options: PasswordsOptions): Passwords {
  const { prisma, links, limiter, runInQueue, onChanged, hasher = SCRYPT } = options

  async function verify(email: string, password: string, address: string): Promise<KnownPerson | null> {
    limiter.check(address, email)
    return runInQueue(async () => {
      // Asked again: those that waited in the queue may have failed meanwhile.
      limiter.check(address, email)
      const person = await compare(email, password)
      if (person === null) limiter.countFailure(address, email)
      else limiter.countSuccess(address, email)
      return person
    })
  }

  async function compare(email: string, password: string): Promise<KnownPerson | null> {
    const row = await reportOutage(findByEmail(prisma, email))
    if (row === null || row.passwordHash === null) {
      await hasher.hashPassword(password)
      return null
    }
    const { passwordHash, ...person } = row
    return (await hasher.verifyPassword({ hash: passwordHash, password })) ? person : null
  }

  async function assertOwn({ email }: { email: string }, password: string, address: string): Promise<void> {
    if ((await verify(email, password, address)) === null) throw new AppError('FORBIDDEN', 'This is not your password.')
  }

  return {
    verify,
    assertOwn,

    async readStamp(userId) {
      const where = { providerId: CREDENTIAL, userId }
      const account = await reportOutage(prisma.account.findFirst({ where, select: { updatedAt: true } }))
      return account === null ? 'none' : String(account.updatedAt.getTime())
    },

    async exists(userId) {
      const where = { providerId: CREDENTIAL, userId, password: { not: null } }
      return (await reportOutage(prisma.account.count({ where }))) > 0
    },

    async change({ id: sessionId, viewer }, { currentPassword, newPassword }, address) {
      await assertOwn(viewer, currentPassword, address)
      if (newPassword === currentPassword) throw new AppError('INVALID', 'This is the password that you have already.')
      await assertGoodPassword(newPassword, [viewer.email, viewer.name ?? ''])
      const password = await runInQueue(() => hasher.hashPassword(newPassword))
      await reportOutage(
        prisma.$transaction(async (transaction) => {
          await writePassword(transaction, viewer.userId, password)
          await recordAudit(transaction, { viewer, address }, { action: 'password.change', target: viewer.email })
          await transaction.session.deleteMany({ where: { userId: viewer.userId, id: { not: sessionId } } })
        }),
      )
      onChanged(viewer)
    },

    async setByLink(token, newPassword, address) {
      const link = await links.find(token)
      if (link === null) throw new AppError('FORBIDDEN', 'This link was used before, or is too old. Ask for a new one.')
      const viewer = link.person
      const { userId, email, name } = viewer
      await assertGoodPassword(newPassword, [email, name ?? ''])
      const password = await runInQueue(() => hasher.hashPassword(newPassword))
      await reportOutage(
        prisma.$transaction(async (transaction) => {
          await links.use(transaction, token)
          await writePassword(transaction, userId, password)
          await recordAudit(transaction, { viewer, address }, { action: 'password.reset', target: email })
          await transaction.session.deleteMany({ where: { userId } })
        }),
      )
      onChanged(viewer)
      return { email }
    },
  }
}

interface FoundPerson extends KnownPerson {
  /** null for who has none. */
  passwordHash: string | null
}

/** One statement, whether there is such an account or not. */
export async function findByEmail(prisma: PrismaClient, email: string): Promise<FoundPerson | null> {
  const rows = await prisma.$queryRaw<FoundPerson[]>`
    select u.id, u.email, nullif(u.name, '') as name, u.disabled_at is not null as "isDisabled", a.password as "passwordHash"
      from app_user u left join account a on a.user_id = u.id and a.provider_id = ${CREDENTIAL}
     where u.email = ${email} limit 1`
  return rows[0] ?? null
}

export async function writePassword(
  transaction: Prisma.TransactionClient,
  userId: string,
  password: string,
): Promise<void> {
  const { count } = await transaction.account.updateMany({
    where: { userId, providerId: CREDENTIAL },
    data: { password, updatedAt: new Date() },
  })
  if (count > 0) return
  await transaction.account.create({
    data: { id: randomUUID(), accountId: userId, providerId: CREDENTIAL, userId, password },
  })
}
