// Passwords: changing one's own, and setting a new one by a one-time link.

import { explainAnswer, postJson } from './post-json.ts'

/** The server knows the whole rule; this much a form can say by itself. */
export const PASSWORD_LENGTH = { min: 8, max: 128 }

/** @returns why not, for a person; null when done. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/change-password', { currentPassword, newPassword }))
}

/** @returns why not; null when a link is on its way, if the address has an account. */
export async function askForLink(email: string): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/forgot-password', { email }))
}

/** @returns whose password the link sets; null when it is over. */
export async function findLink(token: string): Promise<{ email: string | null; failure: string | null }> {
  const answer = await postJson('/-/auth/password-link', { token })
  const email = (answer?.body as { email?: string | null } | undefined)?.email ?? null
  return { email, failure: explainAnswer(answer) }
}

/** @returns why not; null when the password is set. */
export async function setPassword(token: string, password: string): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/reset-password', { token, password }))
}
