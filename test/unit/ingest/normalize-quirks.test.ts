// What real SDKs send, beside the checklist of integration/protocol-quirks.test.ts. Each test is named after the quirk.

import { expect, it } from 'vitest'
import type { JsonObject, NormalizedEvent } from '../../../server/domain/event.ts'
import { normalizeEvent } from '../../../server/ingest/normalize.ts'
import { parseEventJson } from '../../../server/ingest/parse-json.ts'

function normalize(raw: JsonObject): NormalizedEvent {
  return normalizeEvent(parseEventJson(Buffer.from(JSON.stringify(raw))), {
    receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
    eventId: null,
    clockDriftMs: 0,
    clientIp: null,
    userAgent: null,
    sdkFallback: null,
  })
}

it('users are empty, or full of nulls', () => {
  expect(normalize({ user: {} }).user).toBeNull()
  expect(normalize({ user: { id: null, email: null, segment: null, data: {} } }).user).toBeNull()
})

it('JavaScript 11 sends a message with an exception without a type: it is a message', () => {
  const event = normalize({
    message: 'stock is low',
    exception: {
      values: [{ value: 'stock is low', stacktrace: { frames: [{ function: 'f' }] }, mechanism: { synthetic: true } }],
    },
  })
  expect(event.type).toBe('default')
  expect(event.message?.formatted).toBe('stock is low')
  expect(event.exceptions[0]?.stacktrace?.frames).toHaveLength(1)
})

it('Rust, Python and Ruby send the stack of a message in threads', () => {
  const threads = { values: [{ current: true, stacktrace: { frames: [{ function: 'f' }] } }] }
  expect(normalize({ logentry: { message: 'm' }, threads }).threads[0]?.stacktrace?.frames).toHaveLength(1)
})
