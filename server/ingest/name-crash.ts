// An envelope with a minidump: sentry-native and Electron send the crash so, beside an event that says nothing of it. It
// becomes what `/minidump/` makes of the same file; where there is no event, it is one.

import type { Json, JsonObject } from '../domain/event.ts'
import { AppError } from '../errors.ts'
import { EVENT_BYTES_MAX } from './limits.ts'
import {
  addMinidumpFacts,
  describeMinidump,
  makeCrashEnvelope,
  makeCrashException,
  type Crash,
} from './make-crash-event.ts'
import { readEventId, type Envelope, type EnvelopeItem } from './parse-envelope.ts'
import { parseEventJson } from './parse-json.ts'
import { addNativeEvent } from './read-native-event.ts'
import { isMinidump, parseMinidump, type MinidumpSummary } from './parse-minidump.ts'

/** What tells of an event already what it is. */
const OWN_NAMES = ['exception', 'sentry.interfaces.Exception', 'message', 'logentry', 'sentry.interfaces.Message']

/** @returns the same envelope where no crash is to be named. */
export function nameCrash(envelope: Envelope): Envelope {
  const dump = envelope.items.find(isDump)
  if (dump === undefined) return envelope
  // One that was uploaded before is a placeholder here.
  const summary = isMinidump(dump.payload) ? parseMinidump(dump.payload) : null
  const event = envelope.items.find(({ type }) => type === 'event')
  if (event !== undefined) return replaceItem(envelope, event, nameEvent(event, summary))
  if (summary === null) return envelope
  const about = addNativeEvent({}, envelope.items)
  const eventId = readEventId(envelope.header['event_id']) ?? about['event_id'] ?? null
  const base = addMinidumpFacts({ ...about, event_id: eventId }, summary)
  const crash = makeCrashEnvelope(base, toCrash(summary), envelope.items)
  return { ...crash, header: { ...envelope.header, ...crash.header } }
}

function isDump({ type, header }: EnvelopeItem): boolean {
  return type === 'attachment' && header['attachment_type'] === 'event.minidump'
}

function nameEvent(item: EnvelopeItem, summary: MinidumpSummary | null): EnvelopeItem {
  const event = readEvent(item)
  if (event === null || OWN_NAMES.some((name) => saysSomething(event[name]))) return item
  const named = {
    ...(summary === null ? event : addMinidumpFacts(event, summary)),
    platform: 'native',
    level: event['level'] ?? 'fatal',
    exception: makeCrashException(toCrash(summary)),
  }
  return { ...item, payload: Buffer.from(JSON.stringify(named)) }
}

/** @returns null for what is refused where events are: what cannot be read, and what is too large. */
function readEvent({ payload }: EnvelopeItem): JsonObject | null {
  if (payload.length > EVENT_BYTES_MAX) return null
  try {
    return parseEventJson(payload)
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** `null`, `""`, `[]`, `{}` and `{"values": []}` say nothing. */
function saysSomething(value: Json | undefined): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(saysSomething)
  return value !== undefined && value !== null && value !== '' && value !== false
}

function toCrash(summary: MinidumpSummary | null): Crash {
  const value = describeMinidump(summary ?? { crashReason: null, module: null })
  return { type: 'Minidump', value, mechanism: 'minidump' }
}

function replaceItem({ header, items }: Envelope, before: EnvelopeItem, after: EnvelopeItem): Envelope {
  return { header, items: items.map((item) => (item === before ? after : item)) }
}
