// Stack traces: the largest part of most events, so every frame is one plain object literal and nothing is copied that need
// not be. Frames stay as sent, the outermost call first.

import type { Json, JsonObject, StackFrame, Stacktrace } from '../../domain/event.ts'
import { cutText, isObject, toPositive, toText } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { limitJson, MEDIUM } from './limit-json.ts'
import { describeShortened } from '../remarks.ts'
import type { ProblemLog } from './problem-log.ts'

const FRAMES_MAX = 250
/** Of longer stacks only so many frames keep their variables and the lines around. */
const DETAILED_FRAMES_MAX = 50
const CONTEXT_LINES_MAX = 30
const LINE_CHARS_MAX = 512
const SYMBOL_CHARS_MAX = 256
const SYMBOL_CHARS_OVER = 20
const PATH_CHARS_MAX = 256
const PATH_CHARS_OVER = 40
const PATH_SCHEMES = new Set(['http', 'https', 'file'])

/** One empty list for all frames without source lines. Nobody writes to a frame's lines but by replacing elements. */
const NO_LINES: string[] = []

/** @param path where the stack trace stands in the payload, for notes. */
export function normalizeStacktrace(log: ProblemLog, raw: Raw, path: string): Stacktrace | null {
  if (raw === undefined || raw === null) return null
  const list = isObject(raw) ? raw.frames : raw
  if (!Array.isArray(list)) {
    if (list !== undefined && list !== null) {
      log.enter(path)
      log.invalid('frames', list)
    }
    return null
  }
  const framesPath = `${path}.frames`
  const from = Math.max(0, list.length - FRAMES_MAX)
  if (from > 0) {
    log.enter(path)
    log.tooLong('frames', describeShortened(list.length))
  }
  const frames: StackFrame[] = []
  for (let i = from; i < list.length; i++) {
    const rawFrame = list[i]
    if (!isObject(rawFrame)) continue
    log.enter(framesPath, i)
    const frame = normalizeFrame(log, rawFrame)
    if (frame !== null) frames.push(frame)
  }
  if (frames.length > DETAILED_FRAMES_MAX) dropDetails(frames)
  return frames.length === 0 ? null : { frames }
}

function normalizeFrame(log: ProblemLog, raw: JsonObject): StackFrame | null {
  let name = toText(log, raw.function, 'function', SYMBOL_CHARS_MAX, SYMBOL_CHARS_OVER)
  if (name === '?') name = null
  const module = toText(log, raw.module, 'module', SYMBOL_CHARS_MAX, SYMBOL_CHARS_OVER)
  const package_ = toText(log, raw.package, 'package', PATH_CHARS_MAX, PATH_CHARS_OVER)
  let filename = toText(log, raw.filename, 'filename', PATH_CHARS_MAX, PATH_CHARS_OVER)
  let absPath = toText(log, raw.abs_path, 'abs_path', PATH_CHARS_MAX, PATH_CHARS_OVER)
  if (absPath === null) {
    absPath = filename
    filename = null
  }
  if (filename === null && absPath !== null) filename = pathOfUrl(absPath)
  const lineno = toPositive(log, raw.lineno, 'lineno')
  const instructionAddr = toAddress(log, raw.instruction_addr, 'instruction_addr')
  const contextLine = toText(log, raw.context_line, 'context_line', LINE_CHARS_MAX)
  const vars = toVars(log, raw.vars)
  if (name === null && filename === null && module === null && package_ === null && instructionAddr === null) {
    if (lineno === null && contextLine === null && vars === null) return null
  }
  return {
    function: name,
    rawFunction:
      raw.raw_function === undefined ? null : toText(log, raw.raw_function, 'raw_function', SYMBOL_CHARS_MAX),
    module,
    package: package_,
    filename,
    absPath,
    lineno,
    colno: toPositive(log, raw.colno, 'colno'),
    platform: raw.platform === undefined ? null : toText(log, raw.platform, 'platform', 64),
    inApp: raw.in_app === true || raw.in_app === 1 || raw.in_app === 'true',
    preContext: toLines(log, raw.pre_context, 'pre_context'),
    contextLine,
    postContext: toLines(log, raw.post_context, 'post_context'),
    vars,
    data: toData(log, raw),
    instructionAddr,
  }
}

/** Browsers send the script's URL only; its path is what people call the file. */
function pathOfUrl(url: string): string {
  const scheme = url.indexOf('://')
  // `app:///`, `webpack:///` and their like are names already.
  if (scheme <= 0 || !PATH_SCHEMES.has(url.slice(0, scheme).toLowerCase())) return url
  const pathStart = url.indexOf('/', scheme + 3)
  if (pathStart < 0) return url
  let pathEnd = url.length
  const query = url.indexOf('?', pathStart)
  if (query >= 0) pathEnd = query
  const fragment = url.indexOf('#', pathStart)
  if (fragment >= 0 && fragment < pathEnd) pathEnd = fragment
  return pathEnd - pathStart > 1 ? url.slice(pathStart, pathEnd) : url
}

/** Takes the list over when all is well with it, as it nearly always is. */
function toLines(log: ProblemLog, raw: Raw, name: string): string[] {
  if (raw === undefined || raw === null) return NO_LINES
  if (!Array.isArray(raw)) {
    log.invalid(name, raw)
    return NO_LINES
  }
  if (raw.length > CONTEXT_LINES_MAX) {
    log.tooLong(name, describeShortened(raw.length))
    // Of the lines before, the last are the nearest; of those after, the first.
    if (name === 'pre_context') raw.splice(0, raw.length - CONTEXT_LINES_MAX)
    else raw.length = CONTEXT_LINES_MAX
  }
  for (let i = 0; i < raw.length; i++) {
    const line: Raw = raw[i]
    if (typeof line !== 'string') raw[i] = toText(log, line, `${name}.${i}`, LINE_CHARS_MAX) ?? ''
    else if (line.length > LINE_CHARS_MAX) raw[i] = cutText(line, LINE_CHARS_MAX)
  }
  return raw as string[]
}

function toVars(log: ProblemLog, raw: Raw): JsonObject | null {
  if (raw === undefined || raw === null) return null
  if (isObject(raw)) return limitJson(log, raw, MEDIUM, 'vars') as JsonObject
  if (Array.isArray(raw)) {
    if (raw.length === 0) return null
    const byIndex: JsonObject = {}
    for (let i = 0; i < raw.length && i < DETAILED_FRAMES_MAX; i++) byIndex[i] = raw[i] as Json
    return limitJson(log, byIndex, MEDIUM, 'vars') as JsonObject
  }
  log.invalid('vars', raw)
  return null
}

/** @returns `0x` and lower-case hex digits. Numbers come as such, or as text in either base: 64 bits are more than one holds. */
function toAddress(log: ProblemLog, raw: Raw, name: string): string | null {
  if (raw === undefined || raw === null) return null
  if (typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0) return `0x${raw.toString(16)}`
  if (typeof raw === 'string') {
    if (/^0x[0-9a-f]{1,16}$/i.test(raw)) return raw.toLowerCase()
    if (/^\d{1,20}$/.test(raw)) return `0x${BigInt(raw).toString(16)}`
  }
  log.invalid(name, raw)
  return null
}

/** What few frames have beside their own `data`, and resolving them later needs. */
const ADDRESSES = ['symbol_addr', 'image_addr'] as const
const RARE_TEXTS = ['symbol', 'addr_mode', 'trust', 'function_id', 'lang', 'source_link'] as const

function toData(log: ProblemLog, raw: JsonObject): JsonObject | null {
  let data = isObject(raw.data) ? raw.data : null
  for (const name of ADDRESSES) {
    const address = toAddress(log, raw[name], name)
    if (address !== null) (data ??= {})[name] = address
  }
  for (const name of RARE_TEXTS) {
    const text = raw[name] === undefined ? null : toText(log, raw[name], name, SYMBOL_CHARS_MAX)
    if (text !== null) (data ??= {})[name] = text
  }
  if (isObject(raw.lock)) (data ??= {}).lock = raw.lock
  if (data === null) return null
  for (const _key in data) return limitJson(log, data, MEDIUM, 'data') as JsonObject
  return null
}

/** Keeps the details where people look: in the program's own frames, then at both ends of the stack. */
function dropDetails(frames: StackFrame[]): void {
  let inAppCount = 0
  for (const frame of frames) if (frame.inApp) inAppCount++
  const favourInApp = inAppCount <= DETAILED_FRAMES_MAX
  let left = favourInApp ? DETAILED_FRAMES_MAX - inAppCount : DETAILED_FRAMES_MAX
  for (let near = frames.length - 1, far = 0; near >= far; near--, far++) {
    for (const at of near === far ? [near] : [near, far]) {
      const frame = frames[at] as StackFrame
      if (favourInApp && frame.inApp) continue
      if (left > 0) left--
      else {
        frame.vars = null
        frame.preContext = NO_LINES
        frame.postContext = NO_LINES
      }
    }
  }
}
