import type { Pool, PoolClient } from 'pg'

/** Does the work unless another process that shares the database is doing it: `lockId` says what "it" is. */
export async function withLock(pool: Pool, lockId: number, doWork: () => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [lockId])
    if (rows[0]?.taken === true) await doWork().finally(() => giveBack(client, lockId))
  } finally {
    client.release()
  }
}

/** The lock also ends with its connection, if that is what broke. */
async function giveBack(client: PoolClient, lockId: number): Promise<void> {
  await client.query('SELECT pg_advisory_unlock($1)', [lockId]).catch(() => undefined)
}
