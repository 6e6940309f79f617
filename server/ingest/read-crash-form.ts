// The fields beside a minidump. The event's data come as JSON in `sentry`, cut into `sentry__1`, `sentry__2`, ... where a
// crash reporter limits the length of a value, or one by one as `sentry[tags][page]`. All other fields are `extra`.

import type { Json, JsonObject } from '../domain/event.ts'
import { isObject } from './normalize/coerce.ts'
import { parseEventJson } from './parse-json.ts'

const PATH = /^sentry((?:\[[^[\]]{1,200}\]){1,10})$/
const EXTRA_FIELDS_MAX = 100

export function readCrashForm(fields: readonly [name: string, value: string][]): JsonObject {
  const chunks: [index: number, value: string][] = []
  let event: JsonObject = {}
  const paths: [path: string[], value: string][] = []
  const extra: JsonObject = {}
  for (const [name, value] of fields) {
    const path = PATH.exec(name)?.[1]
    if (name === 'sentry') event = { ...event, ...parseObject(value) }
    else if (/^sentry__[0-9]{1,3}$/.test(name)) chunks.push([Number(name.slice(8)), value])
    else if (path !== undefined) paths.push([path.slice(1, -1).split(']['), value])
    else if (Object.keys(extra).length < EXTRA_FIELDS_MAX) define(extra, name, value)
  }
  chunks.sort(([a], [b]) => a - b)
  if (chunks.length > 0) event = { ...event, ...parseObject(chunks.map(([, value]) => value).join('')) }
  for (const [path, value] of paths) setAt(event, path, value)
  const ownExtra = isObject(event['extra']) ? event['extra'] : {}
  return { ...event, extra: { ...extra, ...ownExtra } }
}

/** What is no JSON object is nothing: the crash itself counts. */
function parseObject(text: string): JsonObject {
  try {
    return parseEventJson(Buffer.from(text))
  } catch {
    return {}
  }
}

function setAt(target: JsonObject, path: readonly string[], value: string): void {
  let parent = target
  for (const key of path.slice(0, -1)) {
    const child = Object.hasOwn(parent, key) ? parent[key] : undefined
    const next: JsonObject = isObject(child) ? child : {}
    define(parent, key, next)
    parent = next
  }
  define(parent, path.at(-1) ?? '', value)
}

/** Also for `__proto__`, which is a name like any other here. */
function define(target: JsonObject, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
