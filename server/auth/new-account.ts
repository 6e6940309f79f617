// A new person with a password: what may be taken for an address, a name and a password, and the rows that they become.

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Prisma } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './password-rule.ts'

export interface NewAccount {
  email: string
  password: string
  name?: string | null | undefined
}

/** @throws AppError INVALID */
export function parseNewAccount(account: NewAccount): { email: string; password: string; name: string } {
  const email = parseEmail(account.email)
  if (account.password.length < PASSWORD_LENGTH_MIN || account.password.length > PASSWORD_LENGTH_MAX) {
    throw new AppError('INVALID', `A password has ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters.`)
  }
  const name = account.name?.trim() ?? ''
  // PostgreSQL takes no NUL, and no page shows the others.
  if (name.length > 100 || /[\x00-\x1f\x7f]/.test(name)) {
    throw new AppError('INVALID', 'A name has at most 100 characters, all of them visible.')
  }
  return { email, password: account.password, name }
}

/** @returns it in lower case, as it is stored. @throws AppError INVALID */
export function parseEmail(text: string): string {
  const email = text.trim().toLowerCase()
  if (email.length > 254 || !z.email().safeParse(email).success) {
    throw new AppError('INVALID', 'This is not an e-mail address.')
  }
  return email
}

export async function insertAccount(
  transaction: Prisma.TransactionClient,
  { email, name, passwordHash, isOwner }: { email: string; name: string; passwordHash: string; isOwner: boolean },
): Promise<{ id: string }> {
  const id = randomUUID()
  // The owner's address is their own word, or the operator's. Anybody else may have typed somebody else's.
  await transaction.user.create({ data: { id, email, emailVerified: isOwner, name, isOwner } })
  await transaction.account.create({
    data: { id: randomUUID(), accountId: id, providerId: 'credential', userId: id, password: passwordHash },
  })
  return { id }
}
