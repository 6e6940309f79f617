import pg from 'pg'
import { vi } from 'vitest'
import type { ApiClient } from './api-client.ts'

/** Who asks is remembered for less than a second: on a busy machine it may be asked for again. */
const LOOK_UPS = /"secret_hash" = |"session"\."token" = |"mayCreateGroups"/

/** Those that one operation makes, of those that match; to find out who asks is not its own. */
export async function countStatements(
  api: Pick<ApiClient, 'gql'>,
  matching: RegExp,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<string[]> {
  await api.gql('{ viewer { id } }')
  return countStatementsOf(matching, () => api.gql(query, variables))
}

/** The same of anything that asks the database. */
export async function countStatementsOf(matching: RegExp, work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    const calls = spy.mock.calls as unknown as [string | { text: string }][]
    return calls
      .map(([config]) => (typeof config === 'string' ? config : config.text))
      .filter((text) => matching.test(text) && !LOOK_UPS.test(text))
  } finally {
    spy.mockRestore()
  }
}
