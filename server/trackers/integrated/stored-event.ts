// An event's row, and its payload: the grouped event as JSON, one line of a compressed block.

import { zstdDecompressSync } from 'node:zlib'
import type { StoredEvent } from '../../domain/event.ts'
import { readEventJson } from '../../domain/event-json.ts'

export const EVENT_COLUMNS = 'e.project_id, e.issue_id, e.block_id, e.slot, b.payload'
export const EVENT_TABLES = `event e JOIN event_block b
  ON b.project_id = e.project_id AND b.received_on = e.received_on AND b.id = e.block_id`

export interface EventRow {
  project_id: number
  issue_id: number
  block_id: string
  slot: number
  /** The whole block's. */
  payload: Buffer
}

/** In the order of `rows`. A block that several of them lie in is read once. */
export function toStoredEvents(rows: readonly EventRow[]): StoredEvent[] {
  const blocks = new Map<string, string[]>()
  return rows.map((row) => {
    let lines = blocks.get(row.block_id)
    if (lines === undefined) {
      // At once, not in the thread pool: the usual block takes some 50 microseconds, hardly more than the way there.
      lines = zstdDecompressSync(row.payload).toString().split('\n')
      blocks.set(row.block_id, lines)
    }
    return { ...readEventJson(lines[row.slot] as string), projectId: row.project_id, issueId: String(row.issue_id) }
  })
}
