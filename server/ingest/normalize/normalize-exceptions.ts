// The chain of exceptions: root cause first, the one that was thrown last.

import type { EventException, Json, JsonObject, Mechanism } from '../../domain/event.ts'
import { isObject, toBoolean, toInteger, toJsonText, toMap, toText, toValues } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { limitObject, MEDIUM } from './limit-json.ts'
import { normalizeStacktrace } from './normalize-stacktrace.ts'
import { describeShortened } from '../remarks.ts'
import type { ProblemLog } from './problem-log.ts'

const EXCEPTIONS_MAX = 50
const VALUE_CHARS_MAX = 8192
const VALUE_CHARS_OVER = 200
const SYMBOL_CHARS_MAX = 256
const SYMBOL_CHARS_OVER = 20

export function normalizeExceptions(log: ProblemLog, raw: Raw): EventException[] {
  log.enter('')
  let list = toValues(log, raw, 'exception')
  if (list.length > EXCEPTIONS_MAX) {
    log.tooLong('exception.values', describeShortened(list.length))
    list = list.slice(-EXCEPTIONS_MAX)
  }
  const exceptions: EventException[] = []
  for (let i = 0; i < list.length; i++) {
    const exception = normalizeException(log, list[i] as JsonObject, `exception.values.${i}`)
    if (exception !== null) exceptions.push(exception)
  }
  return exceptions
}

function normalizeException(log: ProblemLog, raw: JsonObject, path: string): EventException | null {
  log.enter(path)
  const mechanism = normalizeMechanism(log, raw.mechanism)
  let type = toText(log, raw.type, 'type', SYMBOL_CHARS_MAX, SYMBOL_CHARS_OVER)
  let value = toJsonText(log, raw.value, 'value', VALUE_CHARS_MAX, VALUE_CHARS_OVER)
  const module = toText(log, raw.module, 'module', SYMBOL_CHARS_MAX, SYMBOL_CHARS_OVER)
  const threadId = toText(log, raw.thread_id, 'thread_id', 64)
  // A message sent with a stack is an exception that was made up: its text is not `Type: value`, whatever it looks like.
  if (type === null && value !== null && mechanism?.synthetic !== true) {
    const colon = findTypeEnd(value)
    if (colon > 0) {
      type = value.slice(0, colon)
      value = value.slice(colon + 1).trim()
      if (value === '') value = null
    }
  }
  const stacktrace = normalizeStacktrace(log, raw.stacktrace, `${path}.stacktrace`)
  if (type === null && value === null && stacktrace === null) return null
  return { type, value, module, threadId, mechanism, stacktrace }
}

/** @returns where the colon of `Word: one line` stands, or -1. */
function findTypeEnd(value: string): number {
  for (let i = 0; i < value.length && i <= SYMBOL_CHARS_MAX; i++) {
    const code = value.charCodeAt(i)
    const isWord =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39) ||
      code === 0x5f
    if (isWord) continue
    return code === 0x3a && i > 0 && !value.includes('\n') ? i : -1
  }
  return -1
}

function normalizeMechanism(log: ProblemLog, raw: Raw): Mechanism | null {
  const object = toMap(log, raw, 'mechanism')
  if (object === null) return null
  const isLegacy = object.type === undefined || object.type === null
  const meta = isObject(object.meta) ? object.meta : legacyMeta(object)
  const data = isObject(object.data) ? object.data : isLegacy ? legacyData(object) : null
  return {
    type: toText(log, object.type, 'mechanism.type', 128) ?? 'generic',
    handled: toBoolean(log, object.handled, 'mechanism.handled'),
    synthetic: toBoolean(log, object.synthetic, 'mechanism.synthetic') === true,
    description: toText(log, object.description, 'mechanism.description', 1024, 100),
    helpLink: toText(log, object.help_link, 'mechanism.help_link', 256, 40),
    source: toText(log, object.source, 'mechanism.source', 256, 20),
    isExceptionGroup: toBoolean(log, object.is_exception_group, 'mechanism.is_exception_group') === true,
    exceptionId: toInteger(log, object.exception_id, 'mechanism.exception_id'),
    parentId: toInteger(log, object.parent_id, 'mechanism.parent_id'),
    data: data === null ? null : limitObject(log, data, MEDIUM, 'mechanism.data'),
    meta: meta === null ? null : limitObject(log, meta, MEDIUM, 'mechanism.meta'),
  }
}

/** Old clients wrote the meta data flat, under other names. */
function legacyMeta(object: JsonObject): JsonObject | null {
  const { posix_signal: signal, mach_exception: mach } = object
  if (signal === undefined && mach === undefined) return null
  const meta: JsonObject = {}
  if (isObject(signal)) {
    meta.signal = {
      number: signal.signal ?? null,
      name: signal.name ?? null,
      code: signal.code ?? null,
      code_name: signal.code_name ?? null,
    }
  }
  if (isObject(mach)) {
    meta.mach_exception = {
      exception: mach.exception ?? null,
      code: mach.code ?? null,
      subcode: mach.subcode ?? null,
      name: mach.exception_name ?? null,
    }
  }
  return meta
}

const MECHANISM_KEYS = new Set(
  (
    'type handled synthetic description help_link source is_exception_group exception_id parent_id data meta ' +
    'posix_signal mach_exception'
  ).split(' '),
)

/** They wrote what else they knew beside it. */
function legacyData(object: JsonObject): JsonObject | null {
  let data: JsonObject | null = null
  for (const key in object) {
    if (MECHANISM_KEYS.has(key) || key === '__proto__') continue
    data ??= {}
    data[key] = object[key] as Json
  }
  return data
}
