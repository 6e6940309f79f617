// Sentry's remarks on what is not as it was sent: a tree that mirrors the payload, with `{ rem: [[rule, kind, start, end]], len }`
// under the empty name of each value that was filtered or cut. SDKs send such a tree as `_meta`; ours stand beside theirs.

import type { Json, JsonObject } from '../domain/event.ts'
import { isObject } from './normalize/coerce.ts'

/** What stands in place of a text's end. */
const DOTS = 3

/** Of a text that was cut to `cut`, dots included. */
export function describeCut(lengthBefore: number, cut: string): JsonObject {
  const end = cut.length
  return { '': { rem: [['!limit', 's', Math.max(0, end - DOTS), end]], len: lengthBefore } }
}

/** Of a list that lost members. */
export function describeShortened(lengthBefore: number): JsonObject {
  return { '': { len: lengthBefore } }
}

export function describeRemoved(): JsonObject {
  return { '': { rem: [['!limit', 'x']] } }
}

/** Hangs remarks into a tree at a path, beside those that are there. */
export function addRemarks(meta: JsonObject, path: readonly string[], remarks: JsonObject): void {
  let node = meta
  for (const key of path) {
    if (key === '__proto__') return
    node = childOf(node, key)
  }
  merge(node, remarks)
}

function childOf(node: JsonObject, key: string): JsonObject {
  const child = Object.hasOwn(node, key) ? node[key] : undefined
  if (isObject(child)) return child
  const made: JsonObject = {}
  node[key] = made
  return made
}

/** As deep as the trees that are remarked on, which are bounded. */
function merge(node: JsonObject, remarks: JsonObject): void {
  for (const key in remarks) {
    const remarked = remarks[key] as Json
    if (isObject(remarked) && Object.hasOwn(node, key)) merge(childOf(node, key), remarked)
    else node[key] = remarked
  }
}
