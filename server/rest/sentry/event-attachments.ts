// The files of an event: their list, one's description, and with `?download` its bytes. A file is whatever a client sent,
// so it is only ever handed out as a download that no browser runs.

import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { assertCan, assertMayTry } from '../../auth/can.ts'
import { findAttachment, listAttachments, readAttachmentBytes } from '../../database/read-attachments.ts'
import type { Attachment } from '../../domain/attachment.ts'
import { AppError } from '../../errors.ts'
import { findSentryProject } from './find-sentry-project.ts'
import type { SentryApiDeps } from './register-sentry-api.ts'

interface AttachmentParams {
  group: string
  project: string
  event: string
  attachment: string
}

const LIST = '/api/0/projects/:group/:project/events/:event/attachments'
const HEX_ID = /^[0-9a-f]{32}$/

export function registerEventAttachments(fastify: FastifyInstance, { database, auth }: SentryApiDeps): void {
  const { pool } = database

  /** Who may see the project's issues may see their files. */
  async function authorize(request: { raw: Parameters<typeof auth.authenticate>[0] }, params: AttachmentParams) {
    const viewer = await auth.authenticate(request.raw)
    assertMayTry(viewer, 'readIssues')
    const projectId = await findSentryProject(database.prisma, params.group, params.project)
    assertCan(viewer, 'readIssues', { projectId })
    return { projectId, eventId: readId(params.event) }
  }

  for (const slash of ['', '/']) {
    fastify.get<{ Params: AttachmentParams }>(`${LIST}${slash}`, async (request) => {
      const { projectId, eventId } = await authorize(request, request.params)
      return (await listAttachments(pool, projectId, eventId)).map(toSentryAttachment)
    })

    fastify.get<{ Params: AttachmentParams; Querystring: Record<string, unknown> }>(
      `${LIST}/:attachment${slash}`,
      async (request, reply) => {
        const key = await authorize(request, request.params)
        const attachment = await findAttachment(pool, { ...key, id: readId(request.params.attachment) })
        if (attachment === null) throw notFound()
        if (!Object.hasOwn(request.query, 'download')) return toSentryAttachment(attachment)
        return sendFile(reply, attachment, Readable.from(readAttachmentBytes(pool, attachment), { objectMode: false }))
      },
    )
  }
}

function sendFile(reply: FastifyReply, { name, contentType, size }: Attachment, bytes: Readable): FastifyReply {
  return reply
    .header('content-type', contentType)
    .header('content-length', size)
    .header('content-disposition', describeDownload(name))
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('cross-origin-resource-policy', 'same-origin')
    .send(bytes)
}

/** RFC 6266: the name in ASCII for who knows nothing else, and whole as RFC 8187 encodes it. */
function describeDownload(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%;]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

function toSentryAttachment(attachment: Attachment): object {
  const { id, eventId, type, name, contentType, size, sha1, receivedAt } = attachment
  return {
    id,
    event_id: eventId,
    type,
    name,
    mimetype: contentType,
    dateCreated: receivedAt.toISOString(),
    size,
    headers: { 'Content-Type': contentType },
    sha1,
  }
}

function readId(text: string): string {
  const id = text.replaceAll('-', '').toLowerCase()
  if (!HEX_ID.test(id)) throw notFound()
  return id
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'The requested resource does not exist')
}
