// "Forgot password?": a link by mail. Whether the address has an account is not to be seen from outside: the answer is the
// same and comes after the same one statement; the link is made and sent behind it.

import type { PrismaClient } from '../database/generated/client.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { Mail } from '../mail/mail.ts'
import type { PasswordLinks } from './password-links.ts'
import { findByEmail } from './passwords.ts'
import { createWindowCounter, networkOf, TooManyTries } from './rate-limit.ts'
import { reportOutage } from './report-outage.ts'
import { writeResetMail } from './write-mails.ts'

const WINDOW_MS = 15 * 60_000
const REQUESTS_PER_ADDRESS_MAX = 20
const REQUESTS_PER_ACCOUNT_MAX = 3

export interface ForgottenPassword {
  /** @throws AppError UNAVAILABLE when mail is off, TooManyTries */
  request(email: string, address: string): Promise<void>
  /** Waits for links that are being made. */
  stop(): Promise<void>
}

interface ForgottenPasswordOptions {
  prisma: PrismaClient
  links: PasswordLinks
  mail: Mail
  log: Pick<Logger, 'warn'>
  clock: () => number
}

export function createForgottenPassword(options: ForgottenPasswordOptions): ForgottenPassword {
  const { prisma, links, mail, log, clock } = options
  const byAddress = createWindowCounter({ windowMs: WINDOW_MS, countMax: REQUESTS_PER_ADDRESS_MAX, clock })
  const byAccount = createWindowCounter({ windowMs: WINDOW_MS, countMax: REQUESTS_PER_ACCOUNT_MAX, clock })
  const working = new Set<Promise<void>>()

  async function sendLink(userId: string, to: string): Promise<void> {
    try {
      const { link } = await links.create(userId, 'mail')
      mail.send({ to, kind: 'password reset', ...writeResetMail(link) })
    } catch (error) {
      log.warn({ err: error }, 'could not make a link for a new password')
    }
  }

  return {
    async request(email, address) {
      if (!mail.isOn) throw new AppError('UNAVAILABLE', 'This Faultline sends no mail. Ask its owner for a link.')
      const account = email.trim().toLowerCase()
      const network = networkOf(address)
      const waitMs = Math.max(byAddress.remainingMs(network), byAccount.remainingMs(account))
      if (waitMs > 0) throw new TooManyTries('Too many links were asked for.', waitMs)
      byAddress.add(network)
      byAccount.add(account)
      const person = await reportOutage(findByEmail(prisma, account))
      if (person === null || person.passwordHash === null || person.isDisabled) return
      const work = sendLink(person.id, person.email).finally(() => working.delete(work))
      working.add(work)
    },

    async stop() {
      await Promise.all(working)
    },
  }
}
