// The many forms of a `/store/` body: JSON, or base64 of JSON, or base64 of zlib of JSON (raven), or a form field.

import type { BodyBudget } from './body-budget.ts'
import { inflateBody } from './decode-body.ts'
import { IngestError } from './ingest-error.ts'
import { EVENT_BYTES_MAX } from './limits.ts'
import { tooLarge, type Reservation } from './read-body.ts'

const OPEN_BRACE = 0x7b
const FORM_PREFIX = 'sentry_data='

/** @returns the event's JSON. @throws IngestError 400, 413. */
export async function readStoreBody(body: Buffer, budget: BodyBudget, reservation: Reservation): Promise<Buffer> {
  if (body.length === 0) throw new IngestError(400, 'empty request body', { code: 'empty_body' })
  const json = startsWithObject(body) ? body : await decodeBase64(body, budget, reservation)
  if (json.length > EVENT_BYTES_MAX) throw tooLarge('the event', EVENT_BYTES_MAX)
  return json
}

async function decodeBase64(body: Buffer, budget: BodyBudget, reservation: Reservation): Promise<Buffer> {
  const text = body.toString('latin1')
  const encoded = text.startsWith(FORM_PREFIX) ? decodeFormValue(text.slice(FORM_PREFIX.length)) : text
  const decoded = Buffer.from(encoded, 'base64')
  // What is no base64 decodes to noise or nothing: then the JSON parser has the clearer words for the body itself.
  if (decoded.length === 0) return body
  if (startsWithObject(decoded)) return decoded
  if (decoded[0] !== 0x78) return body
  return inflateBody(decoded, budget, reservation)
}

function decodeFormValue(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    throw new IngestError(400, 'invalid form data: sentry_data is not percent-encoded')
  }
}

/** Leading white space is legal JSON. */
function startsWithObject(body: Buffer): boolean {
  for (const byte of body) {
    if (byte === OPEN_BRACE) return true
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false
  }
  return false
}
