// Signing in and out, and making the owner's account. These are not GraphQL: the server's sign-in library answers them
// and sets the session's cookie.

import { live } from '#lib/graphql/live.svelte.ts'
import { words } from '#lib/words.ts'
import { explainAnswer, postJson, type Answer } from './post-json.ts'

export type SignInResult = { state: 'signedIn' | 'needsCode' } | { state: 'refused'; reason: string }

export async function signIn(email: string, password: string): Promise<SignInResult> {
  const answer = await postJson('/-/auth/sign-in/email', { email, password })
  return describeResult(answer, answer?.status === 401 ? words.signIn.refused : explainAnswer(answer))
}

/** The second step: a code of an authenticator app, or a recovery code. */
export async function signInWithCode(code: string): Promise<SignInResult> {
  const answer = await postJson('/-/auth/sign-in/code', { code })
  return describeResult(answer, explainAnswer(answer))
}

function describeResult(answer: Answer | null, reason: string | null): SignInResult {
  if (reason !== null) return { state: 'refused', reason }
  const needsCode = (answer?.body as { needsCode?: boolean } | undefined)?.needsCode === true
  return { state: needsCode ? 'needsCode' : 'signedIn' }
}

export async function signOut(): Promise<void> {
  await postJson('/-/auth/sign-out', {})
  live.reset()
}

/** Creates the instance's owner by the one-time link, and signs in. @returns why not; null when done. */
export async function createOwner(token: string, email: string, password: string): Promise<string | null> {
  const answer = await postJson('/-/setup', { token, email, password })
  return answer?.status === 403 ? words.setup.linkUsed : explainAnswer(answer)
}

/** Makes an account by an invitation's link, and signs in. @returns why not; null when done. */
export async function acceptWithNewAccount(account: {
  token: string
  email: string
  password: string
  name: string | null
}): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/accept-invitation', account))
}
