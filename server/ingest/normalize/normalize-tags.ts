// Tags: the event's own first, then those that say in one word what stands elsewhere in the event, by which people search.

import type { JsonObject, NormalizedEvent } from '../../domain/event.ts'
import { cutText, toPairs, toScalarText } from './coerce.ts'
import type { Raw } from './coerce.ts'
import type { ProblemLog } from './problem-log.ts'

const TAGS_MAX = 200
const KEY_CHARS_MAX = 200
const VALUE_CHARS_MAX = 200

/** They would claim to be what only the server says. */
const RESERVED = new Set(['release', 'dist', 'user', 'filename', 'function', 'environment'])

/** The tags, and the environment where an old client sent it among them. */
export interface OwnTags {
  tags: Map<string, string>
  environment: string | null
}

export function normalizeTags(log: ProblemLog, raw: Raw): OwnTags {
  log.enter('')
  const tags = new Map<string, string>()
  let environment: string | null = null
  if (raw === undefined || raw === null) return { tags, environment }
  for (const [rawKey, rawValue] of toPairs(log, raw, 'tags', TAGS_MAX)) {
    if (rawValue === null) continue
    const key = rawKey.trim().replaceAll(' ', '-')
    const value = toScalarText(rawValue)?.trim() ?? null
    if (!isTagKey(key) || value === null || value === '' || value.includes('\n')) {
      log.invalid(`tags.${cutText(key, 64)}`, rawValue)
      continue
    }
    if (key === 'environment') environment ??= value
    if (RESERVED.has(key) || tags.has(key)) continue
    tags.set(key, cutText(value, VALUE_CHARS_MAX))
  }
  return { tags, environment }
}

/** `[a-zA-Z0-9_.:-]`, 1 to 200. */
function isTagKey(key: string): boolean {
  if (key.length === 0 || key.length > KEY_CHARS_MAX) return false
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i)
    const isWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)
    if (!isWord && code !== 0x5f && code !== 0x2e && code !== 0x2d && code !== 0x3a) return false
  }
  return true
}

/** Adds to `tags` what the rest of the event says. The event's attributes win over tags of their name, its contexts do not. */
export function deriveTags(tags: Map<string, string>, event: NormalizedEvent, site: string | null): void {
  set(tags, 'level', event.level)
  set(tags, 'logger', event.logger)
  set(tags, 'server_name', event.serverName)
  set(tags, 'site', site)
  set(tags, 'environment', event.environment)
  set(tags, 'release', event.release)
  set(tags, 'dist', event.dist)
  set(tags, 'transaction', event.transaction)
  if (event.request !== null) add(tags, 'url', event.request.url)
  deriveFromMechanism(tags, event)
  for (const name in event.contexts) deriveFromContext(tags, name, event.contexts[name] as JsonObject)
}

/** One exception of the chain that nobody handled makes the event unhandled. */
function deriveFromMechanism(tags: Map<string, string>, event: NormalizedEvent): void {
  let handled: boolean | null = null
  let type: string | null = null
  for (const { mechanism } of event.exceptions) {
    if (mechanism === null) continue
    type = mechanism.type
    if (mechanism.handled !== null) handled = mechanism.handled && handled !== false
  }
  add(tags, 'mechanism', type)
  if (handled !== null) add(tags, 'handled', handled ? 'yes' : 'no')
}

/** By what a context is, under the name it has: Rust sends its runtime as `rust`. */
function deriveFromContext(tags: Map<string, string>, name: string, context: JsonObject): void {
  switch (context.type) {
    case 'browser':
    case 'os':
    case 'client_os':
    case 'runtime': {
      const label = toScalarText(context.name) ?? ''
      if (label === '') return
      const version = toScalarText(context.version) ?? toScalarText(context.build) ?? ''
      add(tags, name, version === '' ? label : `${label} ${version}`)
      add(tags, `${name}.name`, label)
      return
    }
    case 'device':
      add(tags, name, toScalarText(context.model))
      add(tags, `${name}.family`, toScalarText(context.family))
      return
    case 'app':
      add(tags, `${name}.device`, toScalarText(context.device_app_hash))
  }
}

function set(tags: Map<string, string>, key: string, value: string | null): void {
  const line = toTagValue(value)
  if (line !== null) tags.set(key, line)
}

function add(tags: Map<string, string>, key: string, value: string | null): void {
  if (tags.has(key)) return
  const line = toTagValue(value)
  if (line !== null && isTagKey(key)) tags.set(key, line)
}

function toTagValue(value: string | null): string | null {
  if (value === null) return null
  const newline = value.indexOf('\n')
  const line = (newline < 0 ? value : value.slice(0, newline)).trim()
  return line === '' ? null : cutText(line, VALUE_CHARS_MAX)
}
