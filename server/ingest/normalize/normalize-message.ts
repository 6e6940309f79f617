// Messages come as a text, as `{ message, params, formatted }`, or as about anything else.

import type { EventMessage, Json, JsonObject } from '../../domain/event.ts'
import { cutText, isObject, toJsonText, toScalarText } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { LARGE, limitJson } from './limit-json.ts'
import type { ProblemLog } from './problem-log.ts'

const MESSAGE_CHARS_MAX = 8192
const MESSAGE_CHARS_OVER = 200

export function normalizeMessage(log: ProblemLog, raw: Raw, name: string): EventMessage | null {
  if (raw === undefined || raw === null || raw === false) return null
  if (!isObject(raw)) {
    if (Array.isArray(raw) && raw.length === 0) return null
    const formatted = toJsonText(log, raw, name, MESSAGE_CHARS_MAX, MESSAGE_CHARS_OVER)
    return formatted === null ? null : { formatted, template: null, params: null }
  }
  const template = toJsonText(log, raw.message, `${name}.message`, MESSAGE_CHARS_MAX, MESSAGE_CHARS_OVER)
  const sent = toJsonText(log, raw.formatted, `${name}.formatted`, MESSAGE_CHARS_MAX, MESSAGE_CHARS_OVER)
  const params = raw.params ?? null
  const formatted = sent ?? (template === null || params === null ? template : fillTemplate(template, params))
  if (formatted === null) return null
  return {
    formatted,
    template: template === formatted ? null : template,
    params: params === null ? null : limitJson(log, params, LARGE, `${name}.params`),
  }
}

/**
 * `%s`, `%d`, `%(name)s`, `{}`, `{0}` and `{name}`, as the logging libraries of Python, PHP and Rust write them. What has no
 * parameter stays as it is. Stops as soon as the text is long enough: a thousand `%s` may all name one huge parameter.
 */
function fillTemplate(template: string, params: Json): string {
  const isPercent = template.includes('%')
  if (!isPercent && !template.includes('{')) return template
  const list = Array.isArray(params) ? params : isObject(params) ? null : [params]
  const named = isObject(params) ? params : null
  const pattern = isPercent
    ? /%(?:\(([^()]{1,64})\))?[-+#0 ]{0,5}\d{0,3}(?:\.\d{1,3})?([sdifrxXeEgGuc%])/g
    : /\{\{|\}\}|\{([^{}]{0,64})\}/g
  let text = ''
  let from = 0
  let next = 0
  for (const match of template.matchAll(pattern)) {
    const key = match[1] ?? ''
    const [found] = match
    const escaped = found === '{{' || found === '}}' ? found[0] : isPercent && match[2] === '%' ? '%' : null
    const value = escaped ?? (key === '' ? list?.[next++] : pick(list, named, key))
    if (value === undefined) continue
    text += template.slice(from, match.index) + toParamText(value, isPercent ? match[2] : undefined)
    from = match.index + match[0].length
    if (text.length > MESSAGE_CHARS_MAX) break
  }
  return cutText(text + template.slice(from), MESSAGE_CHARS_MAX)
}

function pick(list: Json[] | null, named: JsonObject | null, key: string): Json | undefined {
  if (named !== null) return Object.hasOwn(named, key) ? named[key] : undefined
  return list?.[Number(key)]
}

/** @param conversion the letter of a `%` placeholder. */
function toParamText(value: Json, conversion: string | undefined): string {
  if (typeof value === 'number' && (conversion === 'x' || conversion === 'X')) {
    const hex = Math.trunc(value).toString(16)
    return conversion === 'x' ? hex : hex.toUpperCase()
  }
  const text =
    typeof value === 'number' ? String(value) : (toScalarText(value) ?? (value === null ? 'None' : stringify(value)))
  return text.length > MESSAGE_CHARS_MAX ? cutText(text, MESSAGE_CHARS_MAX) : text
}

function stringify(value: Json): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '...'
  }
}
