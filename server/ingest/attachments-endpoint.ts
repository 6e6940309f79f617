// `/events/<event id>/attachments/`: files for an event that was sent before, or will be.

import type { Endpoint } from './endpoints.ts'
import type { EnvelopeItem } from './parse-envelope.ts'
import { readMultipart, type FormFile } from './read-multipart.ts'
import { respondEmpty } from './respond.ts'

export const ATTACHMENTS: Endpoint = {
  name: 'attachments',
  path: /^events\/(?<event>[0-9a-fA-F-]{32,36})\/attachments$/,
  methods: ['POST'],
  refusesBadItem: false,
  async read(request) {
    const { files } = await readMultipart(request)
    return { header: { event_id: request.params['event'] ?? '' }, items: files.map((file) => toItem(file)) }
  },
  respond: (response) => respondEmpty(response, 201),
}

export function toItem({ name, contentType, bytes }: FormFile, attachmentType?: string): EnvelopeItem {
  return {
    type: 'attachment',
    header: {
      filename: name,
      content_type: contentType,
      ...(attachmentType !== undefined && { attachment_type: attachmentType }),
    },
    payload: bytes,
  }
}
