// The files of an event, and of what a user says. Their bytes come from Sentry's own endpoint: server/rest/sentry.

import { formatDay } from '../../database/partitions.ts'
import { ATTACHMENTS_LISTED_MAX, type Attachment } from '../../domain/attachment.ts'
import { builder } from '../builder.ts'
import { encodeGlobalId } from '../global-id.ts'
import { EventNode } from './event.ts'
import { FeedbackType } from './feedback.ts'

const AttachmentType = builder.objectRef<Attachment>('Attachment').implement({
  description: 'A file that an SDK sent with an event, or a user with what they say.',
  fields: (t) => ({
    id: t.id({ resolve: ({ projectId, day, id }) => encodeGlobalId('Attachment', `${projectId}.${day}.${id}`) }),
    name: t.exposeString('name'),
    contentType: t.exposeString('contentType', { description: 'As the client said, else by its name.' }),
    type: t.exposeString('type', { description: '`event.attachment`, `event.minidump`, ...' }),
    size: t.exposeInt('size', { description: 'In bytes.' }),
    createdAt: t.expose('receivedAt', { type: 'DateTime' }),
    downloadPath: t.string({
      description: 'Where its bytes are, below the URL of this Faultline.',
      resolve: async ({ projectId, eventId, id }, _args, { loaders }) => {
        const project = await loaders.project.load(projectId)
        const path = `${project?.group.name}/${project?.slug}`
        return `/api/0/projects/${path}/events/${eventId}/attachments/${id}/?download=1`
      },
    }),
  }),
})

builder.objectFields(EventNode, (t) => ({
  attachments: t.field({
    type: [AttachmentType],
    description: `By name, ${ATTACHMENTS_LISTED_MAX} at most.`,
    complexity: { field: 5, multiplier: 2 },
    resolve: ({ projectId, eventId, receivedAtMs }, _args, { loaders }) =>
      loaders.attachments.load({ projectId, eventId, day: formatDay(receivedAtMs) }),
  }),
}))

builder.objectFields(FeedbackType, (t) => ({
  attachments: t.field({
    type: [AttachmentType],
    description: `What came with it, such as a screenshot. By name, ${ATTACHMENTS_LISTED_MAX} at most.`,
    complexity: { field: 5, multiplier: 2 },
    // To its files it is an event, by its own id.
    resolve: ({ projectId, id, createdAt }, _args, { loaders }) =>
      loaders.attachments.load({ projectId, eventId: id, day: formatDay(createdAt.getTime()) }),
  }),
}))
