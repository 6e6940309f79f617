// The endpoints that SDKs and browsers post to. Each reads its own form of body into an envelope; from there on all are one.

import type { ServerResponse } from 'node:http'
import { ATTACHMENTS } from './attachments-endpoint.ts'
import type { BodyBudget } from './body-budget.ts'
import { CRON } from './cron-endpoint.ts'
import { MINIDUMP } from './minidump-endpoint.ts'
import { nameCrash } from './name-crash.ts'
import { parseEnvelope, type Envelope } from './parse-envelope.ts'
import type { Reservation } from './read-body.ts'
import { readStoreBody } from './read-store-body.ts'
import { respondAccepted, respondPixel } from './respond.ts'
import { OTHERS } from './other-endpoints.ts'
import { SECURITY } from './security-endpoint.ts'
import { UNREAL } from './unreal-endpoint.ts'
import { UPLOAD } from './uploads.ts'

export interface EndpointRequest {
  method: string
  /** Decoded. */
  body: Buffer
  /** Lower case; empty where there is none. */
  contentType: string
  /** As it was sent: a multipart boundary's case counts. */
  contentTypeSent: string
  /** The request's target, with its query: `readQuery` of read-credentials.ts takes it apart. */
  url: string
  /** The named groups of the endpoint's path. */
  params: { readonly [name: string]: string | undefined }
  userAgent: string | null
  receivedAtMs: number
  budget: BodyBudget
  reservation: Reservation
}

export interface Endpoint {
  name: string
  /** What follows `/api/<project>/`, without a slash at either end. A group named `key` is the client's public key. */
  path: RegExp
  methods: readonly string[]
  /** True: there is but one item, and its refusal is the request's. */
  refusesBadItem: boolean
  /** True: what there is no room for is answered like what there is room for, and counted as dropped. */
  neverSaysWait?: boolean
  /** @throws IngestError for what cannot be read at all. */
  read(request: EndpointRequest): Envelope | Promise<Envelope>
  /** @param eventId null when nothing in the body is an event. */
  respond(response: ServerResponse, eventId: string | null, method: string): void
}

export const ENVELOPE: Endpoint = {
  name: 'envelope',
  path: /^envelope$/,
  methods: ['POST'],
  refusesBadItem: false,
  read: ({ body }) => nameCrash(parseEnvelope(body)),
  respond: respondAccepted,
}

/** A query is a form: what it holds is told like one that was posted. */
function readSentQuery(url: string): Buffer {
  const query = url.slice(url.indexOf('?') + 1)
  return Buffer.from(query.includes('sentry_data=') ? query : '')
}

const STORE: Endpoint = {
  name: 'store',
  path: /^store$/,
  // GET: the event in the query, as the address of an image, which the first browser SDKs used.
  methods: ['GET', 'POST'],
  refusesBadItem: true,
  async read({ method, url, body, budget, reservation }) {
    const sent = method === 'GET' ? readSentQuery(url) : body
    const payload = await readStoreBody(sent, budget, reservation)
    return { header: {}, items: [{ type: 'event', header: {}, payload }] }
  },
  respond: (response, eventId, method) =>
    method === 'GET' ? respondPixel(response) : respondAccepted(response, eventId),
}

/** The first whose path matches counts. */
export const ENDPOINTS: readonly Endpoint[] = [
  ENVELOPE,
  STORE,
  SECURITY,
  MINIDUMP,
  UNREAL,
  ATTACHMENTS,
  CRON,
  UPLOAD,
  OTHERS,
]
/**
 * `/api/store/`: the key alone names the project. `/api/envelope/` is for tunnels: the DSN in the envelope names it, and there
 * is nothing in the address by which blockers know an SDK.
 */
export const PROJECTLESS_ENDPOINTS: readonly Endpoint[] = [STORE, ENVELOPE]
