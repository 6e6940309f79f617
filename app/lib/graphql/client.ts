// Queries and mutations over HTTP, signed in by the browser's cookie. There is no cache: pages load what they show, and
// the live connection keeps it fresh, so that nothing on the screen can be older than the last message.

import { Client, fetchExchange } from '@urql/core'
import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core'
import { error, redirect } from '@sveltejs/kit'
import { words } from '#lib/words.ts'

const client = new Client({
  url: '/graphql',
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetchOptions: { credentials: 'same-origin' },
})

/** Why a request failed, in words for a person. `code` is the API's, or NETWORK. */
class RequestFailure extends Error {
  readonly code: string
  readonly mistakes: FieldMistakes

  constructor(code: string, message: string, mistakes: FieldMistakes = {}) {
    super(message)
    this.name = 'RequestFailure'
    this.code = code
    this.mistakes = mistakes
  }
}

/** What is wrong with what was filled in, by the field's name: whole sentences. */
export type FieldMistakes = { readonly [field: string]: readonly string[] }

const STATUS_OF_CODE: Record<string, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  NETWORK: 503,
}

/** @throws {RequestFailure} */
export async function runQuery<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  fetch?: typeof globalThis.fetch,
): Promise<Data> {
  const result = await client.query(document, variables, fetch ? { fetch } : {}).toPromise()
  if (result.error) throw describeFailure(result.error)
  return requireData(result.data)
}

/** @throws {RequestFailure} */
export async function runMutation<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const result = await client.mutation(document, variables).toPromise()
  if (result.error) throw describeFailure(result.error)
  return requireData(result.data)
}

/**
 * For `load`: a failure becomes the error page of the right status.
 *
 * @param url of a list that is shown by the page: see `leaveBrokenPage`.
 */
export async function loadQuery<Data, Variables extends AnyVariables>(
  fetch: typeof globalThis.fetch,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  url?: URL,
): Promise<Data> {
  try {
    return await runQuery(document, variables, fetch)
  } catch (failure) {
    if (url) leaveBrokenPage(failure, url)
    if (!(failure instanceof RequestFailure)) throw failure
    error(STATUS_OF_CODE[failure.code] ?? 500, failure.message, { code: failure.code })
  }
}

/**
 * For a list whose address holds where its page begins: one that begins nowhere, as of a link that was cut off, becomes
 * the first page. Trying it again could never succeed.
 */
export function leaveBrokenPage(failure: unknown, { pathname, searchParams }: URL): void {
  if (!searchParams.has('after') || !('after' in listFieldMistakes(failure))) return
  const params = new URLSearchParams(searchParams)
  params.delete('after')
  redirect(307, params.size === 0 ? pathname : `${pathname}?${params}`)
}

/** What a person reads when `failure` was caught. */
export function explainFailure(failure: unknown): string {
  return failure instanceof RequestFailure ? failure.message : words.failure.unknown
}

/** What the server finds wrong with single fields; empty when that is not why `failure` was caught. */
export function listFieldMistakes(failure: unknown): FieldMistakes {
  return failure instanceof RequestFailure ? failure.mistakes : {}
}

function describeFailure(failure: CombinedError): RequestFailure {
  const first = failure.graphQLErrors[0]
  if (!first) return new RequestFailure('NETWORK', words.failure.network)
  const code = first.extensions?.code
  return new RequestFailure(
    typeof code === 'string' ? code : 'UNKNOWN',
    first.message,
    readMistakes(first.extensions?.['fields']),
  )
}

function readMistakes(fields: unknown): FieldMistakes {
  if (!Array.isArray(fields)) return {}
  const mistakes: Record<string, string[]> = {}
  for (const { field, message } of fields as { field: string; message: string }[]) {
    mistakes[field] = [...(mistakes[field] ?? []), message]
  }
  return mistakes
}

function requireData<Data>(data: Data | undefined): Data {
  if (data === undefined || data === null) throw new RequestFailure('UNKNOWN', words.failure.unknown)
  return data
}
