// Attachments as rows, and their bytes one piece at a time, so that a file is never whole in memory when it is sent.

import type { Pool } from 'pg'
import {
  ATTACHMENT_DAYS_AFTER,
  ATTACHMENT_DAYS_BEFORE,
  ATTACHMENTS_LISTED_MAX,
  type Attachment,
} from '../domain/attachment.ts'
import type { EventKey } from '../domain/tracker.ts'

interface AttachmentRow {
  project_id: number
  day: string
  id: string
  event_id: string
  type: string
  name: string
  content_type: string
  size: number
  sha1: string
  received_at: Date
}

const COLUMNS = `
  project_id, received_on::text AS day, replace(id::text, '-', '') AS id, replace(event_id::text, '-', '') AS event_id,
  type, name, content_type, size, sha1, received_at`

/** One list per event, in the order of `keys`, by name; those received long before or after the event are left out. */
export async function readAttachments(pool: Pool, keys: readonly EventKey[]): Promise<Attachment[][]> {
  const { rows } = await pool.query<AttachmentRow & { key: string }>({
    name: 'event-attachments',
    text: `
      SELECT k.key, a.* FROM unnest($1::int[], $2::uuid[], $3::date[]) WITH ORDINALITY AS k (project, event, day, key)
      CROSS JOIN LATERAL (
        SELECT ${COLUMNS} FROM attachment
        WHERE project_id = k.project AND event_id = k.event
          AND received_on BETWEEN k.day - ${ATTACHMENT_DAYS_BEFORE} AND k.day + ${ATTACHMENT_DAYS_AFTER}
        ORDER BY name, id LIMIT ${ATTACHMENTS_LISTED_MAX}) a
      ORDER BY a.name, a.id`,
    values: [keys.map(({ projectId }) => projectId), keys.map(({ eventId }) => eventId), keys.map(({ day }) => day)],
  })
  const byKey = Map.groupBy(rows, ({ key }) => Number(key) - 1)
  return keys.map((_key, index) => (byKey.get(index) ?? []).map(toAttachment))
}

/** Whenever they were received. */
export async function listAttachments(pool: Pool, projectId: number, eventId: string): Promise<Attachment[]> {
  const { rows } = await pool.query<AttachmentRow>(
    `SELECT ${COLUMNS} FROM attachment WHERE project_id = $1 AND event_id = $2
     ORDER BY name, id LIMIT ${ATTACHMENTS_LISTED_MAX}`,
    [projectId, eventId],
  )
  return rows.map(toAttachment)
}

export async function findAttachment(
  pool: Pool,
  { projectId, eventId, id }: Pick<Attachment, 'projectId' | 'eventId' | 'id'>,
): Promise<Attachment | null> {
  const { rows } = await pool.query<AttachmentRow>(
    `SELECT ${COLUMNS} FROM attachment WHERE project_id = $1 AND event_id = $2 AND id = $3 LIMIT 1`,
    [projectId, eventId, id],
  )
  return rows[0] === undefined ? null : toAttachment(rows[0])
}

/** Piece by piece, each read when the one before it was taken. @throws Error when the file was deleted meanwhile. */
export async function* readAttachmentBytes(
  pool: Pool,
  { projectId, day, id, size }: Attachment,
): AsyncGenerator<Buffer> {
  let left = size
  for (let position = 0; left > 0; position += 1) {
    const { rows } = await pool.query<{ bytes: Buffer }>({
      name: 'attachment-chunk',
      text: `SELECT bytes FROM attachment_chunk
             WHERE project_id = $1 AND received_on = $2::date AND attachment_id = $3 AND position = $4`,
      values: [projectId, day, id, position],
    })
    const bytes = rows[0]?.bytes
    if (bytes === undefined) throw new Error('the attachment is not complete')
    left -= bytes.length
    yield bytes
  }
}

function toAttachment(row: AttachmentRow): Attachment {
  return {
    projectId: row.project_id,
    day: row.day,
    id: row.id,
    eventId: row.event_id,
    type: row.type,
    name: row.name,
    contentType: row.content_type,
    size: row.size,
    sha1: row.sha1,
    receivedAt: row.received_at,
  }
}
