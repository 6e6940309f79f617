// An issue's events, with their files, what users said of them, and their lines in blocks that they share with others
// (docs/decisions/010-event-blocks.md): the lines are blanked, and a block of blank lines goes.

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from './in-transaction.ts'

const BATCH_EVENTS_MAX = 200

interface EventPlace {
  id: string
  day: string
  blockId: string
  slot: number
}

export async function purgeIssueEvents(
  pool: Pool,
  projectId: number,
  issueId: number,
  /** Asked between batches. */
  isStopped: () => boolean,
): Promise<void> {
  while (!isStopped() && (await purgeBatch(pool, projectId, issueId)) === BATCH_EVENTS_MAX);
  // Whose event is not kept, or never was.
  while (!isStopped() && (await purgeFeedback(pool, projectId, issueId)) === BATCH_EVENTS_MAX);
}

/** @returns how many events went. */
function purgeBatch(pool: Pool, projectId: number, issueId: number): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<EventPlace>(
      `SELECT id, received_on::text AS day, block_id AS "blockId", slot FROM event
        WHERE project_id = $1 AND issue_id = $2 ORDER BY received_at, id LIMIT ${BATCH_EVENTS_MAX} FOR UPDATE`,
      [projectId, issueId],
    )
    for (const [day, events] of Map.groupBy(rows, (row) => row.day)) await deleteDay(client, projectId, day, events)
    const eventIds = rows.map(({ id }) => id)
    const { rows: said } = await client.query<{ id: string }>(
      'DELETE FROM feedback WHERE project_id = $1 AND event_id = ANY ($2::uuid[]) RETURNING id',
      [projectId, eventIds],
    )
    // A screenshot is a file of the feedback that it came with.
    await deleteFiles(client, projectId, [...eventIds, ...said.map(({ id }) => id)])
    return rows.length
  })
}

/** @returns how much feedback went. */
function purgeFeedback(pool: Pool, projectId: number, issueId: number): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `DELETE FROM feedback WHERE project_id = $1 AND id IN
         (SELECT id FROM feedback WHERE project_id = $1 AND issue_id = $2 LIMIT ${BATCH_EVENTS_MAX}) RETURNING id`,
      [projectId, issueId],
    )
    await deleteFiles(
      client,
      projectId,
      rows.map(({ id }) => id),
    )
    return rows.length
  })
}

async function deleteDay(client: PoolClient, projectId: number, day: string, events: EventPlace[]): Promise<void> {
  const ids = events.map(({ id }) => id)
  await client.query('DELETE FROM event WHERE project_id = $1 AND received_on = $2::date AND id = ANY ($3::uuid[])', [
    projectId,
    day,
    ids,
  ])
  const byBlock = Map.groupBy(events, ({ blockId }) => blockId)
  const { rows: blocks } = await client.query<{ id: string; payload: Buffer }>(
    // In the order of their keys, so that two who delete do not wait for each other.
    `SELECT id, payload FROM event_block WHERE project_id = $1 AND received_on = $2::date AND id = ANY ($3::uuid[])
      ORDER BY id FOR UPDATE`,
    [projectId, day, [...byBlock.keys()]],
  )
  for (const { id, payload } of blocks) {
    const rest = blankLines(
      payload,
      (byBlock.get(id) ?? []).map(({ slot }) => slot),
    )
    const key = [projectId, day, id]
    const where = 'project_id = $1 AND received_on = $2::date AND id = $3'
    if (rest === null) await client.query(`DELETE FROM event_block WHERE ${where}`, key)
    else await client.query(`UPDATE event_block SET payload = $4 WHERE ${where}`, [...key, rest])
  }
}

/** @returns the block without these lines, the others in their places; null when nothing is left of it. */
function blankLines(payload: Buffer, slots: readonly number[]): Buffer | null {
  const lines = zstdDecompressSync(payload).toString().split('\n')
  for (const slot of slots) lines[slot] = ''
  return lines.every((line) => line === '') ? null : zstdCompressSync(lines.join('\n'))
}

async function deleteFiles(client: PoolClient, projectId: number, eventIds: string[]): Promise<void> {
  const { rows: files } = await client.query<{ day: string; id: string }>(
    `DELETE FROM attachment WHERE project_id = $1 AND event_id = ANY ($2::uuid[])
     RETURNING received_on::text AS day, id`,
    [projectId, eventIds],
  )
  for (const [day, ofDay] of Map.groupBy(files, (file) => file.day)) {
    await client.query(
      `DELETE FROM attachment_chunk
        WHERE project_id = $1 AND received_on = $2::date AND attachment_id = ANY ($3::uuid[])`,
      [projectId, day, ofDay.map(({ id }) => id)],
    )
  }
}
