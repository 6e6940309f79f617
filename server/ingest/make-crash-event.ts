// The event that a crash report becomes: fatal, native, and titled by what can be read of it without symbols.

import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../domain/event.ts'
import type { Envelope, EnvelopeItem } from './parse-envelope.ts'
import { isObject } from './normalize/coerce.ts'
import { readEventId } from './parse-envelope.ts'
import type { MinidumpSummary } from './parse-minidump.ts'

export interface Crash {
  /** `Minidump`, or Unreal's crash type. */
  type: string
  value: string
  mechanism: 'minidump' | 'unreal'
}

/** @param base what the client says beside the file. */
export function makeCrashEnvelope(base: JsonObject, crash: Crash, files: readonly EnvelopeItem[]): Envelope {
  const eventId = readEventId(base['event_id']) ?? randomUUID().replaceAll('-', '')
  const event = {
    ...base,
    event_id: eventId,
    type: 'error',
    platform: 'native',
    level: 'fatal',
    exception: makeCrashException(crash),
  }
  const payload = Buffer.from(JSON.stringify(event))
  return { header: { event_id: eventId }, items: [{ type: 'event', header: {}, payload }, ...files] }
}

export function makeCrashException({ type, value, mechanism }: Crash): JsonObject {
  return { values: [{ type, value, mechanism: { type: mechanism, handled: false } }] }
}

/** `SIGSEGV in libshop.so`. */
export function describeMinidump({ crashReason, module }: Pick<MinidumpSummary, 'crashReason' | 'module'>): string {
  return [crashReason ?? 'Crash', module].filter((part) => part !== null).join(' in ')
}

/** The dump's system and time, where the client did not tell them. */
export function addMinidumpFacts(base: JsonObject, { os, timestampSeconds }: MinidumpSummary): JsonObject {
  const contexts = isObject(base['contexts']) ? base['contexts'] : {}
  return {
    ...(timestampSeconds !== null && { timestamp: timestampSeconds }),
    ...base,
    contexts: { ...(os !== null && { os: { name: os } }), ...contexts },
  }
}
