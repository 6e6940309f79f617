// What is kept of a transaction: some texts and numbers of its root. The spans, most of the payload, are parsed with it
// and never looked at.

import { randomUUID } from 'node:crypto'
import type { Json, JsonObject } from '../domain/event.ts'
import type { FilterReason } from '../domain/outcome.ts'
import type { TransactionSummary } from '../domain/transaction.ts'
import { cutText, isObject } from './normalize/coerce.ts'
import { findUserAgent } from './normalize/normalize-contexts.ts'
import { parseEnvironment, parseEventId, parseRelease } from './normalize/normalize-names.ts'
import { normalizeRequest } from './normalize/normalize-request.ts'
import { parseTimestamp } from './normalize/parse-timestamp.ts'
import { ProblemLog } from './normalize/problem-log.ts'
import { parseEventJson } from './parse-json.ts'
import type { ProjectRules } from './project-rules.ts'
import { PAIRS, scrubText } from './scrub-text.ts'

export interface TransactionContext {
  receivedAtMs: number
  /** From the envelope's header; the payload's own wins. */
  eventId: string | null
  clockDriftMs: number
  /** Of the request that brought it. */
  userAgent: string | null
  key: Pick<ProjectRules, 'scrubbing' | 'filters'>
}

export interface ReceivedTransaction extends TransactionSummary {
  receivedAtMs: number
  /** What its project filters it by. */
  filteredBy: FilterReason | null
}

/** Relay's name for a transaction without one. */
const UNLABELED = '<unlabeled transaction>'
const NAME_CHARS_MAX = 200
const OP_CHARS_MAX = 128
const STATUS_CHARS_MAX = 64
const TRACE_ID = /^[0-9a-f]{32}$/
const SPAN_ID = /^[0-9a-f]{16}$/
const FUTURE_MS_MAX = 60_000
const PAST_MS_MAX = 30 * 86_400_000

/** @throws AppError INVALID when the payload is not a JSON object, or nested too deeply. */
export function summarizeTransaction(
  projectId: number,
  payload: Buffer,
  context: TransactionContext,
): ReceivedTransaction {
  const raw = parseEventJson(payload)
  const contexts = raw['contexts']
  const trace: JsonObject = isObject(contexts) && isObject(contexts['trace']) ? contexts['trace'] : {}
  const log = new ProblemLog()
  const endMs = parseTimestamp(raw['timestamp'])
  const release = parseRelease(log, raw['release'])
  return {
    projectId,
    eventId: parseEventId(raw['event_id']) ?? context.eventId ?? randomUUID().replaceAll('-', ''),
    traceId: readHex(trace['trace_id'], TRACE_ID),
    spanId: readHex(trace['span_id'], SPAN_ID),
    name: readName(raw['transaction'], context.key),
    op: readText(trace['op'], OP_CHARS_MAX),
    status: readText(trace['status'], STATUS_CHARS_MAX),
    durationMs: measureDuration(parseTimestamp(raw['start_timestamp']), endMs),
    timestampMs: placeInTime(endMs, context),
    receivedAtMs: context.receivedAtMs,
    release,
    environment: parseEnvironment(log, raw['environment']),
    filteredBy: context.key.filters?.findReasonByNames(release, readUserAgent(raw, context)) ?? null,
  }
}

/** As of an event: of whom a server answered, or of the browser that it happened in. */
function readUserAgent(raw: JsonObject, { userAgent }: TransactionContext): string | null {
  const platform = typeof raw['platform'] === 'string' ? raw['platform'] : ''
  return findUserAgent(normalizeRequest(new ProblemLog(), raw['request']), userAgent, platform)
}

/** By the sender's own clock, whatever that shows. */
function measureDuration(startMs: number | null, endMs: number | null): number | null {
  return startMs === null || endMs === null || startMs > endMs ? null : endMs - startMs
}

/** As for events: a time that cannot be right is that of the receipt. */
function placeInTime(endMs: number | null, { receivedAtMs, clockDriftMs }: TransactionContext): number {
  if (endMs === null) return receivedAtMs
  const atMs = endMs + clockDriftMs
  return atMs > receivedAtMs + FUTURE_MS_MAX || atMs < receivedAtMs - PAST_MS_MAX ? receivedAtMs : atMs
}

function readText(value: Json | undefined, charsMax: number): string | null {
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? null : cutText(text, charsMax)
}

/** Names are often addresses, with a query in them. */
function readName(value: Json | undefined, { scrubbing }: TransactionContext['key']): string {
  if (typeof value !== 'string') return UNLABELED
  return readText(scrubbing === null ? value : scrubText(value, PAIRS, scrubbing), NAME_CHARS_MAX) ?? UNLABELED
}

/** Rust writes ids with dashes in some places. */
function readHex(value: Json | undefined, pattern: RegExp): string | null {
  if (typeof value !== 'string' || value.length > 64) return null
  const hex = value.replaceAll('-', '').toLowerCase()
  return pattern.test(hex) ? hex : null
}
