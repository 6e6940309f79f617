// What the ingest knows of an item's type: how large it may be, what it counts as, and who takes it. `accept-items.ts` asks
// nothing else of it, so that a new type is one file under items/ and one line in ingest.ts.

import type { ClientErrorCode } from '../domain/client-error.ts'
import type { JsonObject } from '../domain/event.ts'
import type { DropReason } from '../domain/outcome.ts'
import type { AppError } from '../errors.ts'
import type { ClientKeyRecord } from './client-keys.ts'
import type { NormalizeContext } from './normalize.ts'
import type { EnvelopeItem } from './parse-envelope.ts'

export interface ItemContext {
  key: ClientKeyRecord
  projectId: number
  receivedAtMs: number
  /** The event that the envelope is about, by its header: 32 lower-case hex digits. */
  eventId: string | null
  clockDriftMs: number
  clientIp: string | null
  userAgent: string | null
  sdkFallback: NormalizeContext['sdkFallback']
  envelopeHeader: JsonObject
}

/** What became of an item that was read. It counts as one unless it says otherwise. */
export type ItemFate = (
  { outcome: 'accepted' | 'sampled' | 'unsupported' } | { outcome: 'dropped'; reason: DropReason }
) & {
  quantity?: number
  /** For whoever set the client up: what to change. */
  note?: { code: ClientErrorCode; message: string }
}

/** Of an item that cannot be read. */
export function toFate({ message }: AppError): ItemFate {
  return { outcome: 'dropped', reason: 'invalid', note: { code: 'invalid', message } }
}

interface TypedHandler {
  /** Types of items that it takes. */
  types: readonly string[]
  /** Sentry's data category: what the item is counted as. */
  category: string
  /** A larger payload is dropped alone. */
  payloadBytesMax: number
  /** Writes what waits; no item comes afterwards. */
  stop?(): Promise<void>
}

export interface ItemHandler extends TypedHandler {
  /**
   * Resolves when all that is to be kept of the item is committed.
   * @throws AppError INVALID for what cannot be read: counted as dropped, the rest of the envelope lives. Whatever else is
   * thrown (the database is away, a queue is full) fails the request, since the client may send all of it again.
   */
  accept(item: EnvelopeItem, context: ItemContext): Promise<ItemFate>
}

/** For small items that come by the hundred, of which each cannot have a promise of its own to wait with. */
export interface ItemsHandler extends TypedHandler {
  /**
   * Takes all that an envelope has of its types. @returns what became of them; fates may stand for several items.
   * @throws as `accept` does, but nothing for an item that cannot be read: that is a fate.
   */
  acceptAll(items: readonly EnvelopeItem[], context: ItemContext): Promise<ItemFate[]>
}
