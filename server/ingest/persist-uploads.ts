// Files that come in pieces before the envelope that names them. A piece goes to the file's other rows at once; the row of
// the upload says how far it has come, so that two requests for the same place cannot both write it.

import type { Pool } from 'pg'
import { ensurePartitions, formatDay } from '../database/partitions.ts'
import type { ReceivedAttachment } from './read-attachment.ts'

export interface UploadKey {
  projectId: number
  /** 32 lower-case hex digits. */
  id: string
}

export interface Upload extends UploadKey {
  size: number
  /** So many of its bytes are there. */
  received: number
}

export async function addUpload(pool: Pool, { projectId, id, size }: Omit<Upload, 'received'>, nowMs: number) {
  await pool.query({
    name: 'ingest-upload',
    text: `INSERT INTO attachment_upload (project_id, id, received_on, size, received, pieces, created_at)
           VALUES ($1, $2, $3, $4, 0, 0, to_timestamp($5::float8 / 1000))`,
    values: [projectId, id, formatDay(nowMs), size, nowMs],
  })
}

/** @returns null when there is none, or an envelope has named it. */
export async function findUpload(pool: Pool, { projectId, id }: UploadKey): Promise<Upload | null> {
  const { rows } = await pool.query<{ size: number; received: number }>({
    name: 'ingest-upload-find',
    text: 'SELECT size, received FROM attachment_upload WHERE project_id = $1 AND id = $2',
    values: [projectId, id],
  })
  return rows[0] === undefined ? null : { projectId, id, ...rows[0] }
}

/** @returns false when `received` is not where the upload stands: nothing was written then. */
export async function addPiece(pool: Pool, upload: Upload, bytes: Buffer, nowMs: number): Promise<boolean> {
  try {
    return await writePiece(pool, upload, bytes)
  } catch (error) {
    // 23514: no partition for the day.
    if ((error as { code?: unknown }).code !== '23514') throw error
    await ensurePartitions(pool, nowMs - 24 * 60 * 60 * 1000, 3)
    return writePiece(pool, upload, bytes)
  }
}

async function writePiece(pool: Pool, { projectId, id, received }: Upload, bytes: Buffer): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'ingest-upload-piece',
    text: `
      WITH moved AS (
        UPDATE attachment_upload SET received = received + length($4::bytea), pieces = pieces + 1
        WHERE project_id = $1 AND id = $2 AND received = $3 AND received + length($4::bytea) <= size
        RETURNING received_on, pieces - 1 AS position
      )
      INSERT INTO attachment_chunk (project_id, received_on, attachment_id, position, bytes)
      SELECT $1::int, received_on, $2::uuid, position, $4::bytea FROM moved`,
    values: [projectId, id, received, bytes],
  })
  return rowCount === 1
}

/** Of a file that came in one go; of others it is not known. */
export async function setUploadHash(pool: Pool, { projectId, id }: UploadKey, sha1: string): Promise<void> {
  await pool.query('UPDATE attachment_upload SET sha1 = $3 WHERE project_id = $1 AND id = $2', [projectId, id, sha1])
}

/**
 * The file becomes the event's. `incomplete`: not all of it is there.
 * @param named what the envelope says of it.
 */
export async function claimUpload(
  pool: Pool,
  key: UploadKey,
  named: Pick<ReceivedAttachment, 'eventId' | 'type' | 'name' | 'contentType' | 'receivedAtMs'>,
): Promise<'stored' | 'duplicate' | 'incomplete' | 'unknown'> {
  const { rows } = await pool.query<{ stored: boolean; there: boolean; duplicate: boolean }>({
    name: 'ingest-upload-claim',
    text: `
      WITH taken AS (
        DELETE FROM attachment_upload WHERE project_id = $1 AND id = $2 AND received = size
        RETURNING received_on, size, coalesce(sha1, '') AS sha1
      ),
      stored AS (
        INSERT INTO attachment (project_id, received_on, id, event_id, type, name, content_type, size, sha1, received_at)
        SELECT $1::int, received_on, $2::uuid, $3::uuid, $4, $5, $6, size, sha1, to_timestamp($7::float8 / 1000) FROM taken
        RETURNING 1
      )
      SELECT EXISTS (SELECT FROM stored) AS stored,
             EXISTS (SELECT FROM attachment_upload WHERE project_id = $1 AND id = $2) AS there,
             EXISTS (SELECT FROM attachment WHERE project_id = $1 AND event_id = $3 AND id = $2) AS duplicate`,
    values: [key.projectId, key.id, named.eventId, named.type, named.name, named.contentType, named.receivedAtMs],
  })
  const [row] = rows
  if (row?.stored === true) return 'stored'
  if (row?.duplicate === true) return 'duplicate'
  return row?.there === true ? 'incomplete' : 'unknown'
}
