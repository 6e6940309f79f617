// What one sees of one's own account beside GraphQL: how one signs in, and from where one is signed in.

import { error } from '@sveltejs/kit'
import { words } from '#lib/words.ts'
import { explainAnswer, postJson } from './post-json.ts'

export interface OwnSession {
  id: string
  /** The one of this browser. */
  isCurrent: boolean
  createdAt: string
  lastUsedAt: string
  address: string | null
  userAgent: string | null
}

export interface TwoFactorState {
  /** null: off. */
  enabledAt: string | null
  recoveryCodesLeft: number
}

interface OwnAccount {
  hasPassword: boolean
  twoFactor: TwoFactorState
  /** null where nobody signs in by one. */
  provider: { name: string; isConnected: boolean } | null
  sessions: OwnSession[]
}

/** For `load`: a failure becomes the error page, or the sign-in form. */
export async function loadOwnAccount(fetch: typeof globalThis.fetch): Promise<OwnAccount> {
  const response = await fetch('/-/auth/account').catch(() => error(503, words.failure.network, { code: 'NETWORK' }))
  const body = (await response.json()) as OwnAccount & { code?: string; message?: string }
  if (!response.ok) {
    error(response.status, body.message ?? words.failure.unknown, body.code === undefined ? {} : { code: body.code })
  }
  return body
}

/** @returns why not, for a person; null when it has ended. */
export async function endSession(session: string): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/end-session', { session }))
}

/** All but the one of this browser. @returns why not; null when done. */
export async function endOtherSessions(): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/end-other-sessions', {}))
}
