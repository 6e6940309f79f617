import type { Pool } from 'pg'
import type { Publish } from '../../domain/change.ts'
import { setStatus } from './set-status.ts'

/** For issues whose hash we make ourselves. Does nothing where there is none, or where somebody settled it otherwise. */
export async function resolveByHash(pool: Pool, publish: Publish, projectId: number, hash: string): Promise<void> {
  const { rows } = await pool.query<{ id: number }>(
    `SELECT i.id FROM issue_hash h JOIN issue i ON i.project_id = h.project_id AND i.id = h.issue_id
     WHERE h.project_id = $1 AND h.hash = $2 AND i.status = 'UNRESOLVED'`,
    [projectId, hash],
  )
  if (rows.length > 0)
    await setStatus(
      pool,
      publish,
      projectId,
      rows.map(({ id }) => String(id)),
      'RESOLVED',
    )
}
