// Fingerprints: an SDK's own say in what belongs together. Its parts may name variables; `{{ default }}` stands for what we
// would have hashed.

import type { EventException, NormalizedEvent } from '../../domain/event.ts'
import { findCrashFrame, findStacktrace } from './find-crash-frame.ts'
import { normalizeMessageForGrouping } from './parameterize-message.ts'
import { familyOf } from './platform-family.ts'

/** Stands in the expanded fingerprint where the default leaves belong. */
export const DEFAULT_PART = Symbol('default')

/** @returns the parts with their variables filled in. */
export function expandFingerprint(event: NormalizedEvent, fingerprint: string[]): (string | typeof DEFAULT_PART)[] {
  return fingerprint.map((part) => {
    const variable = parseVariable(part)
    if (variable === 'default') return DEFAULT_PART
    const text = variable === null ? part : resolveVariable(event, variable)
    return isMessage(event, text) ? normalizeMessageForGrouping(text) : text
  })
}

/** Who puts the event's message into its fingerprint wants its kind, not the numbers in it. */
function isMessage(event: NormalizedEvent, text: string): boolean {
  if (event.message !== null && (event.message.formatted === text || event.message.template === text)) return true
  for (const { value } of event.exceptions) if (value === text) return true
  return false
}

/** `{{ name }}`, with or without the blanks. */
function parseVariable(part: string): string | null {
  if (!part.startsWith('{{') || !part.endsWith('}}') || part.length < 5) return null
  const name = part.slice(2, -2).trim()
  return name === '' || /\s/.test(name) ? null : name
}

function resolveVariable(event: NormalizedEvent, variable: string): string {
  const exception = event.exceptions.at(-1) ?? null
  switch (variable) {
    case 'transaction':
      return event.transaction ?? '<no-transaction>'
    case 'message':
      return event.message?.formatted ?? exception?.value ?? '<no-message>'
    case 'type':
    case 'error.type':
      return exception?.type ?? '<no-type>'
    case 'value':
    case 'error.value':
      return exception?.value ?? '<no-value>'
    case 'level':
      return event.level
    case 'logger':
      return event.logger ?? '<no-logger>'
  }
  if (variable.startsWith('tags.')) return resolveTag(event, variable.slice(5))
  return resolveFrame(event, exception, variable)
}

function resolveTag(event: NormalizedEvent, name: string): string {
  for (const [key, value] of event.tags) if (key === name) return value
  return `<no-value-for-tag-${name}>`
}

function resolveFrame(event: NormalizedEvent, exception: EventException | null, variable: string): string {
  const frame = findCrashFrame(findStacktrace(event, exception))
  switch (variable) {
    case 'function':
    case 'stack.function':
      return frame?.function ?? '<no-function>'
    case 'path':
    case 'stack.abs_path':
      return frame?.absPath ?? frame?.filename ?? '<no-abs-path>'
    case 'stack.filename':
      return frame?.filename ?? frame?.absPath ?? '<no-filename>'
    case 'module':
    case 'stack.module':
      return frame?.module ?? '<no-module>'
    case 'package':
    case 'stack.package':
      return frame?.package?.split(/[/\\]/).at(-1) ?? '<no-package>'
    default:
      return `<unrecognized-variable-${variable}>`
  }
}

/** React's ways to say that the server's page and the browser's differ: one problem for each page. */
const HYDRATION_MESSAGES = new Set([
  'hydration failed because the initial ui does not match what was rendered on the server.',
  'the server could not finish this suspense boundary, likely due to an error during server rendering. switched to client rendering.',
  'there was an error while hydrating this suspense boundary. switched to client rendering.',
  'there was an error while hydrating. because the error happened outside of a suspense boundary, the entire root will switch to client rendering.',
  'text content does not match server-rendered html.',
])

/** For errors of the web that are one problem whatever their stack. An SDK's own fingerprint goes before, unless it asks for the default one. */
export function findBuiltInFingerprint(event: NormalizedEvent): string[] | null {
  if (event.exceptions.length === 0 || familyOf(event.platform) !== 'javascript') return null
  for (const { type, value } of event.exceptions) {
    if (type === 'ChunkLoadError' || value?.startsWith('ChunkLoadError')) return ['chunkloaderror']
    if (value === null || value.length > 160 || !HYDRATION_MESSAGES.has(value.toLowerCase())) continue
    if (event.transaction !== null) return ['hydrationerror', event.transaction]
  }
  return null
}
