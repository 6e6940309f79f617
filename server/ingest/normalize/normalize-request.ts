// The HTTP request that failed. Its address is cut in three (address, query, fragment), its headers and cookies are pairs.

import type { Json, JsonObject, NormalizedRequest } from '../../domain/event.ts'
import { cleanJson, cleanText } from '../parse-json.ts'
import { quoteBigIntegers } from '../repair-numbers.ts'
import { cutText, isObject, toMap, toPairs, toScalarText, toText } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { LARGE, limitJson, limitObject } from './limit-json.ts'
import type { ProblemLog } from './problem-log.ts'

const PAIRS_MAX = 100
const NAME_CHARS_MAX = 128
const VALUE_CHARS_MAX = 8192
const URL_CHARS_MAX = 2048
const METHOD = /^[A-Z\-_]{3,32}$/

export function normalizeRequest(log: ProblemLog, raw: Raw): NormalizedRequest | null {
  log.enter('')
  const object = toMap(log, raw, 'request')
  if (object === null) return null
  log.enter('request')
  const address = splitUrl(toText(log, object.url, 'url', URL_CHARS_MAX))
  const headers = normalizeHeaders(log, object.headers)
  const cookies = normalizeCookies(log, object.cookies, headers)
  const request: NormalizedRequest = {
    method: normalizeMethod(log, object.method),
    url: address.url,
    query: normalizeQuery(log, object.query_string ?? object.query) ?? address.query,
    fragment: toText(log, object.fragment, 'fragment', 1024) ?? address.fragment,
    headers,
    cookies,
    data: normalizeBody(log, object.data),
    env: isObject(object.env) ? limitObject(log, object.env, LARGE, 'env') : null,
  }
  return isEmpty(request) ? null : request
}

function isEmpty(request: NormalizedRequest): boolean {
  if (request.headers.length > 0 || request.cookies.length > 0) return false
  const { method, url, query, fragment, data, env } = request
  return method === null && url === null && query === null && fragment === null && data === null && env === null
}

function normalizeMethod(log: ProblemLog, raw: Raw): string | null {
  const method = toText(log, raw, 'method', 64)?.toUpperCase() ?? null
  if (method === null || METHOD.test(method)) return method
  log.invalid('method', raw)
  return null
}

function splitUrl(url: string | null): { url: string | null; query: string | null; fragment: string | null } {
  if (url === null) return { url, query: null, fragment: null }
  const hash = url.indexOf('#')
  const fragment = hash < 0 ? null : url.slice(hash + 1)
  const rest = hash < 0 ? url : url.slice(0, hash)
  const mark = rest.indexOf('?')
  const query = mark < 0 ? null : rest.slice(mark + 1)
  return { url: (mark < 0 ? rest : rest.slice(0, mark)) || null, query: query || null, fragment: fragment || null }
}

/** A text is kept as it is, still encoded; a map or pairs become one. */
function normalizeQuery(log: ProblemLog, raw: Raw): string | null {
  if (raw === undefined || raw === null) return null
  if (typeof raw === 'string') {
    return toText(log, raw.charCodeAt(0) === 0x3f ? raw.slice(1) : raw, 'query_string', VALUE_CHARS_MAX)
  }
  let query = ''
  for (const [key, value] of toPairs(log, raw, 'query_string', PAIRS_MAX)) {
    for (const one of Array.isArray(value) ? value.slice(0, PAIRS_MAX) : [value]) {
      if (query.length > VALUE_CHARS_MAX) break
      const text = isObject(one) || Array.isArray(one) ? JSON.stringify(one) : (toScalarText(one) ?? '')
      query += `${query === '' ? '' : '&'}${encode(key)}=${encode(text)}`
    }
  }
  return query === '' ? null : cutText(query, VALUE_CHARS_MAX)
}

function encode(text: string): string {
  return encodeURIComponent(cutText(text, VALUE_CHARS_MAX).toWellFormed())
}

/** PHP sends each header as a list of values. */
function normalizeHeaders(log: ProblemLog, raw: Raw): [name: string, value: string][] {
  const headers: [string, string][] = []
  if (raw === undefined || raw === null) return headers
  for (const [name, value] of toPairs(log, raw, 'headers', PAIRS_MAX)) {
    const text = toHeaderText(log, value, name)
    if (text !== null) headers.push([titleCase(name), text])
  }
  // Pairs come in an order that may mean something, maps do not.
  if (!Array.isArray(raw)) headers.sort(compareNames)
  return headers
}

function compareNames(a: [string, string], b: [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

function toHeaderText(log: ProblemLog, value: Json, name: string): string | null {
  if (typeof value === 'string') return cutText(value, VALUE_CHARS_MAX)
  if (!Array.isArray(value)) return toText(log, value, `headers.${cutText(name, NAME_CHARS_MAX)}`, VALUE_CHARS_MAX)
  const texts: string[] = []
  for (const element of value.slice(0, PAIRS_MAX)) {
    const text = toScalarText(element)
    if (text !== null) texts.push(cutText(text, VALUE_CHARS_MAX))
  }
  return texts.length === 0 ? null : cutText(texts.join(','), VALUE_CHARS_MAX)
}

/** Header names repeat in every event, and there are few. */
const TITLES = new Map<string, string>()
const TITLES_MAX = 1000

function titleCase(name: string): string {
  const known = TITLES.get(name)
  if (known !== undefined) return known
  const parts = cutText(name, NAME_CHARS_MAX).split('-')
  const title = parts
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('-')
    .toWellFormed()
  if (TITLES.size < TITLES_MAX && name.length <= NAME_CHARS_MAX) TITLES.set(name, title)
  return title
}

function normalizeCookies(log: ProblemLog, raw: Raw, headers: [string, string][]): [string, string][] {
  // SDKs that filter write something else in place of the header, which stays one.
  const at = headers.findIndex(([name]) => name === 'Cookie')
  const header = headers[at]?.[1].includes('=') === true ? headers.splice(at, 1)[0] : undefined
  if (typeof raw === 'string') return parseCookies(raw)
  if (raw !== undefined && raw !== null) {
    const cookies: [string, string][] = []
    for (const [name, value] of toPairs(log, raw, 'cookies', PAIRS_MAX)) {
      const text = toScalarText(value)
      if (text !== null) cookies.push([cutText(name, NAME_CHARS_MAX), cutText(text, VALUE_CHARS_MAX)])
    }
    return cookies
  }
  return header === undefined ? [] : parseCookies(header[1])
}

function parseCookies(text: string): [string, string][] {
  const cookies: [string, string][] = []
  for (const part of text.split(';', PAIRS_MAX)) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim()
    if (name !== '') {
      const value = equals < 0 ? '' : part.slice(equals + 1).trim()
      cookies.push([cutText(name, NAME_CHARS_MAX), cutText(value, VALUE_CHARS_MAX)])
    }
  }
  return cookies
}

/** A body that is JSON or a form is kept as what it says, so that single fields of it can be scrubbed. */
function normalizeBody(log: ProblemLog, raw: Raw): Json | null {
  if (raw === undefined || raw === null || raw === '') return null
  const body = typeof raw === 'string' ? (parseJsonBody(raw) ?? parseForm(raw) ?? raw) : raw
  return limitJson(log, body, LARGE, 'data')
}

function parseJsonBody(text: string): Json | null {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[') return null
  try {
    const parsed = JSON.parse(quoteBigIntegers(text)) as Json
    // Limited at once: this one has not been through the depth check of the event.
    return containsEscape(text) ? cleanJson(limitDepth(parsed)) : limitDepth(parsed)
  } catch {
    return null
  }
}

function containsEscape(text: string): boolean {
  return text.includes('\\u')
}

/** @returns the tree without what lies deeper than any body is kept. */
function limitDepth(value: Json, depthLeft = LARGE.depthMax): Json {
  if (typeof value !== 'object' || value === null) return value
  if (depthLeft < 0) return Array.isArray(value) ? '[...]' : '{...}'
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = limitDepth(value[i] as Json, depthLeft - 1)
  } else {
    for (const key in value) value[key] = limitDepth(value[key] as Json, depthLeft - 1)
  }
  return value
}

function parseForm(text: string): JsonObject | null {
  if (!text.includes('=') || /[\s{}<>"]/.test(text)) return null
  const form: JsonObject = {}
  let isForm = false
  for (const part of text.split('&', PAIRS_MAX)) {
    const equals = part.indexOf('=')
    const key = decodeForm(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : decodeForm(part.slice(equals + 1))
    if (key === '' || key === '__proto__') continue
    if (value !== '' && value !== '=') isForm = true
    form[key] = value
  }
  // Base64 ends in `=` too.
  return isForm ? form : null
}

function decodeForm(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return cleanText(decodeURIComponent(spaced))
  } catch {
    return spaced
  }
}
