// What sentry-native writes beside a minidump, for the crash reporter to send with it: the event as it would have been
// (release, user, tags, contexts), and the last breadcrumbs in two files that it fills in turns. All are MessagePack.

import type { Json, JsonObject } from '../domain/event.ts'
import { EVENT_BYTES_MAX } from './limits.ts'
import { isObject } from './normalize/coerce.ts'
import type { EnvelopeItem } from './parse-envelope.ts'
import { parseMsgpack } from './parse-msgpack.ts'

/** What the files are called, as fields of a form and in Unreal's container. */
export const NATIVE_FILES: ReadonlyMap<string, string> = new Map([
  ['__sentry-event', 'event.payload'],
  ['__sentry-breadcrumb1', 'event.breadcrumbs'],
  ['__sentry-breadcrumb2', 'event.breadcrumbs'],
])

const BREADCRUMBS_MAX = 1_000

/**
 * @param base what is said beside these files, which say more. @returns what there is to say of the event; what cannot be
 * read says nothing.
 */
export function addNativeEvent(base: JsonObject, items: readonly EnvelopeItem[]): JsonObject {
  const [first] = readFiles(items, 'event.payload', 1).flat()
  const event = isObject(first) ? first : {}
  const crumbs = readBreadcrumbs(readFiles(items, 'event.breadcrumbs', BREADCRUMBS_MAX))
  return { ...addFacts(base, event), ...(crumbs.length > 0 && { breadcrumbs: crumbs }) }
}

/** @param more goes before `base`; of contexts and extra data both have their part. */
export function addFacts(base: JsonObject, more: JsonObject): JsonObject {
  const facts = { ...base, ...more }
  for (const name of ['contexts', 'extra']) {
    const [ours, theirs] = [base[name], more[name]]
    if (isObject(ours)) facts[name] = isObject(theirs) ? { ...ours, ...theirs } : ours
  }
  return facts
}

function readFiles(items: readonly EnvelopeItem[], type: string, countMax: number): Json[][] {
  return items
    .filter(({ header, payload }) => header['attachment_type'] === type && payload.length <= EVENT_BYTES_MAX)
    .map(({ payload }) => parseMsgpack(payload, countMax))
}

/** One file is full, and the other has what came since: together they have as many as one may hold, the newest. */
function readBreadcrumbs(files: Json[][]): Json[] {
  const byAge = files.toSorted((a, b) => (lastTime(a) < lastTime(b) ? -1 : 1))
  const most = Math.max(0, ...files.map(({ length }) => length))
  return most === 0 ? [] : byAge.flat().slice(-most)
}

/** Of the same SDK, and so of the same form. */
function lastTime(crumbs: Json[]): string {
  const last = crumbs.at(-1)
  const time = isObject(last) ? last['timestamp'] : null
  return typeof time === 'string' || typeof time === 'number' ? String(time) : ''
}
