// What monitors ask, without a sign-in: whether the process lives, whether it can write to its database, and metrics,
// which name no project and no person.

import type { FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Metrics } from '../metrics.ts'

/** Anybody may ask, so asking often must cost little: those who ask in between wait for the next write. */
const WRITES_APART_MS = 100
const WRITE_MAX_MS = 3_000

export function registerHealth(fastify: FastifyInstance, { pool, metrics }: { pool: Pool; metrics: Metrics }): void {
  const canWrite = shareNext(() => tryWrite(pool))

  fastify.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))

  fastify.get('/readyz', async (_request, reply) => {
    const isReady = await canWrite()
    reply.header('cache-control', 'no-store').code(isReady ? 200 : 503)
    return isReady ? { status: 'ok' } : { status: 'unavailable', detail: 'The database cannot be written to.' }
  })

  fastify.get('/metrics', async (_request, reply) => {
    reply.header('cache-control', 'no-store').type(metrics.contentType)
    return metrics.print()
  })
}

/** Everybody is told what came of a try that began after they asked: an older one says nothing of now. */
function shareNext(attempt: () => Promise<boolean>): () => Promise<boolean> {
  let latest: Promise<unknown> = Promise.resolve()
  let next: Promise<boolean> | null = null
  return () => {
    next ??= latest.then(() => {
      next = null
      const answer = attempt()
      latest = Promise.all([answer, new Promise((resolve) => setTimeout(resolve, WRITES_APART_MS).unref())])
      return answer
    })
    return next
  }
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
