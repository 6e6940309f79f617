// An event's way through the ingest without a server: parsed, normalised, scrubbed and grouped; and what must hold of the result.

import { expect } from 'vitest'
import type { GroupedEvent } from '../../server/domain/event.ts'
import { readEventJson, writeEventJson } from '../../server/domain/event-json.ts'
import { groupEvent } from '../../server/ingest/grouping/group-event.ts'
import { describeReportOf } from '../../server/ingest/make-security-event.ts'
import { normalizeEvent } from '../../server/ingest/normalize.ts'
import { parseEventJson } from '../../server/ingest/parse-json.ts'
import { scrubEvent } from '../../server/ingest/scrub.ts'

const NOW = Date.parse('2026-11-22T22:00:00Z')

export function processEvent(bytes: Buffer, receivedAtMs = NOW): GroupedEvent {
  const raw = parseEventJson(bytes)
  describeReportOf(raw)
  const event = normalizeEvent(raw, {
    receivedAtMs,
    eventId: '0123456789abcdef0123456789abcdef',
    clockDriftMs: 0,
    clientIp: '198.51.100.7',
    userAgent: null,
    sdkFallback: null,
  })
  scrubEvent(event)
  return groupEvent(event)
}

/** It can be written and read, nothing in it is more than PostgreSQL or a browser takes, and it is bounded by what was sent. */
export function expectStorable(event: GroupedEvent, bytes: number, receivedAtMs = NOW): void {
  const text = JSON.stringify(event)
  expect(isClean(event)).toBe(true)
  expect(readEventJson(writeEventJson(event))).toEqual(JSON.parse(text))
  // What is normalised repeats some texts (titles, tags, parts of the grouping), remarks and empty attributes.
  expect(text.length).toBeLessThan(bytes * 12 + 40_000)
  expect(event.eventId).toMatch(/^[0-9a-f]{32}$/)
  expect(event.grouping.hash).toMatch(/^[0-9a-f]{32}$/)
  expect(event.grouping.parts.length).toBeLessThanOrEqual(60)
  expect(event.title.length).toBeGreaterThan(0)
  expect(event.title.length).toBeLessThanOrEqual(276)
  expect(event.culprit.length).toBeLessThanOrEqual(200)
  expect(Math.abs(event.timestampMs - receivedAtMs)).toBeLessThanOrEqual(31 * 86_400_000)
  expect(new Set(event.tags.map(([key]) => key)).size).toBe(event.tags.length)
  expect(event.tags.every(([key, value]) => key.length <= 200 && value.length <= 200)).toBe(true)
}

function isClean(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  return Object.entries(value).every(([key, child]) => isClean(key) && isClean(child))
}
