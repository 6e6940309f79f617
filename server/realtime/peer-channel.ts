// Changes between the processes that share a database, by LISTEN and NOTIFY. One connection of its own does both: a NOTIFY
// inside the ingest transaction would make commits wait for each other. What is sent within 20 ms goes together, each
// change once. While the connection is down changes are kept, within bounds; what others sent meanwhile is lost, which is
// why nothing that must hold relies on this channel alone. That somebody may do less is assumed after each such time.

import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import type { DatabaseConnection } from '../database/connection.ts'
import type { Change, Publish } from '../domain/change.ts'
import type { Logger } from '../log.ts'
import { decodeChanges, encodeChanges, formatChange } from './encode-changes.ts'

export interface PeerChannel {
  send: Publish
  /** Sends what is waiting, then closes. */
  stop(): Promise<void>
}

export interface PeerChannelOptions {
  database: { connection: DatabaseConnection }
  log: Logger
  onChanges: Publish
}

const CHANNEL = 'faultline_changes'
const FLUSH_AFTER_MS = 20
const WAITING_MAX = 5_000
const RETRY_AFTER_MS = { first: 100, max: 5_000 }

export function createPeerChannel({ database, log, onChanges }: PeerChannelOptions): PeerChannel {
  // Tells our own messages, which come back, from those of others.
  const processId = randomBytes(6).toString('hex')
  /** By what they say, so that each is sent once. */
  let waiting = new Map<string, Change>()
  let client: Client | null = null
  let flushTimer: NodeJS.Timeout | undefined
  let retryTimer: NodeJS.Timeout | undefined
  let retryAfterMs = RETRY_AFTER_MS.first
  let stopped = false

  function handleEnd(ended: Client): void {
    if (client === ended) client = null
    if (stopped || retryTimer !== undefined) return
    retryTimer = setTimeout(() => {
      retryTimer = undefined
      connecting = connect()
    }, retryAfterMs)
    retryTimer.unref()
    retryAfterMs = Math.min(retryAfterMs * 2, RETRY_AFTER_MS.max)
  }

  async function connect(): Promise<void> {
    const fresh = new Client({ ...database.connection, application_name: 'faultline realtime', keepAlive: true })
    fresh.on('error', (error) => log.warn({ err: error }, 'lost the connection to other processes'))
    fresh.on('end', () => handleEnd(fresh))
    fresh.on('notification', ({ payload = '' }) => {
      const changes = decodeChanges(processId, payload)
      if (changes.length > 0) onChanges(changes)
    })
    try {
      await fresh.connect()
      // What is lost when the machine dies was meant for processes that died with it: no commit needs to wait for the disk.
      await fresh.query(`SET synchronous_commit TO off; LISTEN ${CHANNEL}`)
      client = fresh
      onChanges([{ type: 'access' }])
      retryAfterMs = RETRY_AFTER_MS.first
      scheduleFlush()
    } catch (error) {
      log.warn({ err: error }, 'cannot connect to other processes')
      await fresh.end().catch(() => undefined)
      handleEnd(fresh)
    }
  }

  function scheduleFlush(): void {
    if (client === null || waiting.size === 0) return
    flushTimer ??= setTimeout(() => void flush(), FLUSH_AFTER_MS)
  }

  async function flush(): Promise<void> {
    const changes = [...waiting.values()]
    waiting = new Map()
    try {
      await client?.query({
        name: 'realtime-notify',
        text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload',
        values: [CHANNEL, encodeChanges(processId, changes)],
      })
    } catch (error) {
      log.warn({ err: error, changes: changes.length }, 'could not tell other processes of changes')
    }
    flushTimer = undefined
    scheduleFlush()
  }

  let connecting = connect()

  return {
    send(changes) {
      for (const change of changes) {
        waiting.set(formatChange(change), change)
        if (waiting.size > WAITING_MAX) waiting.delete(waiting.keys().next().value as string)
      }
      scheduleFlush()
    },
    async stop() {
      stopped = true
      clearTimeout(retryTimer)
      await connecting
      clearTimeout(flushTimer)
      if (client !== null && waiting.size > 0) await flush()
      const last = client
      client = null
      await last?.end().catch(() => undefined)
    },
  }
}
