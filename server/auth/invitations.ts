// Links that make their user a member of a group or project: somebody who is signed in, or who makes an account with it.
// The database has a link's SHA-256 only. An invitation with an address is for nobody else; each works once, and expires.

import { hashPassword } from 'better-auth/crypto'
import type { Invitation, Prisma, PrismaClient } from '../database/generated/client.ts'
import { isUniqueViolation } from '../database/is-unique-violation.ts'
import type { Publish } from '../domain/change.ts'
import type { Place } from '../domain/place.ts'
import type { Role } from '../domain/role.ts'
import { AppError } from '../errors.ts'
import { nameActor, recordAudit, type Actor } from './audit.ts'
import { addMember, findPlaceIds } from './members.ts'
import { insertAccount, parseEmail, parseNewAccount, type NewAccount } from './new-account.ts'
import type { PasswordQueue } from './password-queue.ts'
import { assertGoodPassword } from './password-rule.ts'
import { hashSecret, makeSecret } from './secret.ts'
import type { Person } from './viewer.ts'

const LIFE_MS = 7 * 24 * 60 * 60 * 1000
const LIFE_MAX_MS = 30 * 24 * 60 * 60 * 1000
/** Of one link, for an address that has an account: whoever has a link is not to try out addresses with it. */
const CONFLICTS_MAX = 5
/** That are open, of one group or project. */
const INVITATIONS_MAX = 200

interface NewInvitation {
  place: Place
  role: Role
  email: string | null
  /** null: in a week. */
  expiresAt: Date | null
}

/** What its user is shown before accepting. */
export type InvitationWithPlace = Prisma.InvitationGetPayload<{ include: typeof WITH_PLACE }>
const WITH_PLACE = { group: true, project: { include: { group: true } } } as const

export interface Invitations {
  /** @returns the row, and the link's token, which nobody can be told again. @throws AppError INVALID */
  create(invitation: NewInvitation, actor: Actor): Promise<{ invitation: Invitation; token: string }>
  /** @returns null for what is unknown, used, revoked or expired. */
  find(token: string): Promise<InvitationWithPlace | null>
  /** @returns the row as it was, null where it is gone already. */
  revoke(id: string, actor: Actor): Promise<Invitation | null>
  /** @returns where the person is a member now. @throws AppError NOT_FOUND, FORBIDDEN for another address */
  accept(token: string, person: Person, actor: Actor): Promise<Place>
  /** Makes the account as well. @throws AppError INVALID, NOT_FOUND, FORBIDDEN, CONFLICT where there is such an account */
  acceptWithNewAccount(token: string, account: NewAccount, address: string): Promise<void>
}

interface InvitationsOptions {
  prisma: PrismaClient
  publish: Publish
  runInQueue: PasswordQueue
  clock: () => number
}

export function createInvitations({ prisma, publish, runInQueue, clock }: InvitationsOptions): Invitations {
  /** Of two who use a link at once, one does. */
  async function take(transaction: Prisma.TransactionClient, token: string, email: string): Promise<Invitation> {
    const tokenHash = hashSecret(token)
    const invitation = await transaction.invitation.findFirst({ where: { tokenHash, expiresAt: { gt: now() } } })
    if (invitation === null) throw notValid()
    if (invitation.email !== null && invitation.email !== email) {
      throw new AppError('FORBIDDEN', 'This invitation is for another e-mail address.')
    }
    if ((await transaction.invitation.deleteMany({ where: { id: invitation.id } })).count === 0) throw notValid()
    return invitation
  }

  const now = () => new Date(clock())
  /** By the invitation's id. In memory: it goes with the invitation, or with the process. */
  const conflicts = new Map<string, number>()

  return {
    async create({ place, role, email, expiresAt }, actor) {
      const until = expiresAt ?? new Date(clock() + LIFE_MS)
      if (!(until.getTime() > clock()) || until.getTime() > clock() + LIFE_MAX_MS) {
        throw new AppError('INVALID', 'An invitation expires within 30 days.')
      }
      const token = makeSecret()
      const data = {
        ...place,
        role,
        email: email === null ? null : parseEmail(email),
        invitedBy: nameActor(actor),
        tokenHash: hashSecret(token),
        expiresAt: until,
      }
      const invitation = await prisma.$transaction(async (transaction) => {
        await transaction.invitation.deleteMany({ where: { ...place, expiresAt: { lte: now() } } })
        if ((await transaction.invitation.count({ where: place })) >= INVITATIONS_MAX) {
          throw new AppError('INVALID', `There are ${INVITATIONS_MAX} open invitations. Revoke some first.`)
        }
        const created = await transaction.invitation.create({ data })
        await recordInvitation(transaction, actor, 'invitation.create', created)
        return created
      })
      return { invitation, token }
    },

    find: (token) =>
      prisma.invitation.findFirst({
        where: { tokenHash: hashSecret(token), expiresAt: { gt: now() } },
        include: WITH_PLACE,
      }),

    revoke: (id, actor) =>
      prisma.$transaction(async (transaction) => {
        const invitation = await transaction.invitation.findUnique({ where: { id } })
        if (invitation === null || (await transaction.invitation.deleteMany({ where: { id } })).count === 0) return null
        await recordInvitation(transaction, actor, 'invitation.revoke', invitation)
        return invitation
      }),

    async accept(token, { userId, email }, actor) {
      const place = await prisma.$transaction(async (transaction) => {
        const invitation = await take(transaction, token, email)
        await recordInvitation(transaction, actor, 'invitation.accept', invitation)
        await addMember(transaction, actor, { place: placeOf(invitation), userId }, invitation.role)
        return placeOf(invitation)
      })
      publish([{ type: 'access' }])
      return place
    },

    async acceptWithNewAccount(token, account, address) {
      const { email, password, name } = parseNewAccount(account)
      const open = await this.find(token)
      if (open === null) throw notValid()
      const tried = conflicts.get(open.id) ?? 0
      if (tried >= CONFLICTS_MAX) throw new AppError('RATE_LIMITED', 'Too many addresses were tried with this link.')
      await assertGoodPassword(password, [email, name])
      const passwordHash = await runInQueue(() => hashPassword(password))
      const create = prisma.$transaction(async (transaction) => {
        const invitation = await take(transaction, token, email)
        const { id } = await insertAccount(transaction, { email, name, passwordHash, isOwner: false })
        const actor: Actor = { viewer: null, address, person: { userId: id, email } }
        await recordAudit(transaction, actor, { action: 'user.create', target: email })
        await recordInvitation(transaction, actor, 'invitation.accept', invitation)
        await addMember(transaction, actor, { place: placeOf(invitation), userId: id }, invitation.role)
      })
      await create.catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error
        conflicts.set(open.id, tried + 1)
        throw new AppError('CONFLICT', 'There is an account with this address. Sign in, and open the link again.')
      })
    },
  }
}

export function placeOf({ groupId, projectId }: Pick<Invitation, 'groupId' | 'projectId'>): Place {
  if (groupId !== null) return { groupId }
  // One of the two is there: a constraint of the table says so.
  return { projectId: projectId ?? 0 }
}

async function recordInvitation(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  action: 'invitation.create' | 'invitation.revoke' | 'invitation.accept',
  invitation: Invitation,
): Promise<void> {
  await recordAudit(transaction, actor, {
    action,
    target: invitation.email ?? 'a link',
    ...(await findPlaceIds(transaction, placeOf(invitation))),
    changes: { role: { to: invitation.role }, expiresAt: { to: invitation.expiresAt.toISOString() } },
  })
}

function notValid(): AppError {
  return new AppError('NOT_FOUND', 'This invitation is not valid: it was used or revoked, or it has expired.')
}
