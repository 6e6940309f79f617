// What an SDK reads of a refusal: how long to wait, and with what. Sentry's header is `<seconds>:<categories>:<scope>:<reason>`,
// where no category means all of them, so that a wrong one would silence what it is not about.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createEventQuota } from '../../../server/ingest/event-quota.ts'
import { IngestError } from '../../../server/ingest/ingest-error.ts'
import { overloaded } from '../../../server/ingest/read-body.ts'
import { respondRefused } from '../../../server/ingest/respond.ts'
import { makeKey } from '../../support/make-key.ts'

async function refuse(
  error: IngestError,
): Promise<{ status: number; headers: Record<string, unknown>; body: unknown }> {
  let sent: { status: number; headers: Record<string, unknown> } = { status: 0, headers: {} }
  let body = ''
  const request = { complete: true, headers: {} } as IncomingMessage
  const response = {
    destroyed: false,
    writeHead: (status: number, headers: Record<string, unknown>) => (sent = { status, headers }),
    end: (text: string) => (body = text),
  } as unknown as ServerResponse
  await respondRefused(request, response, error)
  return { ...sent, body: JSON.parse(body) }
}

describe('a refusal', () => {
  it('for a full queue tells SDKs to hold back everything for some seconds', async () => {
    const { status, headers } = await refuse(overloaded())
    expect(status).toBe(429)
    expect(headers).toMatchObject({ 'Retry-After': '5', 'X-Sentry-Rate-Limits': '5::organization:queue_full' })
  })

  it('for a limit names the category, the scope and the reason, and nothing else is held back', async () => {
    const rateLimit = 'error:project:hard_limit'
    const { status, headers } = await refuse(
      new IngestError(429, 'over the limit', { retryAfterSeconds: 30, rateLimit }),
    )
    expect(status).toBe(429)
    expect(headers).toMatchObject({ 'Retry-After': '30', 'X-Sentry-Rate-Limits': '30:error:project:hard_limit' })
  })

  it('for a database that is away says when to come again, and limits nothing', async () => {
    const { headers } = await refuse(new IngestError(503, 'the database is not available', { retryAfterSeconds: 5 }))
    expect(headers).toMatchObject({ 'Retry-After': '5' })
    expect(headers).not.toHaveProperty('X-Sentry-Rate-Limits')
  })

  it('for anything else says nothing of waiting', async () => {
    const { headers, body } = await refuse(new IngestError(400, 'invalid event envelope', { causes: ['x'] }))
    expect(headers).not.toHaveProperty('Retry-After')
    expect(headers).not.toHaveProperty('X-Sentry-Rate-Limits')
    expect(headers).toMatchObject({ 'X-Sentry-Error': 'invalid event envelope', 'Access-Control-Allow-Origin': '*' })
    expect(body).toEqual({ detail: 'invalid event envelope', causes: ['x'] })
  })

  it.each([
    [1, 60],
    [6, 10],
    [60, 1],
    [7, 9],
    [100_000, 1],
  ])('for a hard limit of %s a minute waits until there is room again: %s s', (eventsPerMinuteHardMax, seconds) => {
    const now = Date.parse('2026-11-22T12:00:00Z')
    const quota = createEventQuota(0)
    const key = makeKey({ settings: { eventsPerMinuteHardMax } })
    for (let index = 0; index < eventsPerMinuteHardMax; index += 1) {
      expect(quota.takeOrRefuseForSeconds(key, now)).toBe(0)
    }
    expect(quota.refusedForSeconds(key, now)).toBe(seconds)
    expect(quota.refusedForSeconds(key, now + seconds * 1_000)).toBe(0)
  })
})
