// Answers as SDKs expect them: always JSON, never empty, with CORS on refusals too, so that a browser can read them.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IngestError } from './ingest-error.ts'
import { discardBody } from './read-body.ts'

export const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'x-sentry-error, x-sentry-rate-limits, retry-after',
}
/** One transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const PREFLIGHT = {
  ...CORS,
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
  'Access-Control-Allow-Headers':
    'x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, content-type, authentication, ' +
    'authorization, content-encoding, transfer-encoding, sentry-trace, baggage',
  'Access-Control-Max-Age': '3600',
  'Content-Length': '0',
}

/** @param eventId omitted for envelopes without an event, as Relay does. */
export function respondAccepted(response: ServerResponse, eventId: string | null): void {
  const body = eventId === null ? '{}' : `{"id":"${eventId}"}`
  response.writeHead(200, { ...CORS, 'Content-Type': 'application/json', 'Content-Length': body.length })
  response.end(body)
}

/** @param eventId with hyphens in the answer: what crash reporters show to people. */
export function respondCrash(response: ServerResponse, eventId: string | null): void {
  const body = (eventId ?? '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  response.writeHead(200, { ...CORS, 'Content-Type': 'text/plain', 'Content-Length': body.length })
  response.end(body)
}

export function respondEmpty(response: ServerResponse, status: 200 | 201 | 202): void {
  response.writeHead(status, { ...CORS, 'Content-Length': 0 })
  response.end()
}

/** What a page gets that sends its event as the address of an image. */
export function respondPixel(response: ServerResponse): void {
  response.writeHead(200, { ...CORS, 'Content-Type': 'image/gif', 'Content-Length': PIXEL.length })
  response.end(PIXEL)
}

export function respondPreflight(response: ServerResponse): void {
  response.writeHead(200, PREFLIGHT)
  response.end()
}

/** Reads the rest of the body away first: an answer followed by a reset would look like a network error to the client. */
export async function respondRefused(
  request: IncomingMessage,
  response: ServerResponse,
  error: IngestError,
): Promise<void> {
  const atEnd = await discardBody(request)
  if (response.destroyed) return
  const body = JSON.stringify({ detail: error.message, ...(error.causes.length > 0 && { causes: error.causes }) })
  response.writeHead(error.status, {
    ...CORS,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-Sentry-Error': error.message.replaceAll(/[^\x20-\x7e]/g, '?'),
    ...(error.allow !== null && { Allow: error.allow }),
    ...(error.retryAfterSeconds !== null && {
      'Retry-After': String(error.retryAfterSeconds),
      ...(error.status === 429 && { 'X-Sentry-Rate-Limits': `${error.retryAfterSeconds}:${error.rateLimit}` }),
    }),
    ...(!atEnd && { Connection: 'close' }),
  })
  response.end(body, () => {
    // What is still coming in is cut off a moment after the answer went out.
    if (!atEnd) request.socket.destroySoon()
  })
}
