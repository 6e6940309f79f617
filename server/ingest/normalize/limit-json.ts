// Bounds a tree that an SDK filled as it liked: so many bytes of text, so many levels. In place, one walk, because nearly
// every tree is within its bounds and should cost no copy.

import type { Json, JsonObject } from '../../domain/event.ts'
import { cutText } from './coerce.ts'
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

let bytesLeft = 0
let isCut = false

/** Takes `value` over, and gives it back within bounds. What did not fit is noted under `name`. */
export function limitJson(log: ProblemLog, value: Json, bounds: Bounds, name: string): Json {
  bytesLeft = bounds.bytesMax
  isCut = false
  const limited = limitNode(value, bounds.depthMax)
  if (isCut) log.tooLong(name)
  return limited
}

export function limitObject(log: ProblemLog, value: JsonObject, bounds: Bounds, name: string): JsonObject {
  return limitJson(log, value, bounds, name) as JsonObject
}

function limitNode(value: Json, depthLeft: number): Json {
  if (typeof value === 'string') return limitText(value)
  bytesLeft -= NODE_BYTES
  if (typeof value !== 'object' || value === null) return value
  if (depthLeft <= 0) return flatten(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (bytesLeft <= 0) {
        isCut = true
        value.length = i
        break
      }
      const child = value[i] as Json
      const limited = limitNode(child, depthLeft - 1)
      if (limited !== child) value[i] = limited
    }
    return value
  }
  for (const key in value) {
    if (bytesLeft <= 0 || key === '__proto__') {
      isCut = true
      delete value[key]
      continue
    }
    bytesLeft -= key.length + NODE_BYTES
    const child = value[key] as Json
    const limited = limitNode(child, depthLeft - 1)
    if (limited !== child) value[key] = limited
  }
  return value
}

function limitText(text: string): string {
  const length = text.length
  if (length <= bytesLeft) {
    bytesLeft -= length + NODE_BYTES
    return text
  }
  isCut = true
  const cut = cutText(text, Math.max(bytesLeft, CUT_CHARS_MIN))
  bytesLeft = 0
  return cut
}

/** What lies too deep is kept as text, so that it can at least be read. */
function flatten(value: Json): string {
  isCut = true
  return limitText(stringify(value))
}

function stringify(value: Json): string {
  try {
    return JSON.stringify(value)
  } catch {
    // Only a tree that did not come through our parser is deep enough to overflow.
    return Array.isArray(value) ? '[...]' : '{...}'
  }
}
