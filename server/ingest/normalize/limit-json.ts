// Bounds a tree that an SDK filled as it liked: so many bytes of text, so many levels. In place, one walk, because nearly
// every tree is within its bounds and should cost no copy.

import type { Json, JsonObject } from '../../domain/event.ts'
import { cutText } from './coerce.ts'
import { describeCut, describeRemoved, describeShortened } from '../remarks.ts'
import type { ProblemLog } from './problem-log.ts'

export interface Bounds {
  depthMax: number
  bytesMax: number
}

/** Names and sizes are those of Sentry's ingest. */
export const MEDIUM: Bounds = { depthMax: 5, bytesMax: 2048 }
export const LARGE: Bounds = { depthMax: 7, bytesMax: 8192 }
export const LARGER: Bounds = { depthMax: 7, bytesMax: 16_384 }
export const MASSIVE: Bounds = { depthMax: 7, bytesMax: 262_144 }

/** What a container, a key's punctuation or a number weighs, about. */
const NODE_BYTES = 2

/** The shortest text worth keeping a part of. */
const CUT_CHARS_MIN = 16
const REMARKED_NAME_CHARS_MAX = 200

/** Remarks on one tree: so many say enough of it. */
const REMARKS_MAX = 20

let bytesLeft = 0
let remarksLeft = 0
/** What was cut in the node that was looked at last; null when nothing was. */
let cuts: JsonObject | null = null

/** Takes `value` over, and gives it back within bounds. What did not fit is noted under `name`. */
export function limitJson(log: ProblemLog, value: Json, bounds: Bounds, name: string | readonly [sent: string]): Json {
  bytesLeft = bounds.bytesMax
  remarksLeft = REMARKS_MAX
  cuts = null
  const limited = limitNode(value, bounds.depthMax)
  if (cuts !== null) log.tooLong(name, cuts)
  return limited
}

export function limitObject(
  log: ProblemLog,
  value: JsonObject,
  bounds: Bounds,
  name: string | readonly [sent: string],
): JsonObject {
  return limitJson(log, value, bounds, name) as JsonObject
}

function limitNode(value: Json, depthLeft: number): Json {
  if (typeof value === 'string') return limitText(value)
  bytesLeft -= NODE_BYTES
  if (typeof value !== 'object' || value === null) return value
  if (depthLeft <= 0) return flatten(value)
  return Array.isArray(value) ? limitArray(value, depthLeft) : limitMembers(value, depthLeft)
}

function limitArray(value: Json[], depthLeft: number): Json[] {
  const { length } = value
  let found: JsonObject | null = null
  for (let i = 0; i < length; i++) {
    if (bytesLeft <= 0) {
      found = join(found, describeShortened(length))
      value.length = i
      break
    }
    const child = value[i] as Json
    const limited = limitNode(child, depthLeft - 1)
    if (limited !== child) value[i] = limited
    if (cuts !== null) found = take(found, String(i))
  }
  cuts = found
  return value
}

function limitMembers(value: JsonObject, depthLeft: number): JsonObject {
  let found: JsonObject | null = null
  for (const key in value) {
    if (bytesLeft <= 0 || key === '__proto__') {
      delete value[key]
      cuts = describeRemoved()
      found = take(found, key)
      continue
    }
    bytesLeft -= key.length + NODE_BYTES
    const child = value[key] as Json
    const limited = limitNode(child, depthLeft - 1)
    if (limited !== child) value[key] = limited
    if (cuts !== null) found = take(found, key)
  }
  cuts = found
  return value
}

/** Hangs what was cut in a member under its name. There is always a remark, though perhaps not of each member. */
function take(found: JsonObject | null, key: string): JsonObject {
  const remarks = found ?? {}
  if (cuts !== null && remarksLeft > 0 && key !== '__proto__' && key.length <= REMARKED_NAME_CHARS_MAX) {
    remarks[key] = cuts
    remarksLeft--
  }
  cuts = null
  return remarks
}

function join(found: JsonObject | null, remarks: JsonObject): JsonObject {
  return found === null ? remarks : Object.assign(found, remarks)
}

function limitText(text: string): string {
  const length = text.length
  if (length <= bytesLeft) {
    bytesLeft -= length + NODE_BYTES
    return text
  }
  const cut = cutText(text, Math.max(bytesLeft, CUT_CHARS_MIN))
  if (cut !== text) cuts = describeCut(length, cut)
  bytesLeft = 0
  return cut
}

/** What lies too deep is kept as text, so that it can at least be read. */
function flatten(value: Json): string {
  const text = limitText(stringify(value))
  cuts ??= { '': { rem: [['!limit', 's', 0, text.length]] } }
  return text
}

function stringify(value: Json): string {
  try {
    return JSON.stringify(value)
  } catch {
    // Only a tree that did not come through our parser is deep enough to overflow.
    return Array.isArray(value) ? '[...]' : '{...}'
  }
}
