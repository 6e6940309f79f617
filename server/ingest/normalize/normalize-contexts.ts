// Contexts: named maps, of which a few have a meaning. Those that SDKs in browsers cannot know are read from the User-Agent.

import type { JsonObject, NormalizedRequest } from '../../domain/event.ts'
import { isObject, toMap } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { LARGE, limitObject } from './limit-json.ts'
import { parseUserAgent } from './parse-user-agent.ts'
import type { ProblemLog } from './problem-log.ts'

const CONTEXTS_MAX = 50
const NAME_CHARS_MAX = 128
const DESCRIPTION_CHARS_MAX = 256
const TRACE_ID = /^[0-9a-f]{32}$/
const SPAN_ID = /^[0-9a-f]{16}$/
const NO_ID = /^0+$/

export type Contexts = { [name: string]: JsonObject }

export function normalizeContexts(log: ProblemLog, raw: Raw): Contexts {
  log.enter('')
  const contexts: Contexts = {}
  const object = toMap(log, raw, 'contexts')
  if (object === null) return contexts
  log.enter('contexts')
  let count = 0
  for (const name in object) {
    const value = object[name]
    if (value === undefined || value === null || name === 'reprocessing') continue
    if (!isObject(value) || name === '__proto__' || name.length > NAME_CHARS_MAX || ++count > CONTEXTS_MAX) {
      // PHP writes an empty map as a list.
      if (!Array.isArray(value) || value.length > 0) log.invalid(name.slice(0, NAME_CHARS_MAX), value)
      continue
    }
    if (typeof value.type !== 'string') value.type = name
    if (name === 'trace') cleanTrace(log, value)
    if (name === 'os' || name === 'runtime') addDescribed(value)
    contexts[name] = limitObject(log, value, LARGE, [name])
  }
  return contexts
}

/** An id that is none would be searched for, and never found. */
function cleanTrace(log: ProblemLog, trace: JsonObject): void {
  checkId(log, trace, 'trace_id', TRACE_ID)
  checkId(log, trace, 'span_id', SPAN_ID)
  checkId(log, trace, 'parent_span_id', SPAN_ID)
}

function checkId(log: ProblemLog, trace: JsonObject, name: string, pattern: RegExp): void {
  const sent = trace[name]
  if (sent === undefined || sent === null) return
  const id = typeof sent === 'string' ? sent.replaceAll('-', '').toLowerCase() : ''
  if (pattern.test(id) && !NO_ID.test(id)) {
    trace[name] = id
    return
  }
  log.invalid(`trace.${name}`, sent)
  delete trace[name]
}

/** .NET says in one line what others say in two: `.NET Framework 4.8.4250.0`. */
function addDescribed(context: JsonObject): void {
  const { name, version, raw_description: text } = context
  if (typeof text !== 'string' || text.length > DESCRIPTION_CHARS_MAX || (name && version)) return
  const found = /^(.*?\S) +v?(\d[\w.+-]*)/.exec(text.trim())
  context.name ??= found?.[1] ?? text.trim()
  if (found?.[2] !== undefined) context.version ??= found[2]
}

/**
 * Adds `browser`, `os` and `device` from the User-Agent where the SDK sent none. On a server's event the header is the
 * visitor's, so that the visitor's system stands beside the server's own, as `client_os`.
 */
export function addUserAgentContexts(
  contexts: Contexts,
  request: NormalizedRequest | null,
  fallback: string | null,
  platform: string,
): void {
  const isBrowser = platform === 'javascript'
  const header = findUserAgent(request, fallback, platform)
  if (header === null) return
  const { browser, os, device } = parseUserAgent(header)
  if (browser !== null && !('browser' in contexts)) {
    contexts.browser = { name: browser.name, version: browser.version, type: 'browser' }
  }
  const osName = isBrowser ? 'os' : 'client_os'
  if (os !== null && !(osName in contexts)) contexts[osName] = { name: os.name, version: os.version, type: 'os' }
  if (device !== null && !('device' in contexts)) {
    contexts.device = { family: device.family, model: device.model, type: 'device' }
  }
}

/** @param fallback of the request that brought the event, which is the browser's own where a browser sent it. */
export function findUserAgent(
  request: NormalizedRequest | null,
  fallback: string | null,
  platform: string,
): string | null {
  return findHeader(request, 'User-Agent') ?? (platform === 'javascript' ? fallback : null)
}

export function findHeader(request: NormalizedRequest | null, name: string): string | null {
  if (request === null) return null
  for (const header of request.headers) if (header[0] === name) return header[1]
  return null
}
