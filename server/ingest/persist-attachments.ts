// Writes attachments in one transaction. PostgreSQL cuts the bytes into rows: sent as one binary parameter they are copied
// least.

import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database/in-transaction.ts'
import { ensurePartitions, formatDay } from '../database/partitions.ts'
import { ATTACHMENT_CHUNK_BYTES } from '../domain/attachment.ts'
import type { ReceivedAttachment } from './read-attachment.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** @returns for each, in their order, whether it was stored; false: it was stored before, today or the day before. */
export async function persistAttachments(pool: Pool, attachments: readonly ReceivedAttachment[]): Promise<boolean[]> {
  try {
    return await writeAll(pool, attachments)
  } catch (error) {
    // 23514: no partition for the day.
    if ((error as { code?: unknown }).code !== '23514') throw error
    for (const { receivedAtMs } of attachments) await ensurePartitions(pool, receivedAtMs, 1)
    return writeAll(pool, attachments)
  }
}

function writeAll(pool: Pool, attachments: readonly ReceivedAttachment[]): Promise<boolean[]> {
  return inTransaction(pool, async (client) => {
    const stored = new Map<ReceivedAttachment, boolean>()
    // In the order of their keys, so that two processes cannot wait for each other.
    const ordered = attachments.toSorted((a, b) => a.projectId - b.projectId || (a.id < b.id ? -1 : 1))
    for (const attachment of ordered) stored.set(attachment, await writeOne(client, attachment))
    return attachments.map((attachment) => stored.get(attachment) === true)
  })
}

async function writeOne(client: PoolClient, attachment: ReceivedAttachment): Promise<boolean> {
  const { projectId, id, eventId, type, name, contentType, sha1, payload, receivedAtMs } = attachment
  const day = formatDay(receivedAtMs)
  const { rowCount } = await client.query({
    name: 'ingest-attachment',
    text: `
      INSERT INTO attachment (project_id, received_on, id, event_id, type, name, content_type, size, sha1, received_at)
      SELECT $1::int, $2::date, $3::uuid, $4::uuid, $5, $6, $7, $8::int, $9, to_timestamp($10::float8 / 1000)
      WHERE NOT EXISTS (SELECT FROM attachment WHERE project_id = $1 AND received_on = $11::date AND id = $3)
      ON CONFLICT DO NOTHING`,
    values: [
      ...[projectId, day, id, eventId, type, name, contentType, payload.length, sha1, receivedAtMs],
      formatDay(receivedAtMs - DAY_MS),
    ],
  })
  if (rowCount !== 1) return false
  if (payload.length === 0) return true
  await client.query({
    name: 'ingest-attachment-chunks',
    text: `
      INSERT INTO attachment_chunk (project_id, received_on, attachment_id, position, bytes)
      SELECT $1::int, $2::date, $3::uuid, p, substring($4::bytea FROM p * ${ATTACHMENT_CHUNK_BYTES} + 1 FOR ${ATTACHMENT_CHUNK_BYTES})
      FROM generate_series(0, $5::int) AS p`,
    values: [projectId, day, id, payload, Math.ceil(payload.length / ATTACHMENT_CHUNK_BYTES) - 1],
  })
  return true
}
