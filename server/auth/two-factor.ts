// A second step at sign-in: a code of an authenticator app, or a recovery code. Off until its person turns it on. The app's
// secret is encrypted with a key that the database does not know; a code works once, in every process.

import type { PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import { recordAudit, type Actor } from './audit.ts'
import { deriveKey } from './derive-key.ts'
import { createWindowCounter, TooManyTries } from './rate-limit.ts'
import { hashRecoveryCode, makeRecoveryCodes } from './recovery-codes.ts'
import { reportOutage } from './report-outage.ts'
import { createSeal } from './seal.ts'
import { describeTotp, findTotpStep, makeTotpSecret } from './totp.ts'

const WINDOW_MS = 60 * 60_000
/** Three codes of a million are right at any time. Who tries has the password already. */
const TRIES_MAX = 10

interface Holder {
  userId: string
  email: string
}

interface TwoFactorState {
  /** null: off. */
  enabledAt: Date | null
  recoveryCodesLeft: number
}

export interface TwoFactor {
  read(userId: string): Promise<TwoFactorState>
  isOn(userId: string): Promise<boolean>
  /** A new secret, which counts once it was confirmed. @throws AppError CONFLICT when it is on already */
  begin(holder: Holder): Promise<{ secret: string; uri: string }>
  /** Turns it on. @returns the recovery codes. @throws AppError INVALID for a wrong code, CONFLICT, TooManyTries */
  confirm(holder: Holder, code: string, actor: Actor): Promise<string[]>
  /** A code of the app, or a recovery code, which is gone then. @throws AppError UNAUTHENTICATED, TooManyTries */
  verify(holder: Holder, code: string, actor: Actor): Promise<void>
  /** Voids those that were there. @throws AppError CONFLICT when it is off */
  renewRecoveryCodes(holder: Holder, actor: Actor): Promise<string[]>
  /** @returns whether it was on. */
  disable(holder: Holder, actor: Actor): Promise<boolean>
}

interface TwoFactorOptions {
  prisma: PrismaClient
  secret: Buffer
  publicUrl: () => string
  clock: () => number
}

export function createTwoFactor({ prisma, secret, publicUrl, clock }: TwoFactorOptions): TwoFactor {
  const seal = createSeal(deriveKey(secret, 'two-factor secrets'))
  const recoveryKey = deriveKey(secret, 'recovery codes')
  const tries = createWindowCounter({ windowMs: WINDOW_MS, countMax: TRIES_MAX, clock })

  /** Counted before it is known to be wrong: those that come at the same moment would otherwise all be looked at. */
  function countTry(userId: string): void {
    const waitMs = tries.remainingMs(userId)
    if (waitMs > 0) throw new TooManyTries('Too many wrong codes.', waitMs)
    tries.add(userId)
  }

  function openSecret(row: { userId: string; secret: Uint8Array }): string {
    const opened = seal.open(row.secret, row.userId)
    if (opened === null) throw new Error('a two-factor secret was encrypted with another FAULTLINE_SECRET')
    return opened
  }

  /** Marks the code's time step as used, in one statement: of two requests with one code only one gets through. */
  async function useTotp(row: { userId: string; secret: Uint8Array }, code: string): Promise<boolean> {
    const step = findTotpStep(openSecret(row), code, clock())
    if (step === null) return false
    const { count } = await prisma.twoFactor.updateMany({
      where: { userId: row.userId, OR: [{ lastStep: null }, { lastStep: { lt: step } }] },
      data: { lastStep: step },
    })
    return count > 0
  }

  async function useRecoveryCode({ userId, email }: Holder, code: string, actor: Actor): Promise<boolean> {
    return prisma.$transaction(async (transaction) => {
      const codeHash = hashRecoveryCode(recoveryKey, userId, code)
      const { count } = await transaction.recoveryCode.deleteMany({ where: { userId, codeHash } })
      if (count > 0) await recordAudit(transaction, actor, { action: 'two_factor.recover', target: email })
      return count > 0
    })
  }

  async function writeRecoveryCodes(
    transaction: Pick<PrismaClient, 'recoveryCode'>,
    userId: string,
  ): Promise<string[]> {
    const codes = makeRecoveryCodes()
    await transaction.recoveryCode.deleteMany({ where: { userId } })
    await transaction.recoveryCode.createMany({
      data: codes.map((code) => ({ userId, codeHash: hashRecoveryCode(recoveryKey, userId, code) })),
    })
    return codes
  }

  const find = (userId: string) => reportOutage(prisma.twoFactor.findUnique({ where: { userId } }))

  return {
    async read(userId) {
      const row = await find(userId)
      const enabledAt = row?.enabledAt ?? null
      const left = enabledAt === null ? 0 : await reportOutage(prisma.recoveryCode.count({ where: { userId } }))
      return { enabledAt, recoveryCodesLeft: left }
    },

    isOn: async (userId) => (await find(userId))?.enabledAt != null,

    async begin({ userId, email }) {
      const text = makeTotpSecret()
      const sealed = Uint8Array.from(seal.seal(text, userId))
      const written = await reportOutage(prisma.$executeRaw`
        insert into two_factor (user_id, secret) values (${userId}, ${sealed})
        on conflict (user_id) do update set secret = excluded.secret, last_step = null where two_factor.enabled_at is null`)
      if (written === 0) throw new AppError('CONFLICT', 'Two-factor sign-in is on already.')
      return { secret: text, uri: describeTotp(text, email, new URL(publicUrl()).host) }
    },

    async confirm({ userId, email }, code, actor) {
      countTry(userId)
      const row = await find(userId)
      if (row === null || row.enabledAt !== null) throw new AppError('CONFLICT', 'Begin with the QR code again.')
      if (!(await reportOutage(useTotp(row, code.replaceAll(/\s/g, ''))))) {
        throw new AppError('INVALID', 'This code is wrong. Is the clock of your device right?')
      }
      tries.forget(userId)
      return reportOutage(
        prisma.$transaction(async (transaction) => {
          // A secret that was begun anew meanwhile is not the one that the code is of.
          const where = { userId, secret: row.secret, enabledAt: null }
          const { count } = await transaction.twoFactor.updateMany({ where, data: { enabledAt: new Date(clock()) } })
          if (count === 0) throw new AppError('CONFLICT', 'Begin with the QR code again.')
          await recordAudit(transaction, actor, { action: 'two_factor.enable', target: email })
          return writeRecoveryCodes(transaction, userId)
        }),
      )
    },

    async verify(holder, code, actor) {
      const { userId } = holder
      countTry(userId)
      const row = await find(userId)
      if (row === null || row.enabledAt === null) return
      const plain = code.replaceAll(/\s/g, '')
      const work = /^\d{6}$/.test(plain) ? useTotp(row, plain) : useRecoveryCode(holder, plain, actor)
      if (await reportOutage(work)) return tries.forget(userId)
      throw new AppError('UNAUTHENTICATED', 'This code is wrong, or was used before.')
    },

    async renewRecoveryCodes({ userId, email }, actor) {
      if ((await find(userId))?.enabledAt == null) throw new AppError('CONFLICT', 'Two-factor sign-in is off.')
      return reportOutage(
        prisma.$transaction(async (transaction) => {
          await recordAudit(transaction, actor, { action: 'two_factor.renew_codes', target: email })
          return writeRecoveryCodes(transaction, userId)
        }),
      )
    },

    async disable({ userId, email }, actor) {
      return reportOutage(
        prisma.$transaction(async (transaction) => {
          const { count } = await transaction.twoFactor.deleteMany({ where: { userId, enabledAt: { not: null } } })
          await transaction.recoveryCode.deleteMany({ where: { userId } })
          if (count > 0) await recordAudit(transaction, actor, { action: 'two_factor.disable', target: email })
          return count > 0
        }),
      )
    },
  }
}
