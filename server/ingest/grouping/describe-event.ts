// How an event is called in lists: its title, and where it happened.

import type { EventException, GroupedEvent, NormalizedEvent, StackFrame } from '../../domain/event.ts'
import { cutText } from '../normalize/coerce.ts'
import { findCrashFrame, findStacktrace } from './find-crash-frame.ts'
import { familyOf } from './platform-family.ts'

const TITLE_LINE_CHARS_MAX = 100
const TYPE_CHARS_MAX = 128
const VALUE_CHARS_MAX = 1024
const CULPRIT_CHARS_MAX = 200
/** What an exception without a type is called. */
const NO_TYPE = 'Error'

export type Description = Pick<GroupedEvent, 'title' | 'culprit' | 'exceptionType' | 'exceptionValue'>

/** @param main the exception that names the event. */
export function describeEvent(event: NormalizedEvent, main: EventException | null): Description {
  const frame = findCrashFrame(findStacktrace(event, main))
  const culprit = cutText(event.transaction ?? makeCulprit(event, main, frame), CULPRIT_CHARS_MAX)
  const value = main?.value ?? null
  if (event.type === 'default' || main === null) {
    const text = event.message?.formatted ?? value ?? ''
    const title = firstLine(text) || frame?.function || '<unlabeled event>'
    return { title, culprit, exceptionType: null, exceptionValue: text === '' ? null : cutText(text, VALUE_CHARS_MAX) }
  }
  // A made-up exception's type says how the SDK caught the event, nothing of what went wrong.
  const isSynthetic = main.mechanism?.synthetic === true
  const type = isSynthetic || main.type === null ? null : cutText(main.type, TYPE_CHARS_MAX)
  const name = type ?? (isSynthetic ? null : NO_TYPE)
  const line = value === null ? '' : firstLine(value)
  let title = name ?? frame?.function ?? main.type ?? '<unknown>'
  if (name !== null && line !== '') title = `${name}: ${line}`
  return {
    title,
    culprit,
    exceptionType: type,
    exceptionValue: value === null ? null : cutText(value, VALUE_CHARS_MAX),
  }
}

function firstLine(text: string): string {
  const trimmed = text.trimStart()
  const end = trimmed.search(/[\r\n]/)
  return cutText((end < 0 ? trimmed : trimmed.slice(0, end)).trimEnd(), TITLE_LINE_CHARS_MAX)
}

function makeCulprit(event: NormalizedEvent, main: EventException | null, frame: StackFrame | null): string {
  // The stack of a made-up exception leads to where the SDK made it up.
  if (main?.mechanism?.synthetic === true) return ''
  if (frame === null) return event.request?.url ?? ''
  const platform = frame.platform ?? event.platform
  const place = frame.module ?? frame.filename
  const name = frame.function
  if (familyOf(platform) === 'native') return name ?? ''
  if (platform === 'javascript' || platform === 'node') {
    if (name === null && place === null) return event.request?.url ?? ''
    return `${name ?? '?'}(${place ?? '?'})`
  }
  if (place === null) return name ?? ''
  return name === null ? place : `${place} in ${name}`
}
