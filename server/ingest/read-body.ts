// Reads a request's body within its limits, as bytes: SDKs send any content type, or none, and chunked bodies without a
// length. What is too large is refused while it streams, never after it was held.

import type { IncomingMessage } from 'node:http'
import type { BodyBudget } from './body-budget.ts'
import { IngestError } from './ingest-error.ts'
import { BODY_BYTES_MAX, REFUSED_BODY_BYTES_MAX, RETRY_AFTER_SECONDS } from './limits.ts'

/** Bytes taken from the budget for one request; given back as a whole when it is answered. */
export interface Reservation {
  bytes: number
}

export function tooLarge(what: string, bytesMax: number): IngestError {
  return new IngestError(413, `${what} exceeds the limit of ${bytesMax} bytes`)
}

export function overloaded(): IngestError {
  return new IngestError(429, 'too many requests are in flight: try again later', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  })
}

function incomplete(): IngestError {
  return new IngestError(400, 'the request ended before its body was complete', { code: 'incomplete_body' })
}

/** @throws IngestError 413 over the limit, 429 without budget, 400 when the client goes away half-way. */
export function readBody(request: IncomingMessage, budget: BodyBudget, reservation: Reservation): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > BODY_BYTES_MAX) return Promise.reject(tooLarge('the request body', BODY_BYTES_MAX))
  // It may have gone while its key was looked up; nothing would be told of it any more.
  if (request.destroyed) return Promise.reject(incomplete())
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let received = 0
    // The request lives until it is answered, and whoever listens to it would keep the body for so long.
    const stopListening = (): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose)
    }
    const fail = (error: IngestError): void => {
      stopListening()
      request.pause()
      reject(error)
    }
    const onData = (chunk: Buffer): void => {
      if (received + chunk.length > BODY_BYTES_MAX) return fail(tooLarge('the request body', BODY_BYTES_MAX))
      if (!budget.take(chunk.length)) return fail(overloaded())
      reservation.bytes += chunk.length
      received += chunk.length
      // Mostly the only one: a list that is made to grow takes ten times as much.
      if (chunks.length === 0) chunks = [chunk]
      else chunks.push(chunk)
    }
    const onEnd = (): void => {
      stopListening()
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, received))
    }
    // Whatever ends a request half-way, and without somebody who hears of errors Node.js tells of no other.
    const onClose = (): void => {
      if (!request.complete) reject(incomplete())
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

/**
 * Reads away what is left of a refused body, up to a limit, so that the client sees our answer.
 * @returns whether the body is at its end, so that the connection can live on.
 */
export function discardBody(request: IncomingMessage): Promise<boolean> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (request.complete) return Promise.resolve(true)
  // Of one that is gone nothing would be told any more, and who waited for it would never give its room back.
  if (request.destroyed || declared > BODY_BYTES_MAX) return Promise.resolve(false)
  return new Promise((resolve) => {
    let discarded = 0
    const onData = (chunk: Buffer): void => {
      discarded += chunk.length
      if (discarded <= REFUSED_BODY_BYTES_MAX) return
      request.off('data', onData)
      request.pause()
      resolve(false)
    }
    request.on('data', onData)
    request.once('end', () => resolve(true))
    request.once('close', () => resolve(false))
    request.resume()
  })
}
