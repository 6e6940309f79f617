// Sends events without pause from several connections and remembers which ones were answered with 200: those are
// promised. What is refused or cut off was not.

import { makeEnvelope, makeEvent } from './make-event.ts'
import type { ServerProcess } from './start-server-process.ts'
import { PROCESS_KEY } from './start-server-process.ts'

export interface Load {
  /** Ids of the events that were answered with 200, and the name of the issue each belongs to. */
  promised: Map<string, string>
  stop(): Promise<void>
}

const SENDERS = 12
const ISSUES = 7

export function startLoad(server: Pick<ServerProcess, 'url'>): Load {
  const promised = new Map<string, string>()
  let isStopped = false
  let count = 0

  async function sendAll(): Promise<void> {
    while (!isStopped) {
      count += 1
      const type = `CrashError${String.fromCharCode(65 + (count % ISSUES))}`
      const event = makeEvent({ type, user: { id: String(count % 50) } })
      const answer = await fetch(`${server.url}/api/1/envelope/`, {
        method: 'POST',
        headers: { 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${PROCESS_KEY}` },
        body: makeEnvelope(event),
        signal: AbortSignal.timeout(20_000),
      }).catch(() => null)
      if (answer?.status === 200) promised.set(event.event_id, type)
      await answer?.arrayBuffer().catch(() => undefined)
      // A server that is away answers nothing at once: do not spin.
      if (answer === null) await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const senders = Array.from({ length: SENDERS }, sendAll)
  return {
    promised,
    stop: async () => {
      isStopped = true
      await Promise.all(senders)
    },
  }
}
