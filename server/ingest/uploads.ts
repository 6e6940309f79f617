// `/upload/`: files that are too large for an envelope, by the part of tus 1.0.0 (https://tus.io/protocols/resumable-upload)
// that Sentry's native SDK and Relay speak: creation, with or without the bytes, PATCH and HEAD. The bytes pass through in
// pieces; a request that breaks off leaves what it brought, and the next one goes on from there.

import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pool } from 'pg'
import { ATTACHMENT_CHUNK_BYTES } from '../domain/attachment.ts'
import type { BodyBudget } from './body-budget.ts'
import type { Endpoint } from './endpoints.ts'
import { IngestError } from './ingest-error.ts'
import { RETRY_AFTER_SECONDS, UPLOAD_BYTES_MAX, UPLOADS_AT_ONCE_MAX, UPLOADS_PER_MINUTE_MAX } from './limits.ts'
import { createMinuteLimit } from './minute-limit.ts'
import { addPiece, addUpload, findUpload, setUploadHash, type Upload } from './persist-uploads.ts'
import { CORS } from './respond.ts'

interface UploadRequest {
  projectId: number
  /** null: a new one. */
  id: string | null
  url: string
  nowMs: number
}

export interface Uploads {
  /** Answers the request. @throws IngestError */
  take(request: IncomingMessage, response: ServerResponse, asked: UploadRequest): Promise<void>
}

const VERSION = '1.0.0'
const CONTENT_TYPE = 'application/offset+octet-stream'
const RESUMABLE = { ...CORS, 'Tus-Resumable': VERSION }
/** The piece that is gathered, and the one that is written. */
const BYTES_IN_FLIGHT = 2 * ATTACHMENT_CHUNK_BYTES

/** It answers by itself, since its body is not read into memory. */
export const UPLOAD: Endpoint = {
  name: 'upload',
  path: /^upload(?:\/(?<upload>[0-9a-f]{32}))?$/,
  methods: ['POST', 'PATCH', 'HEAD'],
  refusesBadItem: false,
  read: () => ({ header: {}, items: [] }),
  respond: () => undefined,
}

export function createUploads({ pool, budget }: { pool: Pool; budget: BodyBudget }): Uploads {
  const limit = createMinuteLimit(UPLOADS_PER_MINUTE_MAX)
  let running = 0

  async function create({ projectId, nowMs }: UploadRequest, request: IncomingMessage): Promise<Upload> {
    const size = readWhole(request.headers['upload-length'])
    if (size === null || size === 0) throw new IngestError(400, 'an upload needs its Upload-Length')
    if (size > UPLOAD_BYTES_MAX) throw new IngestError(413, `an upload has at most ${UPLOAD_BYTES_MAX} bytes`)
    if (!limit.take(projectId, nowMs)) throw tooMany('attachment:project:uploads')
    const upload = { projectId, id: randomUUID().replaceAll('-', ''), size, received: 0 }
    await addUpload(pool, upload, nowMs)
    return upload
  }

  async function find({ projectId, id }: UploadRequest): Promise<Upload> {
    const upload = id === null ? null : await findUpload(pool, { projectId, id })
    if (upload === null) throw new IngestError(404, 'there is no such upload')
    return upload
  }

  /** @returns how far it has come. */
  async function receive(upload: Upload, request: IncomingMessage, nowMs: number): Promise<number> {
    if (running >= UPLOADS_AT_ONCE_MAX || !budget.take(BYTES_IN_FLIGHT)) throw tooMany(':organization:queue_full')
    running += 1
    try {
      return await receivePieces(upload, request, nowMs)
    } finally {
      running -= 1
      budget.give(BYTES_IN_FLIGHT)
    }
  }

  async function receivePieces(upload: Upload, request: IncomingMessage, nowMs: number): Promise<number> {
    const sha1 = upload.received === 0 ? createHash('sha1') : null
    let { received } = upload
    const write = async (bytes: Buffer): Promise<void> => {
      sha1?.update(bytes)
      if (!(await addPiece(pool, { ...upload, received }, bytes, nowMs))) {
        throw new IngestError(409, 'the upload stands elsewhere: ask with HEAD')
      }
      received += bytes.length
    }
    for await (const piece of cutPieces(request)) {
      if (received + piece.length > upload.size) throw new IngestError(413, 'more came than its Upload-Length says')
      await write(piece)
    }
    if (received === upload.size && sha1 !== null) await setUploadHash(pool, upload, sha1.digest('hex'))
    return received
  }

  return {
    async take(request, response, asked) {
      if (request.headers['tus-resumable'] !== VERSION) {
        throw new IngestError(412, `Tus-Resumable must be ${VERSION}`, { code: 'invalid' })
      }
      if (request.method === 'HEAD') {
        const { received, size } = await find(asked)
        const headers = { 'Upload-Offset': received, 'Upload-Length': size, 'Cache-Control': 'no-store' }
        return void response.writeHead(200, { ...RESUMABLE, ...headers }).end()
      }
      const brings = request.headers['content-type'] === CONTENT_TYPE
      if (request.method === 'POST') {
        if (asked.id !== null)
          throw new IngestError(405, 'method not allowed: use PATCH or HEAD', { allow: 'PATCH, HEAD' })
        const upload = await create(asked, request)
        const offset = brings ? await receive(upload, request, asked.nowMs) : 0
        const location = `${asked.url.split('?', 1)[0]?.replace(/\/+$/, '')}/${upload.id}/?length=${upload.size}`
        const headers = { Location: location, 'Upload-Offset': offset, 'Content-Length': 0 }
        return void response.writeHead(201, { ...RESUMABLE, ...headers }).end()
      }
      if (!brings) throw new IngestError(415, `the bytes of an upload are ${CONTENT_TYPE}`)
      const upload = await find(asked)
      if (readWhole(request.headers['upload-offset']) !== upload.received) {
        throw new IngestError(409, `the upload stands at ${upload.received}`)
      }
      const offset = await receive(upload, request, asked.nowMs)
      response.writeHead(204, { ...RESUMABLE, 'Upload-Offset': offset }).end()
    },
  }
}

/** Of the size of a row; the last may be smaller. @throws IngestError when the client goes away, for what is in no piece yet. */
async function* cutPieces(request: IncomingMessage): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of readChunks(request)) {
    let rest = chunk
    while (bytes + rest.length >= ATTACHMENT_CHUNK_BYTES) {
      const taken = rest.subarray(0, ATTACHMENT_CHUNK_BYTES - bytes)
      yield Buffer.concat([...chunks, taken])
      rest = rest.subarray(taken.length)
      chunks = []
      bytes = 0
    }
    if (rest.length > 0) chunks.push(rest)
    bytes += rest.length
  }
  if (bytes > 0) yield Buffer.concat(chunks)
}

async function* readChunks(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    // Left as it is when it is refused, so that the rest can be read away before the answer.
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } catch (cause) {
    if (request.complete) throw cause
    throw new IngestError(400, 'the request ended before its body was complete', { code: 'incomplete_body' })
  }
}

function readWhole(value: string | string[] | undefined): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null
}

function tooMany(rateLimit: string): IngestError {
  return new IngestError(429, 'too many uploads: try again later', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    rateLimit,
  })
}
