// Signing in by the OpenID Connect provider, and connecting one's account with it: the browser leaves, and comes back.

import { words } from '#lib/words.ts'
import { explainAnswer, postJson } from './post-json.ts'

/** Sends the browser to the provider. @param next a path of ours, shown afterwards. @returns why not; null: it is leaving. */
export async function departToProvider(next: string, connect = false): Promise<string | null> {
  const answer = await postJson('/-/auth/oidc/depart', { next, connect })
  const failure = explainAnswer(answer)
  if (failure === null) location.assign((answer?.body as { url: string }).url)
  return failure
}

/** @returns why not; null when done. */
export async function disconnectProvider(): Promise<string | null> {
  return explainAnswer(await postJson('/-/auth/oidc/disconnect', {}))
}

/** What a person is told who came back in vain. @param reason as the server names it. */
export function explainRefusal(reason: string | null, provider: string | null): string | null {
  if (reason === null) return null
  const explain = Object.hasOwn(words.provider.refusals, reason)
    ? words.provider.refusals[reason as keyof typeof words.provider.refusals]
    : words.provider.refusals.failed
  return explain(provider ?? words.provider.theProvider)
}
