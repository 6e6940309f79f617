// Requests that are not GraphQL: signing in, and what one does to one's own account. They go by the cookie alone, so that
// no access token can do it.

import { words } from '#lib/words.ts'

export interface Answer {
  status: number
  body: unknown
}

/** The answer is read to its end: browsers count one that was not as a failed request. null: there was none. */
export async function postJson(path: string, content: unknown): Promise<Answer | null> {
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

/** @returns why a request was not done, for a person; null when it was. */
export function explainAnswer(answer: Answer | null): string | null {
  if (answer === null) return words.failure.network
  const { status, body } = answer
  if (status < 400) return null
  const told = body !== null && typeof body === 'object' && 'message' in body ? body.message : null
  return typeof told === 'string' && status !== 500 ? told : words.failure.unknown
}
