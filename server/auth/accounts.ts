// People's accounts: for the instance's owner, and for who runs the server (server/cli/user.ts).

import { hashPassword } from 'better-auth/crypto'
import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import { isUniqueViolation } from '../database/is-unique-violation.ts'
import type { Publish } from '../domain/change.ts'
import { AppError } from '../errors.ts'
import { recordAudit, type Actor } from './audit.ts'
import { insertAccount, parseNewAccount, type NewAccount } from './new-account.ts'
import { assertGoodPassword } from './password-rule.ts'
import { writePassword } from './passwords.ts'

export interface AccountsDeps {
  prisma: PrismaClient
  publish: Publish
}

/** @throws AppError INVALID, CONFLICT */
export async function createAccount(
  { prisma }: Pick<AccountsDeps, 'prisma'>,
  actor: Actor,
  account: NewAccount & { isOwner: boolean },
): Promise<{ id: string; email: string }> {
  const { email, password, name } = parseNewAccount(account)
  const { isOwner } = account
  await assertGoodPassword(password, [email, name])
  const passwordHash = await hashPassword(password)
  return prisma
    .$transaction(async (transaction) => {
      const { id } = await insertAccount(transaction, { email, name, passwordHash, isOwner })
      const changes = { isOwner: { to: isOwner } }
      await recordAudit(transaction, actor, { action: 'user.create', target: email, changes })
      return { id, email }
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? new AppError('CONFLICT', 'There is an account with this address.') : error
    })
}

/** Signs them out everywhere. @throws AppError NOT_FOUND, INVALID */
export async function resetPassword(
  { prisma, publish }: AccountsDeps,
  actor: Actor,
  userId: string,
  password: string,
): Promise<void> {
  const user = await prisma.user.findUnique({ where: { id: userId } })
  if (user === null) throw new AppError('NOT_FOUND', 'There is no such user.')
  await assertGoodPassword(password, [user.email, user.name])
  const passwordHash = await hashPassword(password)
  await prisma.$transaction(async (transaction) => {
    await writePassword(transaction, userId, passwordHash)
    await transaction.session.deleteMany({ where: { userId } })
    await recordAudit(transaction, actor, { action: 'password.reset', target: user.email })
  })
  publish([{ type: 'access' }])
}

/**
 * Signs them out everywhere; their tokens stay, and work again when they are enabled. The instance keeps an owner.
 *
 * @throws AppError NOT_FOUND, CONFLICT
 */
export async function disableAccount({ prisma, publish }: AccountsDeps, actor: Actor, userId: string): Promise<void> {
  await prisma.$transaction(async (transaction) => {
    const { email, disabledAt, isOwner } = await lockUser(transaction, userId)
    if (disabledAt !== null) return
    await transaction.user.update({ where: { id: userId }, data: { disabledAt: new Date() } })
    await transaction.session.deleteMany({ where: { userId } })
    if (isOwner && (await transaction.user.count({ where: { isOwner: true, disabledAt: null } })) === 0) {
      throw new AppError('CONFLICT', 'This is the only owner of the instance, which keeps one.')
    }
    await recordAudit(transaction, actor, { action: 'user.disable', target: email })
  })
  publish([{ type: 'access' }])
}

/** @throws AppError NOT_FOUND */
export async function enableAccount({ prisma, publish }: AccountsDeps, actor: Actor, userId: string): Promise<void> {
  await prisma.$transaction(async (transaction) => {
    const { email, disabledAt } = await lockUser(transaction, userId)
    if (disabledAt === null) return
    await transaction.user.update({ where: { id: userId }, data: { disabledAt: null } })
    await recordAudit(transaction, actor, { action: 'user.enable', target: email })
  })
  publish([{ type: 'access' }])
}

async function lockUser(transaction: Prisma.TransactionClient, userId: string) {
  // All owners, in their order, so that two of them do not disable each other at once.
  await transaction.$queryRaw`select from app_user where is_owner or id = ${userId} order by id for update`
  const user = await transaction.user.findUnique({ where: { id: userId } })
  if (user === null) throw new AppError('NOT_FOUND', 'There is no such user.')
  return user
}
