// Envelopes of items of every type, whose lengths may be right, wrong or absent.

import fc from 'fast-check'
import type { Json } from '../../server/domain/event.ts'
import { anyJson } from './damage.ts'

const TYPES = [
  ...[
    'event',
    'transaction',
    'session',
    'sessions',
    'client_report',
    'attachment',
    'user_report',
    'feedback',
    'check_in',
  ],
  ...['raw_security', 'replay_event', 'profile', 'log', 'span', 'statsd', 'unheard_of'],
]

/** @param events what items of the type `event` hold. */
export function generateEnvelope(events: fc.Arbitrary<Json>): fc.Arbitrary<Buffer> {
  const header = fc.record(
    {
      event_id: fc.oneof(fc.uuid(), anyJson),
      sent_at: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        anyJson,
      ),
      trace: anyJson,
      sdk: anyJson,
    },
    { requiredKeys: [] },
  )
  const payload = fc.oneof(
    { weight: 3, arbitrary: events.map((event) => Buffer.from(JSON.stringify(event))) },
    { weight: 1, arbitrary: anyJson.map((value) => Buffer.from(JSON.stringify(value))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  )
  const type = fc.oneof(
    { weight: 4, arbitrary: fc.constant('event') },
    { weight: 3, arbitrary: fc.constantFrom(...TYPES) },
  )
  const length = fc.constantFrom('right', 'right', 'absent', 'short', 'long')
  const item = fc.tuple(type, length, payload).map(([itemType, kind, bytes]) => {
    const lengths: Record<string, number> = {
      right: bytes.length,
      short: Math.max(0, bytes.length - 3),
      long: bytes.length + 9,
    }
    const line = JSON.stringify({ type: itemType, ...(kind !== 'absent' && { length: lengths[kind] }) })
    return Buffer.concat([Buffer.from(`${line}\n`), bytes, Buffer.from('\n')])
  })
  return fc
    .tuple(header, fc.array(item, { maxLength: 5 }))
    .map(([head, items]) => Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...items]))
}
