import pg from 'pg'
import { vi } from 'vitest'
import type { ApiClient } from './api-client.ts'

/** Those that one operation makes, of those that match; the look-up of the token is not its own. */
export async function countStatements(
  api: Pick<ApiClient, 'gql'>,
  matching: RegExp,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<string[]> {
  await api.gql('{ viewer { id } }')
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await api.gql(query, variables)
    const calls = spy.mock.calls as unknown as [string | { text: string }][]
    return calls
      .map(([config]) => (typeof config === 'string' ? config : config.text))
      .filter((text) => matching.test(text))
  } finally {
    spy.mockRestore()
  }
}
