// What a script with a token can do: GraphQL over HTTP, and subscriptions over a WebSocket.

import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { until } from './until.ts'

interface GraphqlError {
  message: string
  path?: (string | number)[]
  extensions?: { code?: string }
}

interface Subscription<Data> {
  /** All that came so far. */
  messages: Data[]
  /** The first message for which `test` holds, those that came already included. */
  find(test: (message: Data) => boolean, withinMs?: number): Promise<Data>
  stop(): Promise<void>
}

export interface ApiClient {
  /** @throws Error when the answer has errors. */
  gql<Data = Record<string, never>>(query: string, variables?: Record<string, unknown>): Promise<Data>
  /** The same, with the errors as they came. */
  ask(query: string, variables?: Record<string, unknown>): Promise<{ data?: unknown; errors?: GraphqlError[] }>
  /** Resolves when the server has taken the subscription: whatever happens from then on is told. */
  subscribe<Data>(query: string, variables?: Record<string, unknown>): Promise<Subscription<Data>>
  stop(): Promise<void>
}

export function createApiClient(url: string, token: string): ApiClient {
  const stops: (() => Promise<void>)[] = []

  const ask: ApiClient['ask'] = async (query, variables) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as { data?: unknown; errors?: GraphqlError[] }
  }

  async function subscribe<Data>(query: string, variables?: Record<string, unknown>): Promise<Subscription<Data>> {
    const messages: Data[] = []
    const errors: unknown[] = []
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${token}` },
      retryAttempts: 0,
    })
    client.subscribe<Record<string, unknown>>(
      { query, variables },
      {
        next: (result) => {
          if (result.errors !== undefined) errors.push(...result.errors)
          if (result.data) messages.push(result.data as Data)
        },
        error: (error) => void errors.push(error),
        complete: () => undefined,
      },
    )
    const stop = async () => void (await client.dispose())
    stops.push(stop)
    const check = () => {
      if (errors.length > 0) throw new Error(`the subscription failed: ${JSON.stringify(errors)}`)
    }
    // The protocol has no answer to `subscribe`. Two questions behind it on the same socket, answered one after the
    // other from the database, come back when it is long in place.
    for (let asked = 0; asked < 2; asked += 1) {
      for await (const answer of client.iterate({ query: '{ projects(first: 1) { nodes { id } } }' })) void answer
    }
    check()
    return {
      messages,
      find: (test, withinMs = 10_000) =>
        until(
          () => {
            check()
            return messages.find(test)
          },
          { withinMs, what: `a message of ${query.slice(0, 60)}` },
        ) as Promise<Data>,
      stop,
    }
  }

  return {
    ask,
    subscribe,
    gql: async <Data>(query: string, variables?: Record<string, unknown>) => {
      const { data, errors } = await ask(query, variables)
      if (errors !== undefined) throw new Error(`GraphQL: ${errors.map((error) => error.message).join('; ')}`)
      return data as Data
    },
    stop: async () => {
      for (const stop of stops) await stop()
    },
  }
}
