// Splits an envelope into its items, on bytes: payloads may be binary, and are never copied.
//
//   {"event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}\n     header: one line of JSON
//   {"type":"event","length":15}\n                         item header: one line of JSON
//   {"message":"x"}\n                                      exactly `length` bytes, or up to the next newline without it
//
// We skip blank lines wherever a header may stand; Relay does so before a header only.

import { IngestError } from './ingest-error.ts'
import { HEADER_LINE_BYTES_MAX, ITEMS_PER_ENVELOPE_MAX } from './limits.ts'
import type { JsonObject } from '../domain/event.ts'

export interface EnvelopeItem {
  /** `event`, `session`, ...; what is none of a type's usual form is `unknown`. */
  type: string
  header: JsonObject
  /** A view into the envelope's body. */
  payload: Buffer
}

export interface Envelope {
  header: JsonObject
  items: EnvelopeItem[]
}

const NEWLINE = 0x0a
/** A drift of the client's clock below this is left alone: it may be the network. */
const CLOCK_DRIFT_MS_MIN = 55 * 60 * 1_000

/** @throws IngestError 400 with Relay's causes. */
export function parseEnvelope(body: Buffer): Envelope {
  if (body.length === 0) throw new IngestError(400, 'empty request body', { code: 'empty_body' })
  let at = skipBlank(body, 0)
  if (at === body.length) throw invalidEnvelope('missing envelope header')
  const headerEnd = findLineEnd(body, at)
  const header = parseHeader(body, at, headerEnd, 'invalid envelope header')
  at = headerEnd + 1

  const items: EnvelopeItem[] = []
  for (;;) {
    at = skipBlank(body, at)
    if (at >= body.length) return { header, items }
    if (items.length === ITEMS_PER_ENVELOPE_MAX) {
      throw new IngestError(413, `the envelope has more than ${ITEMS_PER_ENVELOPE_MAX} items`)
    }
    const itemHeaderEnd = findLineEnd(body, at)
    const itemHeader = parseHeader(body, at, itemHeaderEnd, 'invalid item header')
    const start = Math.min(itemHeaderEnd + 1, body.length)
    const end = findPayloadEnd(body, start, itemHeader['length'])
    const type = typeof itemHeader['type'] === 'string' ? itemHeader['type'] : ''
    items.push({
      type: /^\w{1,64}$/.test(type) ? type : 'unknown',
      header: itemHeader,
      payload: body.subarray(start, end),
    })
    at = end + 1
  }
}

function findPayloadEnd(body: Buffer, start: number, length: unknown): number {
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) return findLineEnd(body, start)
  const end = start + length
  if (end > body.length) throw invalidEnvelope('unexpected end of file')
  if (end < body.length && body[end] !== NEWLINE) throw invalidEnvelope('missing newline after header or payload')
  return end
}

function findLineEnd(body: Buffer, start: number): number {
  const end = body.indexOf(NEWLINE, start)
  return end === -1 ? body.length : end
}

function skipBlank(body: Buffer, start: number): number {
  let at = start
  for (; at < body.length; at += 1) {
    const byte = body[at]
    if (byte !== NEWLINE && byte !== 0x20 && byte !== 0x0d && byte !== 0x09) break
  }
  return at
}

function parseHeader(body: Buffer, start: number, end: number, cause: string): JsonObject {
  if (end - start > HEADER_LINE_BYTES_MAX) {
    throw new IngestError(413, `a header of the envelope exceeds the limit of ${HEADER_LINE_BYTES_MAX} bytes`)
  }
  let header: unknown
  try {
    header = JSON.parse(body.toString('utf8', start, end))
  } catch {
    throw invalidEnvelope(cause)
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw invalidEnvelope(cause)
  return header as JsonObject
}

function invalidEnvelope(cause: string): IngestError {
  return new IngestError(400, 'invalid event envelope', { causes: [cause], code: 'invalid_envelope' })
}

/** @returns 32 lower-case hex digits; null for what is no id, so that one is made. */
export function readEventId(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 64) return null
  const id = value.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(id) ? id : null
}

/** @param sentAt the header's `sent_at`, in whatever form. @returns milliseconds to add to every time of the payload. */
export function readClockDrift(sentAt: unknown, receivedAtMs: number): number {
  const sentAtMs = typeof sentAt === 'string' && sentAt.length < 64 ? Date.parse(sentAt) : Number.NaN
  const driftMs = receivedAtMs - sentAtMs
  return Math.abs(driftMs) >= CLOCK_DRIFT_MS_MIN ? driftMs : 0
}
