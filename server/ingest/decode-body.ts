// Content-Encoding of requests. Every decoder stops at its limit: a body of a few KiB may hold gigabytes of zeros.

import zlib from 'node:zlib'
import type { Transform } from 'node:stream'
import type { BodyBudget } from './body-budget.ts'
import { IngestError } from './ingest-error.ts'
import { DECODED_BYTES_MAX } from './limits.ts'
import { overloaded, tooLarge, type Reservation } from './read-body.ts'

/** Up to this size a body is decoded at once, which for SDKs' usual few KiB is several times faster than a stream. */
const DECODE_AT_ONCE_BYTES_MAX = 32 * 1024
const DECODED_AT_ONCE_BYTES_MAX = 1024 * 1024
/** 8 MiB: what zstd's own command line accepts at its usual levels. A larger window only serves to make us allocate. */
const ZSTD_WINDOW_LOG_MAX = 23

interface Codec {
  decodeAtOnce(body: Buffer, options: { maxOutputLength: number }): Buffer
  createStream(): Transform
}

const zstdParams = { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX }
const GZIP: Codec = { decodeAtOnce: zlib.gunzipSync, createStream: () => zlib.createGunzip() }
const DEFLATE: Codec = { decodeAtOnce: zlib.inflateSync, createStream: () => zlib.createInflate() }
const DEFLATE_RAW: Codec = { decodeAtOnce: zlib.inflateRawSync, createStream: () => zlib.createInflateRaw() }
const BROTLI: Codec = { decodeAtOnce: zlib.brotliDecompressSync, createStream: () => zlib.createBrotliDecompress() }
const ZSTD: Codec = {
  decodeAtOnce: (body, options) => zlib.zstdDecompressSync(body, { ...options, params: zstdParams }),
  createStream: () => zlib.createZstdDecompress({ params: zstdParams }),
}

/** Whether it begins with a header of zlib, which is a multiple of 31. */
export function isZlib(bytes: Buffer): boolean {
  return bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0 && (bytes.readUInt8(0) & 0x0f) === 8
}

/** @returns null where there is nothing to decode. @throws IngestError 415 for an encoding that we do not know. */
function chooseCodec(contentEncoding: string | undefined, body: Buffer): Codec | null {
  switch (contentEncoding?.trim().toLowerCase()) {
    case undefined:
    case '': // sentry-ruby 5 sends the header without a value
    case 'identity':
    case 'utf-8': // sentry.java.android 2.0
      return null
    case 'gzip':
    case 'x-gzip':
      return GZIP
    case 'deflate':
      // RFC 9110 says zlib's format; some clients send the bare stream.
      return isZlib(body) ? DEFLATE : DEFLATE_RAW
    case 'br':
      return BROTLI
    case 'zstd':
      return ZSTD
    default:
      throw new IngestError(415, 'unsupported content encoding: use gzip, deflate, br, zstd or none')
  }
}

/**
 * At once where it is small, as nearly all are: a promise for each of these would outlive the request's reading.
 * @throws IngestError 415 unknown encoding, 413 over the limit, 429 without budget, 400 when it cannot be decoded.
 */
export function decodeBody(
  body: Buffer,
  contentEncoding: string | undefined,
  budget: BodyBudget,
  reservation: Reservation,
): Buffer | Promise<Buffer> {
  const codec = chooseCodec(contentEncoding, body)
  if (codec === null || body.length === 0) return body
  return decode(body, codec, budget, reservation)
}

/** The inside of raven's bodies: base64 of a zlib stream. */
export async function inflateBody(body: Buffer, budget: BodyBudget, reservation: Reservation): Promise<Buffer> {
  return decode(body, DEFLATE, budget, reservation)
}

function decode(body: Buffer, codec: Codec, budget: BodyBudget, reservation: Reservation): Buffer | Promise<Buffer> {
  if (body.length <= DECODE_AT_ONCE_BYTES_MAX) {
    try {
      return codec.decodeAtOnce(body, { maxOutputLength: DECODED_AT_ONCE_BYTES_MAX })
    } catch (error) {
      if (!isBufferTooLarge(error)) throw undecodable(error)
    }
  }
  return decodeAsStream(body, codec.createStream(), budget, reservation)
}

function decodeAsStream(
  body: Buffer,
  decoder: Transform,
  budget: BodyBudget,
  reservation: Reservation,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let decodedBytes = 0
    const fail = (error: IngestError): void => {
      decoder.destroy()
      reject(error)
    }
    decoder.on('data', (chunk: Buffer) => {
      if (decodedBytes + chunk.length > DECODED_BYTES_MAX) return fail(tooLarge('the decoded body', DECODED_BYTES_MAX))
      if (!budget.take(chunk.length)) return fail(overloaded())
      reservation.bytes += chunk.length
      decodedBytes += chunk.length
      chunks.push(chunk)
    })
    decoder.once('end', () => resolve(Buffer.concat(chunks, decodedBytes)))
    decoder.once('error', (error) => fail(undecodable(error)))
    decoder.end(body)
  })
}

function isBufferTooLarge(error: unknown): boolean {
  return error instanceof RangeError && (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
}

function undecodable(cause: unknown): IngestError {
  const reason = cause instanceof Error ? cause.message : 'unknown error'
  return new IngestError(400, 'the body cannot be decoded as its Content-Encoding says', {
    causes: [reason],
    code: 'invalid_encoding',
  })
}
