// Signing in by the OpenID Connect provider, and connecting one's account with it: the browser leaves, and comes back.

import { words } from '#lib/words.ts'
import { explainAnswer, postJson } from './post-json.ts'

/** Sends the browser to the provider. @param next a path of ours, shown afterwards. @returns why not; null: it is leaving. */
export function departToProvider(next: string): Promise<string | null> {
  return depart({ next })
}

/** The same for who is signed in, to connect their account. */
export function connectProvider(password: string): Promise<string | null> {
  return depart({ next: '/-/account', connect: true, password })
}

async function depart(body: { next: string; connect?: boolean; password?: string }): Promise<string | null> {
  const answer = await postJson('/-/auth/oidc/depart', body)
  const failure = explainAnswer(answer)
  if (failure === null) location.assign((answer?.body as { url: string }).url)
  return failure
}

/** @returns why not; null when done. */
export async function disconnectProvider(password: string): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/oidc/disconnect', { password }))
}

/** What a person is told who came back in vain. @param reason as the server names it. */
export function explainRefusal(reason: string | null, provider: string | null): string | null {
  if (reason === null) return null
  const explain = Object.hasOwn(words.provider.refusals, reason)
    ? words.provider.refusals[reason as keyof typeof words.provider.refusals]
    : words.provider.refusals.failed
  return explain(provider ?? words.provider.theProvider)
}
