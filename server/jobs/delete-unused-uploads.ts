import type { Pool } from 'pg'

const KEPT_MS = 24 * 60 * 60 * 1000

/** Files that came before an envelope which never came, with all their bytes. */
export async function deleteUnusedUploads(pool: Pool, nowMs: number): Promise<void> {
  await pool.query(
    `WITH unused AS (
       DELETE FROM attachment_upload WHERE created_at < to_timestamp($1::float8 / 1000) RETURNING project_id, received_on, id
     )
     DELETE FROM attachment_chunk c USING unused u
     WHERE c.project_id = u.project_id AND c.received_on = u.received_on AND c.attachment_id = u.id`,
    [nowMs - KEPT_MS],
  )
}
