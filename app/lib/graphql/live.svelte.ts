// The one WebSocket of a page. It comes up with the first subscription, comes back by itself after a break, and tells
// whoever listens to load again what may have been missed. Paused by hand, it closes until it is resumed.

import { stringifyDocument } from '@urql/core'
import type { TypedDocumentNode } from '@urql/core'
import { createClient } from 'graphql-ws'
import type { Client } from 'graphql-ws'

type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused'

const RETRY_FIRST_MS = 250
const RETRY_MAX_MS = 5_000
const PING_EVERY_MS = 10_000
const PONG_WITHIN_MS = 5_000
/** What a socket closes with that nobody needs any more. */
const CLOSED_NORMALLY = 1000

class LiveConnection {
  state: LiveState = $state('connecting')
  #paused = $state(false)
  #client: Client | undefined
  #catchUps = new Set<() => void>()

  /** Listens until the returned function is called. Pausing ends the stream; `resume` brings it back. */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    receive: (data: Data) => void,
  ): () => void {
    if (this.#paused) return () => {}
    const query = stringifyDocument(document)
    return this.#open().subscribe<Data>(
      { query, variables },
      {
        next: (result) => {
          if (result.data) receive(result.data)
        },
        // A refused subscription leaves the page as it was loaded; the state says that it is not live.
        error: () => {
          if (!this.#paused) this.state = 'reconnecting'
        },
        complete: () => {},
      },
    )
  }

  /** `catchUp` runs whenever messages may have been missed: after a break, and after a pause. */
  onReturn(catchUp: () => void): () => void {
    this.#catchUps.add(catchUp)
    return () => this.#catchUps.delete(catchUp)
  }

  get paused(): boolean {
    return this.#paused
  }

  pause(): void {
    this.#paused = true
    this.state = 'paused'
    this.#close()
  }

  resume(): void {
    this.#paused = false
    this.state = 'connecting'
    for (const catchUp of this.#catchUps) catchUp()
  }

  /** After signing out: the socket belongs to who opened it. */
  reset(): void {
    this.#close()
    if (!this.#paused) this.state = 'connecting'
  }

  #close(): void {
    void this.#client?.dispose()
    this.#client = undefined
  }

  #open(): Client {
    let socket: WebSocket | undefined
    let silence: ReturnType<typeof setTimeout> | undefined
    this.#client ??= createClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      lazyCloseTimeout: 2_000,
      keepAlive: PING_EVERY_MS,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (retries) => wait(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(retries, 8))),
      on: {
        connected: (opened, _payload, wasRetry) => {
          socket = opened as WebSocket
          this.state = 'live'
          if (wasRetry) for (const catchUp of this.#catchUps) catchUp()
        },
        // A computer that slept keeps a socket that nobody answers: close it, so that a new one is tried.
        ping: (received) => {
          if (!received) silence = setTimeout(() => socket?.close(4408, 'No answer'), PONG_WITHIN_MS)
        },
        pong: (received) => {
          if (received) clearTimeout(silence)
        },
        closed: (event) => {
          clearTimeout(silence)
          if (this.#paused) return
          this.state = (event as CloseEvent).code === CLOSED_NORMALLY ? 'connecting' : 'reconnecting'
        },
      },
    })
    return this.#client
  }
}

function wait(durationMs: number): Promise<void> {
  // Spread over half the time again, so that a restarted server is not met by all browsers at once.
  return new Promise((resolve) => setTimeout(resolve, durationMs * (1 + Math.random() / 2)))
}

export const live = new LiveConnection()
