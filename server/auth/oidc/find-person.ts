// Whose account a sign-in by the provider is. Who has signed in so before is known by the provider's own name for them. An
// account that was there before is joined by its address only when both sides vouch for it: the provider says that the
// address was verified, and here it was confirmed (by a link in a mail, or because the instance's owner made their own
// account with it). Otherwise whoever gets an address at the provider, or an account here with somebody else's, would have both.

import { randomUUID } from 'node:crypto'
import type { Prisma, PrismaClient } from '../../database/generated/client.ts'
import { recordAudit, type Actor } from '../audit.ts'
import { readPerson } from '../read-person.ts'
import type { Person } from '../viewer.ts'
import { ProviderRefusal } from './provider-refusal.ts'
import type { Identity } from './read-claims.ts'

interface FindPersonOptions {
  /** Names the provider among a person's accounts. */
  issuer: string
  /** Whether who has no account gets one. */
  signUp: boolean
  address: string
}

/** @returns the person's id. @throws ProviderRefusal */
export async function findPerson(
  prisma: PrismaClient,
  identity: Identity,
  options: FindPersonOptions,
): Promise<string> {
  const { issuer, address } = options
  return prisma.$transaction(async (transaction) => {
    const { subject, email, emailVerified } = identity
    // Two browsers of one person who comes for the first time: the second one waits, and then finds the first.
    await transaction.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`oidc ${issuer} ${subject}`}, 0))`
    const where = { providerId: issuer, accountId: subject }
    const known = await transaction.account.findFirst({ where, include: { user: true } })
    if (known?.user.disabledAt) throw new ProviderRefusal('disabled')
    if (known !== null) return known.userId
    if (email === null) throw new ProviderRefusal('no_address')
    const user = await transaction.user.findUnique({ where: { email }, include: { accounts: true } })
    if (user === null) return createPerson(transaction, identity, options)
    if (user.disabledAt !== null) throw new ProviderRefusal('disabled')
    if (!emailVerified) throw new ProviderRefusal('unverified_address')
    if (!user.emailVerified) throw new ProviderRefusal('unconfirmed_address')
    if (user.accounts.some(({ providerId }) => providerId === issuer)) throw new ProviderRefusal('other_identity')
    await joinAccount(transaction, { userId: user.id, issuer, subject, address })
    return user.id
  })
}

/** For who is signed in already, and has just shown who they are at the provider. @throws ProviderRefusal */
export async function connectPerson(
  prisma: PrismaClient,
  { subject }: Identity,
  { userId, issuer, address }: { userId: string; issuer: string; address: string },
): Promise<void> {
  await prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`oidc ${issuer} ${subject}`}, 0))`
    const ofIssuer = await transaction.account.findMany({
      where: { providerId: issuer, OR: [{ accountId: subject }, { userId }] },
    })
    if (ofIssuer.some((account) => account.userId === userId && account.accountId === subject)) return
    if (ofIssuer.length > 0) throw new ProviderRefusal('other_identity')
    await joinAccount(transaction, { userId, issuer, subject, address })
  })
}

async function createPerson(
  transaction: Prisma.TransactionClient,
  { email, emailVerified, name, subject }: Identity,
  { issuer, signUp, address }: FindPersonOptions,
): Promise<string> {
  if (!signUp || email === null) throw new ProviderRefusal('no_account')
  const id = randomUUID()
  await transaction.user.create({ data: { id, email, emailVerified, name } })
  await transaction.account.create({
    data: { id: randomUUID(), accountId: subject, providerId: issuer, userId: id },
  })
  const actor = { viewer: null, address, person: { userId: id, email } }
  const changes = { provider: { to: issuer } }
  await recordAudit(transaction, actor, { action: 'user.create', target: email, changes })
  return id
}

async function joinAccount(
  transaction: Prisma.TransactionClient,
  { userId, issuer, subject, address }: { userId: string; issuer: string; subject: string; address: string },
): Promise<void> {
  await transaction.account.create({ data: { id: randomUUID(), accountId: subject, providerId: issuer, userId } })
  const viewer = await requirePerson(transaction, userId)
  const changes = { provider: { to: issuer } }
  await recordAudit(transaction, { viewer, address }, { action: 'user.connect', target: viewer.email, changes })
}

/** Who has a password goes on with that alone. */
export async function disconnectPerson(
  prisma: PrismaClient,
  { userId, email }: { userId: string; email: string },
  { issuer, actor }: { issuer: string; actor: Actor },
): Promise<void> {
  await prisma.$transaction(async (transaction) => {
    const { count } = await transaction.account.deleteMany({ where: { providerId: issuer, userId } })
    const changes = { provider: { from: issuer } }
    if (count > 0) await recordAudit(transaction, actor, { action: 'user.disconnect', target: email, changes })
  })
}

async function requirePerson(transaction: Prisma.TransactionClient, userId: string): Promise<Person> {
  const person = await readPerson(transaction, userId, { scopes: null, tokenId: null })
  if (person === null) throw new ProviderRefusal('disabled')
  return person
}
