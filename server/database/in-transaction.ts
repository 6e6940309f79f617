import type { Pool, PoolClient } from 'pg'

/** Commits what `work` did when it resolves, and undoes it when it rejects. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  let failure: Error | null = null
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    failure = error as Error
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    // A connection on which a transaction failed is not used again.
    client.release(failure ?? undefined)
  }
}
