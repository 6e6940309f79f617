// Sign-in and access, put together: who asks (authenticate.ts), what they may do (can.ts, which needs nothing from here),
// and how they come to an account, a session or a token.

import type { OidcConfig } from '../config.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import type { Publish } from '../domain/change.ts'
import type { Logger } from '../log.ts'
import type { Mail } from '../mail/mail.ts'
import { createAccessTokens, type AccessTokens } from './access-tokens.ts'
import { OPERATOR, type Actor } from './audit.ts'
import { createAuthenticate, type Authenticate } from './authenticate.ts'
import { configureBetterAuth, type BetterAuth } from './better-auth.ts'
import { createConfirmIdentity, type ConfirmIdentity } from './confirm-identity.ts'
import { createForgottenPassword, type ForgottenPassword } from './forgotten-password.ts'
import { createInvitations, type Invitations } from './invitations.ts'
import type { NewAccount } from './new-account.ts'
import { createOidc, type Oidc } from './oidc/oidc.ts'
import { listOwnOrigins } from './origins.ts'
import { createOwnSessions, type OwnSessions } from './own-sessions.ts'
import { createOwnerAccount, type OwnerAccount } from './owner.ts'
import { createPasswordLinks, type PasswordLinks } from './password-links.ts'
import { createPasswordQueue } from './password-queue.ts'
import { createPasswords, type PasswordHasher, type Passwords } from './passwords.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSignInLimiter } from './sign-in-limiter.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createTwoFactor, type TwoFactor } from './two-factor.ts'
import { writePasswordChangedMail } from './write-mails.ts'

interface AuthOptions {
  prisma: PrismaClient
  /** Called with the first request, not before: with PORT=0 it is known only then. */
  publicUrl: () => string
  /** 32 bytes. */
  secret: Buffer
  /** Tells every process, this one too, that somebody may do more or less than before. */
  publish: Publish
  onChanges: (listener: Publish) => unknown
  mail: Mail
  /** null: nobody signs in by a provider. */
  oidc?: OidcConfig | null
  log: Pick<Logger, 'warn' | 'error'>
  /** Milliseconds since the epoch. */
  clock?: () => number
  hasher?: PasswordHasher
}

export interface Auth extends Authenticate {
  readonly sessions: Sessions
  readonly ownSessions: OwnSessions
  readonly signIn: SignIn
  /** null where no provider is set up. */
  readonly oidc: Oidc | null
  readonly twoFactor: TwoFactor
  readonly confirmIdentity: ConfirmIdentity
  readonly passwords: Passwords
  readonly passwordLinks: PasswordLinks
  readonly forgottenPassword: ForgottenPassword
  readonly accessTokens: AccessTokens
  readonly owner: OwnerAccount
  readonly invitations: Invitations
  /** Whether a request that carries a cookie comes from one of our own pages: its Origin header. */
  isOwnOrigin(origin: string | null | undefined): boolean
  /** The one-time link that creates the owner's account; null once there is an owner. */
  setupLink(): Promise<string | null>
  /** @throws AppError INVALID or CONFLICT */
  createOwner(owner: NewAccount, actor?: Actor): Promise<{ id: string }>
  /** Gives the owner an access token with a secret that was chosen elsewhere, scope `api`. */
  giveOwnerToken(userId: string, secret: string): Promise<void>
  stop(): Promise<void>
}

export function createAuth(options: AuthOptions): Auth {
  const { prisma, publicUrl, secret, publish, onChanges, mail, oidc = null, log, clock = Date.now, hasher } = options
  let betterAuth: BetterAuth | null = null
  const getBetterAuth = () => (betterAuth ??= configureBetterAuth({ prisma, publicUrl: publicUrl(), secret, log }))
  const runInQueue = createPasswordQueue()
  const limiter = createSignInLimiter(clock)
  const sessions = createSessions({ prisma, publish, getBetterAuth, log, clock })
  const passwordLinks = createPasswordLinks({ prisma, publicUrl, clock })
  const passwords = createPasswords({
    ...{ prisma, limiter, runInQueue, hasher },
    links: passwordLinks,
    onChanged({ email }) {
      publish([{ type: 'access' }])
      const text = writePasswordChangedMail(new URL(publicUrl()).origin)
      if (mail.isOn) mail.send({ to: email, kind: 'password changed', ...text })
    },
  })
  const twoFactor = createTwoFactor({ prisma, secret, publicUrl, clock })
  const signIn = createSignIn({ prisma, passwords, sessions, twoFactor, publicUrl, secret, clock })
  const forgottenPassword = createForgottenPassword({ prisma, links: passwordLinks, mail, log, clock })
  const accessTokens = createAccessTokens({ prisma, publish, log, clock })
  const invitations = createInvitations({ prisma, publish, runInQueue, clock })
  const owner = createOwnerAccount(prisma, secret, runInQueue)

  onChanges((changes) => {
    if (!changes.some(({ type }) => type === 'access')) return
    sessions.forgetLookUps()
    accessTokens.forgetLookUps()
  })

  return {
    ...createAuthenticate(sessions, accessTokens),
    sessions,
    ownSessions: createOwnSessions({ prisma, onEnded: () => publish([{ type: 'access' }]), clock }),
    signIn,
    oidc: oidc && createOidc({ config: oidc, prisma, publish, signIn, publicUrl, secret, log, clock }),
    twoFactor,
    confirmIdentity: createConfirmIdentity(passwords, clock),
    passwords,
    passwordLinks,
    forgottenPassword,
    accessTokens,
    owner,
    invitations,
    isOwnOrigin: (origin) => typeof origin === 'string' && listOwnOrigins(publicUrl()).includes(origin),
    async setupLink() {
      if (await owner.exists()) return null
      return `${new URL(publicUrl()).origin}/-/setup#${owner.setupToken()}`
    },
    createOwner: (newOwner, actor = OPERATOR) => owner.create(newOwner, actor),
    giveOwnerToken: (userId, tokenSecret) =>
      accessTokens.adopt({ userId, name: 'FAULTLINE_OWNER_TOKEN', scopes: ['api'], expiresAt: null }, tokenSecret),
    async stop() {
      await forgottenPassword.stop()
      await sessions.stop()
      await accessTokens.stop()
    },
  }
}
