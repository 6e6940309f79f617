// Sentry's remarks on an event as a list: of each value that was hidden, removed or cut, where it stands and which rule did it.

import type { Json, JsonObject } from './event.ts'

export const REMARK_KINDS = [
  'REMOVED',
  'SUBSTITUTED',
  'MASKED',
  'PSEUDONYMIZED',
  'ENCRYPTED',
  'ANNOTATED',
  'CUT',
] as const
type RemarkKind = (typeof REMARK_KINDS)[number]

export interface EventRemark {
  /** The value's path in the payload, dotted: `request.headers.X-Token`, `exception.values.0.value`. */
  path: string
  /** `@password:filter`, `!limit`, ...; an SDK may send others. */
  rule: string
  kind: RemarkKind
  /** How long the value was, where it was cut. */
  originalLength: number | null
}

const KINDS: ReadonlyMap<Json, RemarkKind> = new Map([
  ['x', 'REMOVED'],
  ['s', 'SUBSTITUTED'],
  ['m', 'MASKED'],
  ['p', 'PSEUDONYMIZED'],
  ['e', 'ENCRYPTED'],
  ['a', 'ANNOTATED'],
])
const LIMIT = '!limit'
const REMARKS_MAX = 200
/** The tree comes from SDKs, too. */
const DEPTH_MAX = 32
const RULE_CHARS_MAX = 100

/** In the order of the payload, 200 at most; one for each value and rule. */
export function listRemarks(meta: JsonObject | null): EventRemark[] {
  const remarks: EventRemark[] = []
  if (meta !== null) collect(meta, [], remarks)
  return remarks
}

function collect(node: JsonObject, path: string[], remarks: EventRemark[]): void {
  for (const key in node) {
    const child = node[key]
    if (remarks.length >= REMARKS_MAX || !isObject(child)) continue
    if (key === '') remarks.push(...describe(child, path.join('.')))
    else if (path.length < DEPTH_MAX) collect(child, [...path, key], remarks)
  }
}

function describe({ rem, len }: JsonObject, path: string): EventRemark[] {
  const originalLength = typeof len === 'number' && Number.isSafeInteger(len) && len >= 0 && len < 2 ** 31 ? len : null
  const byRule = new Map<string, EventRemark>()
  for (const remark of Array.isArray(rem) ? rem : []) {
    if (!Array.isArray(remark) || typeof remark[0] !== 'string') continue
    const rule = remark[0].slice(0, RULE_CHARS_MAX)
    const kind = rule === LIMIT && remark[1] === 's' ? 'CUT' : (KINDS.get(remark[1] ?? null) ?? 'ANNOTATED')
    if (!byRule.has(rule)) byRule.set(rule, { path, rule, kind, originalLength })
  }
  if (byRule.size === 0 && originalLength !== null) return [{ path, rule: LIMIT, kind: 'CUT', originalLength }]
  return [...byRule.values()]
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
