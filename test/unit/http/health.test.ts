import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { registerHealth } from '../../../server/http/health.ts'
import type { Metrics } from '../../../server/metrics.ts'

describe('/readyz', () => {
  let fastify: FastifyInstance
  let write: () => Promise<unknown>
  let writes = 0
  beforeEach(() => {
    vi.useFakeTimers()
    writes = 0
    write = () => Promise.resolve()
    fastify = Fastify()
    const pool = { query: () => ((writes += 1), write()) } as unknown as Pool
    registerHealth(fastify, { pool, metrics: {} as Metrics })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await fastify.close()
  })

  const ask = async (): Promise<number> => (await fastify.inject('/readyz')).statusCode

  it('tells what a write said that began after it was asked, however soon after another', async () => {
    expect(await ask()).toBe(200)
    write = () => Promise.reject(new Error('the database is away'))
    const soon = ask()
    await vi.advanceTimersByTimeAsync(100)
    expect(await soon).toBe(503)
    write = () => Promise.resolve()
    const again = ask()
    await vi.advanceTimersByTimeAsync(100)
    expect(await again).toBe(200)
  })

  it('writes ten times a second at most, whoever asks', async () => {
    const answers = Promise.all(Array.from({ length: 100 }, ask))
    await vi.advanceTimersByTimeAsync(0)
    const later = Promise.all(Array.from({ length: 100 }, ask))
    await vi.advanceTimersByTimeAsync(100)
    expect(new Set([...(await answers), ...(await later)])).toEqual(new Set([200]))
    expect(writes).toBe(2)
  })

  it('gives up on a write that takes too long, and begins no other before', async () => {
    write = () => new Promise(() => undefined)
    const answer = ask()
    await vi.advanceTimersByTimeAsync(2_000)
    write = () => Promise.resolve()
    const next = ask()
    await vi.advanceTimersByTimeAsync(999)
    expect(writes).toBe(1)
    await vi.advanceTimersByTimeAsync(101)
    expect([await answer, await next]).toEqual([503, 200])
  })
})
