// Who used which key last, and how many events came with each key, by the hour. Merged in memory and written every few
// seconds, all keys in one statement.

import type { Pool } from 'pg'
import { writeRegularly } from './write-regularly.ts'

export interface KeyUse {
  atMs: number
  /** `sentry.python/1.21.0` */
  sdk: string | null
  /** The client's. */
  address: string | null
  /** How many it sent, whatever becomes of them. */
  events: number
}

export interface KeyUses {
  note(keyId: number, use: KeyUse): void
  /** Writes what waits. */
  stop(): Promise<void>
}

interface PendingUse {
  last: KeyUse
  /** By hours since the epoch. Nearly always one: more only around the full hour, or while the database is away. */
  events: Map<number, number>
}

const WRITE_EVERY_MS = 5_000
const HOUR_MS = 60 * 60 * 1_000
/** Of one key while the database is away; what comes in further ones counts for the last. */
const PENDING_HOURS_MAX = 72

export function createKeyUses(pool: Pick<Pool, 'query'>): KeyUses {
  // As many as there are keys at the most: who sends with another is refused before.
  let pending = new Map<number, PendingUse>()
  const writer = writeRegularly(WRITE_EVERY_MS, writePending)

  async function writePending(): Promise<void> {
    if (pending.size === 0) return
    const uses = pending
    pending = new Map()
    try {
      await writeUses(pool, uses)
    } catch {
      // The database is away, which its own log lines tell: the counts wait for it, added to what has come since.
      const newer = pending
      pending = uses
      for (const [keyId, { last, events }] of newer) {
        const known = pending.get(keyId)
        if (known === undefined) pending.set(keyId, { last, events })
        else {
          known.last = last
          for (const [hour, count] of events) addEvents(known.events, hour, count)
        }
      }
    }
  }

  return {
    note(keyId, use) {
      let known = pending.get(keyId)
      if (known === undefined) pending.set(keyId, (known = { last: use, events: new Map() }))
      else known.last = use
      if (use.events > 0) addEvents(known.events, Math.floor(use.atMs / HOUR_MS), use.events)
    },
    stop: () => writer.stop(),
  }
}

function addEvents(events: Map<number, number>, hour: number, count: number): void {
  const known = events.get(hour)
  if (known !== undefined || events.size < PENDING_HOURS_MAX) events.set(hour, (known ?? 0) + count)
  else {
    const last = Math.max(...events.keys())
    events.set(last, (events.get(last) ?? 0) + count)
  }
}

/** A key that is gone by now is left out, with its counts: only those that the update found and holds get any. */
async function writeUses(pool: Pick<Pool, 'query'>, uses: ReadonlyMap<number, PendingUse>): Promise<void> {
  const keys = [...uses].sort(([a], [b]) => a - b)
  const hours = keys.flatMap(([id, { events }]) => [...events].map(([hour, count]) => ({ id, hour, count })))
  await pool.query(
    `WITH used AS (
       UPDATE client_key SET last_used_at = greatest(last_used_at, to_timestamp(u.ms / 1000.0)),
              last_used_sdk = u.sdk, last_used_address = u.address
       FROM unnest($1::int[], $2::float8[], $3::text[], $4::text[]) AS u (id, ms, sdk, address)
       WHERE client_key.id = u.id RETURNING client_key.id, client_key.project_id
     )
     INSERT INTO client_key_hour (project_id, key_id, hour, events)
     SELECT used.project_id, used.id, to_timestamp(h.hour * 3600), h.events
     FROM unnest($5::int[], $6::float8[], $7::bigint[]) AS h (id, hour, events) JOIN used ON used.id = h.id
     ORDER BY 2, 3
     ON CONFLICT (key_id, hour) DO UPDATE SET events = client_key_hour.events + excluded.events`,
    [
      keys.map(([id]) => id),
      keys.map(([, { last }]) => last.atMs),
      keys.map(([, { last }]) => last.sdk),
      keys.map(([, { last }]) => last.address),
      hours.map(({ id }) => id),
      hours.map(({ hour }) => hour),
      hours.map(({ count }) => count),
    ],
  )
}
