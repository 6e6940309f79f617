// An envelope's items, each to who takes its type, with exactly one outcome for each. A bad item never fails the rest.

import type { Outcomes } from './outcomes.ts'
import { readEventId, type Envelope, type EnvelopeItem } from './parse-envelope.ts'
import { parseEventJson } from './parse-json.ts'
import type { EventAcceptor } from './accept-events.ts'
import { toFate, type ItemContext, type ItemFate, type ItemHandler, type ItemsHandler } from './item-handler.ts'
import type { ClientErrorCode } from '../domain/client-error.ts'
import type { DropReason, FilterReason } from '../domain/outcome.ts'
import { randomUUID } from 'node:crypto'
import { AppError } from '../errors.ts'
import { IngestError } from './ingest-error.ts'
import { EVENT_BYTES_MAX } from './limits.ts'
import { makeSecurityEvent } from './make-security-event.ts'

export interface ItemAcceptorDependencies {
  events: EventAcceptor
  handlers: readonly (ItemHandler | ItemsHandler)[]
  outcomes: Outcomes
  /** Told of each item that has something wrong in it, for which it is dropped, or which is left out. */
  onBadItem(context: ItemContext, code: ClientErrorCode, message: string): void
}

export interface ItemAcceptor {
  /**
   * Resolves when all of it is committed. @returns the envelope's event id, or the id of its first event; null when it has
   * neither. @throws whatever makes the client send it again: a full queue, an absent database.
   */
  acceptItems(envelope: Envelope, context: ItemContext): Promise<string | null>
}

/** What is kept for its event alone, and goes with it when a filter drops that. */
const BELONGS_TO_EVENT: ReadonlySet<string> = new Set(['attachment', 'user_report'])
/** Why an event is not kept, for what belongs to it; null: it is. */
type Refusal = FilterReason | 'rate_limited' | null
/** Counts what was dropped elsewhere, which is no less true of an address that nothing else is taken from. */
const TAKEN_FROM_ANYWHERE = 'client_report'

export function createItemAcceptor({ events, handlers, outcomes, onBadItem }: ItemAcceptorDependencies): ItemAcceptor {
  const byType = new Map(handlers.flatMap((handler) => handler.types.map((type) => [type, handler] as const)))
  const together = handlers.filter((handler) => 'acceptAll' in handler)

  function dropTooLarge(item: EnvelopeItem, context: ItemContext, category: string, bytesMax: number): void {
    outcomes.count(context.projectId, 'dropped', 'too_large', category)
    const { length } = item.payload
    onBadItem(context, 'too_large', `an item of the type ${item.type} has ${length} bytes; ${bytesMax} are allowed`)
  }

  function noteFate(fate: ItemFate, context: ItemContext, category: string): void {
    const reason = fate.outcome === 'dropped' ? fate.reason : ''
    outcomes.count(context.projectId, fate.outcome, reason, category, fate.quantity)
    if (fate.note !== undefined) onBadItem(context, fate.note.code, fate.note.message)
  }

  /** The request fails, and the client may send all of it again. */
  function noteFailure(error: unknown, { projectId }: ItemContext, category: string, quantity: number): void {
    const reason = error instanceof IngestError && error.status === 429 ? 'queue_full' : 'unavailable'
    outcomes.count(projectId, 'dropped', reason, category, quantity)
  }

  async function acceptItem(handler: ItemHandler, item: EnvelopeItem, context: ItemContext): Promise<void> {
    if (item.payload.length > handler.payloadBytesMax) {
      return dropTooLarge(item, context, handler.category, handler.payloadBytesMax)
    }
    try {
      noteFate(await handler.accept(item, context), context, handler.category)
    } catch (error) {
      if (!(error instanceof AppError)) {
        noteFailure(error, context, handler.category, 1)
        throw error
      }
      noteFate(toFate(error), context, handler.category)
    }
  }

  function acceptTogether(handler: ItemsHandler, items: EnvelopeItem[], context: ItemContext): Promise<void> {
    const { category, payloadBytesMax } = handler
    const taken: EnvelopeItem[] = []
    for (const item of items) {
      if (item.payload.length <= payloadBytesMax) taken.push(item)
      else dropTooLarge(item, context, category, payloadBytesMax)
    }
    return noteFates(handler.acceptAll(taken, context), context, category, taken.length)
  }

  /** Has not the items themselves, which nobody needs while they are written. */
  async function noteFates(
    accepting: Promise<ItemFate[]>,
    context: ItemContext,
    category: string,
    quantity: number,
  ): Promise<void> {
    try {
      for (const fate of await accepting) noteFate(fate, context, category)
    } catch (error) {
      noteFailure(error, context, category, quantity)
      throw error
    }
  }

  function dropWith({ category }: ItemHandler | ItemsHandler, reason: DropReason, { projectId }: ItemContext): void {
    outcomes.count(projectId, 'dropped', reason, category)
  }

  /** Goes the way of the event that it belongs to. */
  async function acceptWithEvent(
    deciding: Promise<Refusal>,
    handler: ItemHandler,
    item: EnvelopeItem,
    context: ItemContext,
  ): Promise<void> {
    const reason = await deciding
    // What somebody wrote is no event, and does not count against their limit.
    const isKept = reason === null || (reason === 'rate_limited' && item.type !== 'attachment')
    if (isKept) return acceptItem(handler, item, context)
    dropWith(handler, reason, context)
  }

  /** `security` is the event that Relay has made of a browser's report. @returns null as below. */
  function toEventItem(item: EnvelopeItem, context: ItemContext): EnvelopeItem | null {
    if (item.type === 'security') return { ...item, type: 'event' }
    return item.type === 'raw_security' ? readReport(item, context) : item
  }

  /** A browser's report becomes an event. @returns null for what is none; that is counted. */
  function readReport(item: EnvelopeItem, context: ItemContext): EnvelopeItem | null {
    try {
      return { ...item, type: 'event', payload: makeSecurityEvent(item) }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      outcomes.count(context.projectId, 'dropped', 'invalid', 'security')
      onBadItem(context, 'invalid', error.message)
      return null
    }
  }

  /** Begins with all of them, at once. */
  function acceptEach({ items }: Envelope, context: ItemContext): Promise<string | null | void>[] {
    const accepting: Promise<string | null | void>[] = []
    let isFirst = true
    /** Whether the event is refused that files and reports belong to; null where it need not be waited for. */
    let deciding: Promise<Refusal> | null = null
    const others: EnvelopeItem[] = []
    for (const sent of items) {
      const item = toEventItem(sent, context)
      if (item === null) continue
      if (item.type !== 'event') {
        others.push(item)
        continue
      }
      if (item.payload.length > EVENT_BYTES_MAX) {
        dropTooLarge(item, context, 'error', EVENT_BYTES_MAX)
        continue
      }
      if (isFirst) {
        const decision = mayRefuse(context) ? Promise.withResolvers<Refusal>() : null
        accepting.push(acceptEvent(item, context, decision))
        deciding = decision?.promise ?? null
      }
      // The header's id is the first event's; further ones have their own.
      else accepting.push(acceptEvent(item, { ...context, eventId: null }, null))
      isFirst = false
    }
    if (others.length > 0) acceptOthers(others, context, deciding, accepting)
    return accepting
  }

  function acceptEvent(
    item: EnvelopeItem,
    context: ItemContext,
    decision: PromiseWithResolvers<Refusal> | null,
  ): Promise<string | null> {
    const accepted = events.acceptEvent(context.projectId, item.payload, context, decision?.resolve)
    if (decision !== null) {
      accepted.then(
        () => decision.resolve(null),
        (error: unknown) => decision.resolve(isOverHardLimit(error) ? 'rate_limited' : null),
      )
    }
    return accepted
  }

  function acceptOthers(
    others: readonly EnvelopeItem[],
    context: ItemContext,
    deciding: Promise<Refusal> | null,
    accepting: Promise<string | null | void>[],
  ): void {
    const isTaken = context.key.filters?.matchesAddress(context.clientIp) !== true
    let isTogether = false
    for (const item of others) {
      const handler = byType.get(item.type)
      if (handler === undefined) outcomes.count(context.projectId, 'unsupported', '', item.type)
      else if (!isTaken && item.type !== TAKEN_FROM_ANYWHERE) dropWith(handler, 'filtered_addresses', context)
      else if ('acceptAll' in handler) isTogether = true
      else if (deciding === null || !BELONGS_TO_EVENT.has(item.type)) accepting.push(acceptItem(handler, item, context))
      else accepting.push(acceptWithEvent(deciding, handler, item, context))
    }
    if (!isTogether) return
    for (const handler of together) {
      const its = others.filter(({ type }) => byType.get(type) === handler)
      if (its.length > 0) accepting.push(acceptTogether(handler, its, context))
    }
  }

  function noteBadEvent(error: unknown, context: ItemContext): void {
    // What was stored is not stored twice when the client sends the envelope again.
    if (!(error instanceof AppError)) throw error
    onBadItem(context, 'invalid_json', error.message)
  }

  /** Of all: the first id. Most envelopes have one thing to wait for, which thousands do at a time: with little. */
  async function waitForAll(accepting: Promise<string | null | void>[], context: ItemContext): Promise<string | null> {
    let firstId = context.eventId
    if (accepting.length === 1) {
      try {
        const id = await accepting[0]
        return firstId ?? id ?? null
      } catch (error) {
        noteBadEvent(error, context)
        return firstId
      }
    }
    for (const result of await Promise.allSettled(accepting)) {
      if (result.status === 'fulfilled') firstId ??= result.value ?? null
      else noteBadEvent(result.reason, context)
    }
    return firstId
  }

  return {
    acceptItems(envelope, received) {
      const context = nameEvent(envelope, received)
      return waitForAll(acceptEach(envelope, context), context)
    },
  }
}

function mayRefuse({ key }: ItemContext): boolean {
  return key.filters !== null || key.settings.eventsPerMinuteHardMax !== null
}

function isOverHardLimit(error: unknown): boolean {
  return error instanceof IngestError && error.code === 'rate_limited'
}

/** Where the header names no event, files and reports belong to the event beside them, which may need an id first. */
function nameEvent({ items }: Envelope, context: ItemContext): ItemContext {
  if (context.eventId !== null || items.length < 2) return context
  const event = items.find(({ type }) => type === 'event')
  if (event === undefined || !items.some(({ type }) => BELONGS_TO_EVENT.has(type))) return context
  try {
    const named = readEventId(parseEventJson(event.payload)['event_id'])
    return { ...context, eventId: named ?? randomUUID().replaceAll('-', '') }
  } catch {
    // An event that cannot be read is none.
    return context
  }
}
