// What browsers report by themselves: violations of a Content Security Policy and the like (`/security/`, `/csp-report/`), and
// network errors (`/nel/`). The key, the release and the environment stand in the query, since a browser sends no header of
// ours. The Reporting API sends several reports at once, of types that we may not know.

import type { Json, JsonObject } from '../domain/event.ts'
import type { Endpoint, EndpointRequest } from './endpoints.ts'
import { IngestError } from './ingest-error.ts'
import type { Envelope, EnvelopeItem } from './parse-envelope.ts'
import { parseEventJson } from './parse-json.ts'
import { readQuery } from './read-credentials.ts'
import { respondEmpty } from './respond.ts'

const REPORTS_MAX = 100
/** The Reporting API's names of what we make events of. */
const REPORTING_TYPES = new Set(['csp-violation', 'network-error'])

export const SECURITY: Endpoint = {
  name: 'security',
  path: /^(?:security|csp-report|nel)$/,
  methods: ['POST'],
  refusesBadItem: false,
  read: readReports,
  respond: (response) => respondEmpty(response, 200),
}

function readReports({ body, url }: EndpointRequest): Envelope {
  if (body.length === 0) throw new IngestError(400, 'empty request body', { code: 'empty_body' })
  // Inside of an object, so that a list is held to the same depth as an event.
  const { reports } = parseEventJson(Buffer.concat([Buffer.from('{"reports":'), body, Buffer.from('}')]))
  const query = readQuery(url)
  const header = {
    sentry_release: query.get('sentry_release'),
    sentry_environment: query.get('sentry_environment'),
  }
  const list = Array.isArray(reports) ? reports.slice(0, REPORTS_MAX) : [reports ?? null]
  return { header: {}, items: list.map((report) => toItem(report, header)) }
}

function toItem(report: Json, header: JsonObject): EnvelopeItem {
  const isObject = typeof report === 'object' && report !== null && !Array.isArray(report)
  const type = isObject ? report['type'] : undefined
  // `deprecation`, `crash`, `coep`, ...: browsers send them to whoever is named as the default endpoint.
  const isOther = typeof type === 'string' && isObject && 'body' in report && !REPORTING_TYPES.has(type)
  return {
    type: isOther ? `report_${type.replaceAll(/\W/g, '_').slice(0, 40)}` : 'raw_security',
    header,
    payload: Buffer.from(JSON.stringify(report)),
  }
}
