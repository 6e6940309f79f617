// `/cron/<slug>/`, with the key in the path or wherever SDKs put it: a check-in as a URL, so that a line of a crontab can
// send one with curl. What it says stands in the query, or in a body of JSON or of a form; the body wins.

import type { JsonObject } from '../domain/event.ts'
import { AppError } from '../errors.ts'
import type { Endpoint, EndpointRequest } from './endpoints.ts'
import { IngestError } from './ingest-error.ts'
import type { Envelope } from './parse-envelope.ts'
import { parseEventJson } from './parse-json.ts'
import { readCheckIn } from './read-check-in.ts'
import { readQuery } from './read-credentials.ts'
import { respondEmpty } from './respond.ts'

const FIELDS = ['check_in_id', 'status', 'duration', 'environment', 'release'] as const
const LATEST = '0'.repeat(32)

export const CRON: Endpoint = {
  name: 'cron',
  path: /^cron\/(?<slug>[^/]{1,200})(?:\/(?<key>[^/]{1,100}))?$/,
  methods: ['GET', 'POST'],
  refusesBadItem: false,
  neverSaysWait: true,
  read: readCronRequest,
  respond: (response) => respondEmpty(response, 202),
}

function readCronRequest(request: EndpointRequest): Envelope {
  const { url, body, params, receivedAtMs } = request
  const checkIn = {
    check_in_id: LATEST,
    ...pickFields(readQuery(url)),
    ...readBodyFields(body),
    monitor_slug: decodeSlug(params['slug'] ?? ''),
  }
  const payload = Buffer.from(JSON.stringify(checkIn))
  try {
    // Whoever types the line is to see what is wrong with it.
    readCheckIn(payload, { projectId: 0, receivedAtMs })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new IngestError(400, error.message, { code: 'invalid' })
  }
  return { header: {}, items: [{ type: 'check_in', header: {}, payload }] }
}

function readBodyFields(body: Buffer): JsonObject {
  const text = body.toString('utf8', 0, 20).trimStart()
  if (text === '') return {}
  return text.startsWith('{') ? parseEventJson(body) : pickFields(new URLSearchParams(body.toString('utf8')))
}

function pickFields(query: URLSearchParams): JsonObject {
  return Object.fromEntries(FIELDS.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])))
}

function decodeSlug(slug: string): string {
  try {
    return decodeURIComponent(slug)
  } catch {
    return slug
  }
}
