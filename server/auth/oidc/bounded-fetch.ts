// Requests to the provider. It is the operator's own choice, so it may be private; but what it answers is bounded in time
// and size, and it is asked without following it elsewhere.

import type { CustomFetch } from 'openid-client'

const ANSWER_MAX_MS = 10_000
const ANSWER_BYTES_MAX = 1024 * 1024

/** @throws Error when the answer takes too long, or is too large. */
export const fetchBounded: CustomFetch = async (url, { body, headers, method }) => {
  const response = await fetch(url, {
    ...{ body: (body ?? null) as BodyInit | null, headers, method, redirect: 'manual' as const },
    signal: AbortSignal.timeout(ANSWER_MAX_MS),
  })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error('the answer of the provider is too large')
    chunks.push(chunk)
  }
  const hasBody = ![101, 204, 205, 304].includes(response.status)
  return new Response(hasBody ? Buffer.concat(chunks) : null, {
    status: response.status,
    headers: response.headers,
  })
}
