// Takes a multipart form apart, within limits for all that a client can make: parts, names, values and headers. The files'
// bytes are what the body holds, so they are counted once more against what is in flight.

import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import type { EndpointRequest } from './endpoints.ts'
import { IngestError } from './ingest-error.ts'
import { ATTACHMENT_BYTES_MAX, ATTACHMENTS_PER_ENVELOPE_MAX, EVENT_BYTES_MAX } from './limits.ts'
import { overloaded } from './read-body.ts'

export interface FormFile {
  field: string
  name: string
  contentType: string
  bytes: Buffer
}

export interface MultipartForm {
  /** In the order sent; a name may occur several times. */
  fields: [name: string, value: string][]
  files: FormFile[]
}

const LIMITS = {
  // One over what is stored, so that a longer one is still found to be too large.
  fileSize: ATTACHMENT_BYTES_MAX + 1,
  files: ATTACHMENTS_PER_ENVELOPE_MAX,
  fields: 500,
  fieldNameSize: 200,
  fieldSize: EVENT_BYTES_MAX,
  parts: 500 + ATTACHMENTS_PER_ENVELOPE_MAX,
  headerPairs: 20,
  headerSize: 16 * 1024,
}

/** @throws IngestError 400 for what is no multipart form, 429 without budget. */
export function readMultipart({ body, contentTypeSent, budget, reservation }: EndpointRequest): Promise<MultipartForm> {
  return new Promise((resolve, reject) => {
    const form: MultipartForm = { fields: [], files: [] }
    let parser: BusboyInstance
    try {
      const headers: BusboyHeaders = { 'content-type': contentTypeSent }
      parser = new Busboy({ headers, limits: LIMITS })
    } catch (error) {
      return reject(invalidForm(error))
    }
    if (!budget.take(body.length)) return reject(overloaded())
    reservation.bytes += body.length
    parser.on('field', (name, value) => form.fields.push([name, value]))
    parser.on('file', (field, stream, name, _encoding, contentType) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', () => form.files.push({ field, name: name ?? '', contentType, bytes: Buffer.concat(chunks) }))
      stream.once('error', (error: unknown) => reject(invalidForm(error)))
    })
    parser.once('error', (error) => reject(invalidForm(error)))
    parser.once('finish', () => resolve(form))
    parser.end(body)
  })
}

function invalidForm(error: unknown): IngestError {
  const cause = error instanceof Error ? error.message : 'unknown error'
  return new IngestError(400, 'invalid multipart data', { causes: [cause], code: 'invalid' })
}
