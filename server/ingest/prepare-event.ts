// From an event's JSON to what the batch writer needs: parse, normalise, filter, scrub, group.

import { hash as hashText } from 'node:crypto'
import type { GroupedEvent, JsonObject, NormalizedUser } from '../domain/event.ts'
import { writeEventJson, writeOwnJson } from '../domain/event-json.ts'
import type { Level } from '../domain/level.ts'
import type { FilterReason } from '../domain/outcome.ts'
import type { QuotaEvent } from './event-quota.ts'
import type { ExceptionMemory, KnownExceptions, Recollection } from './exception-memory.ts'
import { findGroup, groupEvent } from './grouping/group-event.ts'
import { describeReportOf } from './make-security-event.ts'
import { normalizeEvent, type NormalizeContext } from './normalize.ts'
import { parseEventJson } from './parse-json.ts'
import type { ProjectRules } from './project-rules.ts'
import { removeAddresses } from './scrub-addresses.ts'
import { scrubEvent } from './scrub.ts'

/** An event on its way to the database: its columns, and the whole of it. */
export interface PreparedEvent {
  projectId: number
  eventId: string
  hash: string
  /** Its issue is that of `hash`, else that of this one. */
  otherHash: string | null
  groupingVersion: number
  receivedAtMs: number
  timestampMs: number
  level: Level
  environment: string | null
  release: string | null
  platform: string
  title: string
  culprit: string
  exceptionType: string | null
  exceptionValue: string | null
  /** A signed 64-bit integer in decimal; null when nobody is named. */
  userHash: string | null
  /** JSON list of pairs. */
  tags: string
  /** About what it takes while it waits. */
  bytes: number
  /** Counted without being stored, unless its issue turns out to be new or resolved. */
  isRepeat: boolean
  toJson(): EventLine
}

/** The grouped event as JSON, in one line. */
export interface EventLine {
  /** All of it, or all but its end. */
  own: string
  /** Its end, where it has that in common with other events. */
  shared: Buffer | null
}

/** An event that one of its project's inbound filters drops. */
export interface FilteredEvent {
  eventId: string
  filteredBy: FilterReason
}

/**
 * @param isRepeat asked once the event is grouped, unless it is filtered. @returns null for an event that is none of ours (a transaction that says so in its payload only).
 * @throws AppError INVALID when the payload is not a JSON object.
 */
export function prepareEvent(
  projectId: number,
  payload: Buffer,
  context: NormalizeContext,
  { filters, scrubbing, settings }: ProjectRules,
  isRepeat: (event: QuotaEvent) => boolean,
  memory: ExceptionMemory | null = null,
): PreparedEvent | FilteredEvent | null {
  const recollection = memory?.recall(payload, scrubbing) ?? null
  const { raw, known } = readEvent(payload, recollection)
  if (raw['type'] === 'transaction') return null
  describeReportOf(raw)
  const normalized = normalizeEvent(raw, context, known?.exceptions)
  const filteredBy = filters?.findReason(normalized, context) ?? null
  if (filteredBy !== null) return { eventId: normalized.eventId, filteredBy }
  // Before people are counted: a hash of an address can be turned back into the address.
  if (settings.scrubbing.removesAddresses) removeAddresses(normalized)
  const userHash = hashUser(normalized.user)
  if (scrubbing !== null) scrubEvent(normalized, scrubbing, known === null)
  const group = known?.group ?? findGroup(normalized)
  const event = groupEvent(normalized, group)
  if (known === null) recollection?.note(raw, event, group)
  if (filters?.matchesMessage(event)) return { eventId: event.eventId, filteredBy: 'filtered_messages' }
  const { eventId, release, environment, grouping } = event
  const repeats = isRepeat({ eventId, hash: grouping.hash, release, environment })
  const toJson = (): EventLine =>
    known === null ? { own: writeEventJson(event), shared: null } : { own: writeOwnJson(event), shared: known.json }
  return toPreparedEvent(projectId, event, { userHash, bytes: payload.length, isRepeat: repeats, toJson })
}

function readEvent(
  payload: Buffer,
  recollection: Recollection | null,
): { raw: JsonObject; known: KnownExceptions | null } {
  if (recollection === null || recollection.payload === payload) return { raw: parseEventJson(payload), known: null }
  const raw = parseEventJson(recollection.payload)
  const known = recollection.confirm(raw)
  return { raw: known === null ? parseEventJson(payload) : raw, known }
}

function toPreparedEvent(
  projectId: number,
  event: GroupedEvent,
  { userHash, bytes, isRepeat, toJson }: Pick<PreparedEvent, 'userHash' | 'bytes' | 'isRepeat' | 'toJson'>,
): PreparedEvent {
  return {
    projectId,
    eventId: event.eventId,
    hash: event.grouping.hash,
    otherHash: event.grouping.otherHash ?? null,
    groupingVersion: event.grouping.version,
    receivedAtMs: event.receivedAtMs,
    timestampMs: event.timestampMs,
    level: event.level,
    environment: event.environment,
    release: event.release,
    platform: event.platform,
    title: event.title,
    culprit: event.culprit,
    exceptionType: event.exceptionType,
    exceptionValue: event.exceptionValue,
    userHash,
    tags: JSON.stringify(event.tags),
    bytes,
    isRepeat,
    // At once for what is to be stored: while it waits, a text takes less room than what it is made from.
    toJson: isRepeat ? toJson : keep(toJson()),
  }
}

/** In a scope of its own, so that the text is all that is held. */
function keep(line: EventLine): () => EventLine {
  return () => line
}

/** Who was affected: the first of id, email, username, IP address. Taken before names are scrubbed, which may blank them all alike. */
function hashUser(user: NormalizedUser | null): string | null {
  if (user === null) return null
  const who =
    (user.id && `id:${user.id}`) ||
    (user.email && `email:${user.email}`) ||
    (user.username && `username:${user.username}`) ||
    (user.ipAddress && `ip:${user.ipAddress}`)
  return who ? BigInt.asIntN(64, BigInt(`0x${hashText('md5', who).slice(0, 16)}`)).toString() : null
}
