// Signing in and out, and making the owner's account. These are not GraphQL: the server's sign-in library answers them
// and sets the session's cookie.

import { live } from '#lib/graphql/live.svelte.ts'
import { words } from '#lib/words.ts'

/** @returns why not, for a person; null when signed in. */
export async function signIn(email: string, password: string): Promise<string | null> {
  const answer = await postJson('/-/auth/sign-in/email', { email, password })
  if (answer === null) return words.failure.network
  if (answer.status < 400) return null
  if (answer.status === 429) return words.signIn.tooMany
  return answer.status < 500 ? words.signIn.refused : words.failure.unknown
}

export async function signOut(): Promise<void> {
  await postJson('/-/auth/sign-out', {})
  live.reset()
}

/** Creates the instance's owner by the one-time link, and signs in. @returns why not; null when done. */
export async function createOwner(token: string, email: string, password: string): Promise<string | null> {
  const answer = await postJson('/-/setup', { token, email, password })
  if (answer === null) return words.failure.network
  if (answer.status < 400) return null
  if (answer.status === 403) return words.setup.linkUsed
  const { body } = answer
  const told = body !== null && typeof body === 'object' && 'message' in body ? body.message : null
  return typeof told === 'string' ? told : words.failure.unknown
}

/** The answer is read to its end: browsers count one that was not as a failed request. null: there was none. */
async function postJson(path: string, content: unknown): Promise<{ status: number; body: unknown } | null> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify(content),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    }
  } catch {
    return null
  }
}
