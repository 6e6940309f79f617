// From a browser's report to an event as an SDK would send it: from there on it is normalised, scrubbed and grouped like any
// other. The report itself is kept whole as a context. Titles are those that Sentry gives.

import type { Json, JsonObject } from '../domain/event.ts'
import { AppError } from '../errors.ts'
import { describeCsp, listHeaders } from './describe-csp.ts'
import type { EnvelopeItem } from './parse-envelope.ts'
import { parseEventJson } from './parse-json.ts'

interface Description {
  /** The name of the context, and the logger. */
  kind: string
  message: string
  culprit: string
  fingerprint: string[]
  tags: JsonObject
  request?: JsonObject
  report: JsonObject
}

/**
 * @param item of the type `raw_security`. @returns the event's JSON.
 * @throws AppError INVALID for what is no report, or one without what it is about.
 */
export function makeSecurityEvent({ header, payload }: EnvelopeItem): Buffer {
  const { kind, message, culprit, fingerprint, tags, request, report } = describeReport(parseEventJson(payload))
  const { sentry_release: release, sentry_environment: environment } = header
  const event = {
    platform: 'javascript',
    logger: kind,
    level: 'error',
    logentry: { formatted: message },
    transaction: culprit,
    fingerprint,
    tags,
    user: { ip_address: '{{auto}}' },
    contexts: { [kind]: report },
    ...(request !== undefined && { request }),
    ...(typeof release === 'string' && { release }),
    ...(typeof environment === 'string' && { environment }),
  }
  return Buffer.from(JSON.stringify(event))
}

/** The report as an attribute of an event, as relays pass it on and old SDKs sent it: its names have underscores. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['csp', 'csp-report'],
  ['sentry.interfaces.Csp', 'csp-report'],
  ['expectct', 'expect-ct-report'],
  ['expectstaple', 'expect-staple-report'],
  ['hpkp', ''],
])

/** Gives an event that holds a report what tells of it, where the event says nothing of its own. */
export function describeReportOf(event: JsonObject): void {
  for (const [attribute, wrapper] of ATTRIBUTES) {
    const sent = event[attribute]
    if (!isObject(sent) || event['exception']) continue
    const report: JsonObject = {}
    for (const name in sent) if (name !== '__proto__') report[name.replaceAll('_', '-')] = sent[name] ?? null
    if (wrapper === '') report['known-pins'] ??= []
    let found: Description
    try {
      found = describeReport(wrapper === '' ? report : { [wrapper]: report })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      continue
    }
    event['logentry'] = { formatted: found.message }
    event['logger'] ??= found.kind
    event['transaction'] ??= event['culprit'] ?? found.culprit
    event['fingerprint'] ??= found.fingerprint
    event['request'] ??= found.request ?? null
    const { tags, contexts } = event
    event['tags'] = Array.isArray(tags)
      ? [...tags, ...Object.entries(found.tags)]
      : { ...found.tags, ...asObject(tags) }
    event['contexts'] = { [found.kind]: found.report, ...asObject(contexts) }
  }
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function describeReport(report: JsonObject): Description {
  const { body } = report
  if (report['type'] === 'csp-violation' && isObject(body)) {
    return describeCsp({ ...body, user_agent: report['user_agent'] ?? null })
  }
  if (report['type'] === 'network-error' && isObject(body)) return describeNetworkError(report, body)
  if (isObject(report['csp-report'])) return describeCsp(report['csp-report'])
  if (isObject(report['expect-ct-report'])) {
    return describeHostReport('expect-ct', 'Expect-CT failed', report['expect-ct-report'])
  }
  if (isObject(report['expect-staple-report'])) {
    return describeHostReport('expect-staple', 'Expect-Staple failed', report['expect-staple-report'])
  }
  if ('known-pins' in report) return describeHostReport('hpkp', 'Public key pinning validation failed', report)
  throw new AppError(
    'INVALID',
    'This is none of the reports that are taken: csp-report, csp-violation, network-error, expect-ct-report, expect-staple-report, HPKP.',
  )
}

function describeHostReport(kind: string, what: string, report: JsonObject): Description {
  const { hostname, port } = report
  if (typeof hostname !== 'string' || hostname === '')
    throw new AppError('INVALID', `A report of ${kind} needs a "hostname".`)
  return {
    kind,
    message: `${what} for '${hostname}'`,
    culprit: hostname,
    fingerprint: [kind, hostname],
    tags: { hostname, ...(typeof port === 'number' && { port: String(port) }) },
    report,
  }
}

/** https://www.w3.org/TR/network-error-logging/: `type` is `tcp.refused`, `http.error`, ... */
function describeNetworkError(report: JsonObject, body: JsonObject): Description {
  const { url } = report
  const { type, phase } = body
  if (typeof type !== 'string' || type === '') throw new AppError('INVALID', 'A network error needs a "type".')
  const host = typeof url === 'string' && URL.canParse(url) ? new URL(url).host : ''
  const status = typeof body['status_code'] === 'number' && body['status_code'] > 0 ? ` (${body['status_code']})` : ''
  return {
    kind: 'nel',
    message: `Network error '${type}'${status}${host === '' ? '' : ` at '${host}'`}`,
    culprit: host,
    fingerprint: ['nel', type, host],
    tags: { 'nel.type': type, ...(typeof phase === 'string' && { 'nel.phase': phase }) },
    request: {
      ...(typeof url === 'string' && { url }),
      ...(typeof body['method'] === 'string' && { method: body['method'] }),
      headers: listHeaders(body['referrer'] ?? null, report['user_agent'] ?? null),
    },
    report: body,
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
