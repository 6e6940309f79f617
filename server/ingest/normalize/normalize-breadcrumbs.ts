import type { EventBreadcrumb, JsonObject } from '../../domain/event.ts'
import { isObject, toJsonText, toText, toValues } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { limitObject, MEDIUM } from './limit-json.ts'
import { parseLevel } from './parse-level.ts'
import { parseTimestamp } from './parse-timestamp.ts'
import type { ProblemLog } from './problem-log.ts'

const BREADCRUMBS_MAX = 100

/** Keeps the last ones, which lead up to the event. */
export function normalizeBreadcrumbs(log: ProblemLog, raw: Raw, clockDriftMs: number): EventBreadcrumb[] {
  log.enter('')
  let list = toValues(log, raw, 'breadcrumbs')
  if (list.length > BREADCRUMBS_MAX) list = list.slice(-BREADCRUMBS_MAX)
  const breadcrumbs: EventBreadcrumb[] = []
  for (let i = 0; i < list.length; i++) {
    const crumb = list[i] as JsonObject
    log.enter('breadcrumbs.values', i)
    const at = parseTimestamp(crumb.timestamp)
    if (at === null && crumb.timestamp !== undefined && crumb.timestamp !== null)
      log.invalid('timestamp', crumb.timestamp)
    breadcrumbs.push({
      timestampMs: at === null ? null : at + clockDriftMs,
      type: toText(log, crumb.type ?? crumb.ty, 'type', 128),
      category: toText(log, crumb.category, 'category', 128),
      // Rust leaves it out when it is this one.
      level: parseLevel(crumb.level) ?? 'info',
      message: toJsonText(log, crumb.message, 'message', 8192, 200),
      data: toData(log, crumb.data),
    })
  }
  return breadcrumbs
}

/** Some clients send a bare value where a map belongs: better shown under a name than lost. */
function toData(log: ProblemLog, raw: Raw): JsonObject | null {
  if (raw === undefined || raw === null) return null
  if (isObject(raw)) {
    for (const _key in raw) return limitObject(log, raw, MEDIUM, 'data')
    return null
  }
  if (Array.isArray(raw) && raw.length === 0) return null
  log.invalid('data', raw)
  return limitObject(log, { value: raw }, MEDIUM, 'data')
}
