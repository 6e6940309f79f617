// The second step at sign-in, turned on and off on one's own account. All of it asks for the password once more, where one
// has one.

import { explainAnswer, postJson } from './post-json.ts'

type Done<Content> = { failure: null; content: Content } | { failure: string; content: null }

/** What an authenticator app needs: the secret, and an address that holds it. */
export function beginTwoFactor(password: string): Promise<Done<{ secret: string; uri: string }>> {
  return post('begin', { password })
}

/** Turns it on with a first code. */
export function confirmTwoFactor(code: string): Promise<Done<{ recoveryCodes: string[] }>> {
  return post('confirm', { code })
}

export function renewRecoveryCodes(password: string): Promise<Done<{ recoveryCodes: string[] }>> {
  return post('recovery-codes', { password })
}

export function disableTwoFactor(password: string): Promise<Done<unknown>> {
  return post('disable', { password })
}

async function post<Content>(action: string, content: unknown): Promise<Done<Content>> {
  const answer = await postJson(`/-/auth/two-factor/${action}`, content)
  const failure = explainAnswer(answer)
  return failure === null ? { failure, content: answer?.body as Content } : { failure, content: null }
}
