// Writes a batch of sessions with all that they count, in one statement (session-statement.ts), which is one transaction.

import type { Pool } from 'pg'
import { ensureSessionPartitions } from '../database/partitions.ts'
import type { KnownPeople } from './known-people.ts'
import { mergeSessions, type SessionBatch, type SessionItem } from './merge-sessions.ts'
import type { ReleaseNames } from './release-names.ts'
import { writeStatement } from './session-statement.ts'

const ATTEMPTS_MAX = 5

export interface SessionStore {
  pool: Pool
  releaseNames: ReleaseNames
  people: KnownPeople
}

/** All or nothing. */
export async function persistSessions(store: SessionStore, items: readonly SessionItem[]): Promise<void> {
  const { pool, releaseNames, people } = store
  for (let attempt = 1; ; attempt += 1) {
    try {
      const batch = mergeSessions(items, await releaseNames.resolve(items), people)
      if (await writeSessions(pool, batch)) return people.remember(batch.users)
      // A release that was deleted meanwhile: nothing was written.
      releaseNames.forget(items)
      if (attempt === ATTEMPTS_MAX) throw new Error('a release vanished while its sessions were written')
    } catch (error) {
      const code = (error as { code?: unknown }).code
      // 23514: no partition for a day. 40P01, 40001: a deadlock or a conflict with another process.
      if (attempt === ATTEMPTS_MAX || (code !== '23514' && code !== '40P01' && code !== '40001')) throw error
      if (code === '23514') await ensureSessionPartitions(pool, listDays(items))
    }
  }
}

function listDays(items: readonly SessionItem[]): string[] {
  return [...new Set(items.flatMap((item) => ('update' in item ? [item.update.startedOn] : [])))]
}

/** @returns false when a release was not there, and nothing was written. */
async function writeSessions(pool: Pool, batch: SessionBatch): Promise<boolean> {
  if (batch.healths.length === 0) return true
  const { rows } = await pool.query<{ found: number }>(writeStatement(batch))
  return rows[0]?.found === batch.healths.length
}
