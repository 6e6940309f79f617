// What monitors ask, without a sign-in: whether the process lives, whether it can write to its database, and metrics,
// which name no project and no person.

import type { FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Metrics } from '../metrics.ts'

/** Anybody may ask, so asking often must cost nothing. */
const ANSWER_LIFE_MS = 1_000
const WRITE_MAX_MS = 3_000

export function registerHealth(fastify: FastifyInstance, { pool, metrics }: { pool: Pool; metrics: Metrics }): void {
  let latest: { at: number; canWrite: Promise<boolean> } | null = null

  fastify.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))

  fastify.get('/readyz', async (_request, reply) => {
    if (latest === null || Date.now() - latest.at > ANSWER_LIFE_MS)
      latest = { at: Date.now(), canWrite: tryWrite(pool) }
    const canWrite = await latest.canWrite
    reply.header('cache-control', 'no-store').code(canWrite ? 200 : 503)
    return canWrite ? { status: 'ok' } : { status: 'unavailable', detail: 'The database cannot be written to.' }
  })

  fastify.get('/metrics', async (_request, reply) => {
    reply.header('cache-control', 'no-store').type(metrics.contentType)
    return metrics.print()
  })
}

/** A real write: a full disk and a read-only replica answer every question, too. */
async function tryWrite(pool: Pool): Promise<boolean> {
  const write = pool
    .query(
      `INSERT INTO setting (name, value) VALUES ('last_ready', to_jsonb(now()))
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    )
    .then(
      () => true,
      () => false,
    )
  const { promise: tooLate, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), WRITE_MAX_MS)
  return Promise.race([write, tooLate]).finally(() => clearTimeout(timer))
}
