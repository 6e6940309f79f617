// Which key may send to which project, from memory. Unknown keys are remembered too, so that a stream of them does not
// become a stream of queries; all keys that are asked for while a query runs share the next one.

import type { Pool } from 'pg'
import { parseOriginPattern, type OriginPattern } from '../domain/origin-pattern.ts'
import type { TrackerBackend } from '../domain/project.ts'
import { createKeyUses, type KeyUse } from './key-uses.ts'
import { createRulesCache, type ProjectRules } from './project-rules.ts'

/** A key, with the rules of its project. */
export interface ClientKeyRecord extends ProjectRules {
  id: number
  projectId: number
  active: boolean
  expiresAtMs: number | null
  trackingEnabled: boolean
  backend: TrackerBackend
  /** Its own soft limit; null for none. */
  eventsPerMinute: number | null
  /** Pages that may use it; null: any. */
  allowedOrigins: readonly OriginPattern[] | null
}

export interface ClientKeys {
  /** @returns the key; null when there is none. At once when it is in memory. */
  find(publicKey: string): ClientKeyRecord | null | Promise<ClientKeyRecord | null>
  /** Notes that a key was used, by whom and for how many events; written at most every few seconds. */
  markUsed(keyId: number, use: KeyUse): void
  /** After a change of keys or of the tracking switch. */
  forget(): void
  /** Writes the uses that are not written yet. */
  stop(): Promise<void>
}

/** A change made in another process holds within this time, even if its message is lost. */
const REMEMBER_MS = 900
const REMEMBERED_KEYS_MAX = 10_000

export function createClientKeys(pool: Pool): ClientKeys {
  const remembered = new Map<string, { record: ClientKeyRecord | null; atMs: number }>()
  const uses = createKeyUses(pool)
  const readRules = createRulesCache()
  let waiting = new Map<string, PromiseWithResolvers<ClientKeyRecord | null>>()
  let loading = false
  // A query that began before a change must not put the old state back into memory after it.
  let generation = 0

  async function load(): Promise<void> {
    loading = true
    while (waiting.size > 0) {
      const asked = waiting
      const startedIn = generation
      waiting = new Map()
      try {
        const records = await selectKeys(pool, [...asked.keys()], readRules)
        const atMs = performance.now()
        if (remembered.size + asked.size > REMEMBERED_KEYS_MAX) remembered.clear()
        for (const [publicKey, { resolve }] of asked) {
          const record = records.get(publicKey) ?? null
          if (startedIn === generation) remembered.set(publicKey, { record, atMs })
          resolve(record)
        }
      } catch (error) {
        for (const { reject } of asked.values()) reject(error)
      }
    }
    loading = false
  }

  return {
    find(publicKey) {
      const hit = remembered.get(publicKey)
      if (hit !== undefined && performance.now() - hit.atMs < REMEMBER_MS) return hit.record
      let asked = waiting.get(publicKey)
      if (asked === undefined) {
        asked = Promise.withResolvers()
        waiting.set(publicKey, asked)
      }
      if (!loading) void load()
      return asked.promise
    },
    markUsed: uses.note,
    forget() {
      generation += 1
      remembered.clear()
    },
    stop: uses.stop,
  }
}

async function selectKeys(
  pool: Pool,
  publicKeys: string[],
  readRules: ReturnType<typeof createRulesCache>,
): Promise<Map<string, ClientKeyRecord>> {
  const { rows } = await pool.query({
    name: 'ingest-keys',
    text: `SELECT k.id, k.public_key, k.project_id, k.active, k.expires_at, k.events_per_minute, k.allowed_origins, p.tracking_enabled AND NOT p.tracking_hidden AS tracking_enabled, p.backend,
                  p.settings::text AS settings
           FROM client_key k JOIN project p ON p.id = k.project_id WHERE k.public_key = ANY ($1)`,
    values: [publicKeys],
  })
  return new Map(
    rows.map((row) => [
      row.public_key,
      {
        id: row.id,
        projectId: row.project_id,
        active: row.active,
        expiresAtMs: row.expires_at === null ? null : row.expires_at.getTime(),
        trackingEnabled: row.tracking_enabled,
        backend: row.backend,
        eventsPerMinute: row.events_per_minute,
        allowedOrigins: row.allowed_origins.length === 0 ? null : row.allowed_origins.flatMap(readPattern),
        ...readRules(row.project_id, row.settings),
      },
    ]),
  )
}

function readPattern(text: string): OriginPattern[] {
  const pattern = parseOriginPattern(text)
  return pattern === null ? [] : [pattern]
}
