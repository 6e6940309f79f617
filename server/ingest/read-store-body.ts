// The many forms of a `/store/` body: JSON, or base64 of JSON, or base64 of zlib of JSON (raven), or a form field.

import type { BodyBudget } from './body-budget.ts'
import { inflateBody, isZlib } from './decode-body.ts'
import { IngestError } from './ingest-error.ts'
import { EVENT_BYTES_MAX } from './limits.ts'
import { tooLarge, type Reservation } from './read-body.ts'

const OPEN_BRACE = 0x7b
const FORM_FIELD = /(?:^|&)sentry_data=/

/** @returns the event's JSON. @throws IngestError 400, 413. */
export async function readStoreBody(body: Buffer, budget: BodyBudget, reservation: Reservation): Promise<Buffer> {
  if (body.length === 0) throw new IngestError(400, 'empty request body', { code: 'empty_body' })
  const json = startsWithObject(body) ? body : await decodeText(body, budget, reservation)
  if (json.length > EVENT_BYTES_MAX) throw tooLarge('the event', EVENT_BYTES_MAX)
  return json
}

async function decodeText(body: Buffer, budget: BodyBudget, reservation: Reservation): Promise<Buffer> {
  const text = body.toString('latin1')
  if (!FORM_FIELD.test(text)) return decodeBase64(text, body, budget, reservation)
  const value = new URLSearchParams(text).get('sentry_data') ?? ''
  const bytes = Buffer.from(value)
  // A plus of base64 that nobody encoded reads as a blank.
  return startsWithObject(bytes) ? bytes : decodeBase64(value.replaceAll(' ', '+'), bytes, budget, reservation)
}

/** @param text of base64, of any alphabet and with white space. @param body what it stands for when it is none. */
async function decodeBase64(text: string, body: Buffer, budget: BodyBudget, reservation: Reservation): Promise<Buffer> {
  const decoded = Buffer.from(text, 'base64')
  // What is no base64 decodes to noise or nothing: then the JSON parser has the clearer words for the body itself.
  if (startsWithObject(decoded)) return decoded
  return isZlib(decoded) ? inflateBody(decoded, budget, reservation) : body
}

/** Leading white space is legal JSON. */
function startsWithObject(body: Buffer): boolean {
  for (const byte of body) {
    if (byte === OPEN_BRACE) return true
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false
  }
  return false
}
