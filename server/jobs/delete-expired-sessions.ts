import type { Pool } from 'pg'

/** Of people who did not sign out. Nobody is signed out by it: an expired session is not believed anyway. */
export async function deleteExpiredSessions(pool: Pool): Promise<void> {
  await pool.query('DELETE FROM session WHERE expires_at < now()')
  await pool.query('DELETE FROM verification WHERE expires_at < now()')
}
