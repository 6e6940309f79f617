// `attachment`: a file that belongs to the envelope's event, which may come before it, after it, or never. It is stored
// before the answer, as it is: what is in a file is not read, and not scrubbed.

import type { Pool } from 'pg'
import { AppError } from '../../errors.ts'
import { createBatcher } from '../batcher.ts'
import { isOutage } from '../is-outage.ts'
import type { ItemContext, ItemFate, ItemHandler } from '../item-handler.ts'
import { ATTACHMENT_BYTES_MAX, ATTACHMENTS_PER_ENVELOPE_MAX, BATCH_BYTES_MAX, QUEUE_BYTES_MAX } from '../limits.ts'
import { createMinuteLimit } from '../minute-limit.ts'
import { persistAttachments } from '../persist-attachments.ts'
import { claimUpload } from '../persist-uploads.ts'
import { readAttachment, readReference, type ReceivedAttachment } from '../read-attachment.ts'
import { overloaded } from '../read-body.ts'

export interface AttachmentDependencies {
  pool: Pool
  log: { error(details: object, message: string): void }
}

/** Per project and process. */
const PER_MINUTE_MAX = 6_000
/** What a row holds beside its bytes. */
const ROW_BYTES = 500

type Written = 'stored' | 'duplicate' | 'refused'
const FATES: Record<Written, ItemFate> = {
  stored: { outcome: 'accepted' },
  duplicate: { outcome: 'dropped', reason: 'duplicate' },
  refused: { outcome: 'dropped', reason: 'invalid' },
}
const CLAIMS: Record<Awaited<ReturnType<typeof claimUpload>>, ItemFate> = {
  stored: { outcome: 'accepted' },
  duplicate: { outcome: 'dropped', reason: 'duplicate' },
  incomplete: invalid('A file is not complete that came before its envelope.'),
  unknown: invalid('A file is not there that its envelope names: it must be uploaded less than a day before.'),
}
const TOO_LARGE: ItemFate = { outcome: 'dropped', reason: 'too_large' }

export function createAttachmentHandler({ pool, log }: AttachmentDependencies): ItemHandler {
  const limit = createMinuteLimit(PER_MINUTE_MAX)
  /** What each envelope that is being read has brought; its items come with the same context. */
  const taken = new WeakMap<ItemContext, { bytes: number; count: number }>()
  const batcher = createBatcher<ReceivedAttachment, Written>({
    write: async (items) => (await persistAttachments(pool, items)).map((stored) => (stored ? 'stored' : 'duplicate')),
    sizeOf: ({ payload }) => payload.length + ROW_BYTES,
    refuse({ eventId, projectId }, error) {
      log.error({ err: error, eventId, projectId }, 'an attachment could not be written')
      return 'refused'
    },
    isOutage,
    writers: 1,
    batchItemsMax: 100,
    batchBytesMax: BATCH_BYTES_MAX,
    queueItemsMax: 5_000,
    queueBytesMax: QUEUE_BYTES_MAX,
  })

  /** One that does not fit any more is left out; a smaller one after it may still fit. */
  function fits(context: ItemContext, bytes: number): boolean {
    const sum = taken.get(context) ?? { bytes: 0, count: 0 }
    if (sum.count >= ATTACHMENTS_PER_ENVELOPE_MAX || sum.bytes + bytes > ATTACHMENT_BYTES_MAX) return false
    taken.set(context, { bytes: sum.bytes + bytes, count: sum.count + 1 })
    return true
  }

  return {
    types: ['attachment'],
    category: 'attachment',
    payloadBytesMax: ATTACHMENT_BYTES_MAX,
    async accept(item, context) {
      const { projectId, eventId, receivedAtMs } = context
      if (eventId === null) throw new AppError('INVALID', 'An attachment needs the id of its event in the envelope.')
      if (!fits(context, item.payload.length)) return TOO_LARGE
      if (!limit.take(projectId, receivedAtMs)) return { outcome: 'dropped', reason: 'rate_limited' }
      const reference = readReference(item)
      if (reference !== null) {
        const { id, ...named } = reference
        return CLAIMS[await claimUpload(pool, { projectId, id }, { ...named, eventId, receivedAtMs })]
      }
      const adding = batcher.add(readAttachment(item, { projectId, eventId, receivedAtMs }))
      if (adding === null) throw overloaded()
      return FATES[await adding]
    },
    stop: () => batcher.drain(),
  }
}

function invalid(message: string): ItemFate {
  return { outcome: 'dropped', reason: 'invalid', note: { code: 'invalid', message } }
}
