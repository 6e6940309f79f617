// What a recorded request says, read without any of the server's code: tests compare what was stored with this.

import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

export interface SentItem {
  type: string
  header: Record<string, unknown>
  payload: Buffer
}

export interface SentRequest {
  method: string
  /** With its query. */
  path: string
  /** Empty when it is no envelope. */
  header: { event_id?: string }
  items: SentItem[]
  /** What the client calls itself in the request, for an event that does not say it. */
  client: { name: string; version: string | null } | null
}

export type Json = Record<string, unknown>

/** @param head the request's, without the empty line; @param body without chunked framing. */
export function readRequest({ head, body }: { head: string; body: Buffer }): SentRequest {
  const [method = '', path = ''] = head.split(' ', 2)
  const request: SentRequest = { method, path, header: {}, items: [], client: readClient(head) }
  if (method !== 'POST' || path.startsWith('/api/0/')) return request
  const bytes = decode(head, body)
  if (path.includes('/api/embed/error-page/')) return { ...request, items: [readDialogForm(path, bytes)] }
  if (/^\/api\/\d+\/store\//.test(path)) {
    return { ...request, items: [{ type: 'event', header: {}, payload: bytes }] }
  }
  // Whatever else an SDK posts is an envelope, whose address may be a tunnel's.
  const headerEnd = endOfLine(bytes, 0)
  request.header = JSON.parse(bytes.subarray(0, headerEnd).toString('utf8')) as SentRequest['header']
  for (let at = headerEnd + 1; at < bytes.length;) {
    const lineEnd = endOfLine(bytes, at)
    const line = bytes.subarray(at, lineEnd).toString('utf8')
    if (line === '') break
    const header = JSON.parse(line) as { type: string; length?: number }
    const end = header.length === undefined ? endOfLine(bytes, lineEnd + 1) : lineEnd + 1 + header.length
    request.items.push({ type: header.type, header, payload: bytes.subarray(lineEnd + 1, end) })
    at = end + 1
  }
  return request
}

export function readJson({ payload }: SentItem): Json {
  return JSON.parse(payload.toString('utf8')) as Json
}

/** Of an event, or of the event that an item belongs to: the envelope's header wins. */
export function eventIdOf({ header, items }: SentRequest, item: SentItem): string {
  const isEvent = item.type === 'event' || item.type === 'transaction'
  const event = isEvent ? item : items.find(({ type }) => type === 'event')
  return undashed(String(header.event_id ?? (event === undefined ? '' : readJson(event).event_id)))
}

export function undashed(id: string): string {
  return id.replaceAll('-', '').toLowerCase()
}

/** What the answer has to be. */
export function expectedAnswer({ method, header, items }: SentRequest): { status: number; body?: unknown } {
  // A preflight, or a script.
  if (method !== 'POST') return { status: 200 }
  const event = items.find(({ type }) => type === 'event')
  const id = header.event_id ?? (event === undefined ? undefined : readJson(event).event_id)
  return { status: 200, body: typeof id === 'string' ? { id: undashed(id) } : {} }
}

/** What the report dialog sends is a user report in another form. */
function readDialogForm(path: string, bytes: Buffer): SentItem {
  const { searchParams } = new URL(path, 'http://localhost')
  const { name, email, comments } = Object.fromEntries(new URLSearchParams(bytes.toString('utf8')))
  const report = { event_id: searchParams.get('eventId'), name, email, comments }
  return { type: 'user_report', header: {}, payload: Buffer.from(JSON.stringify(report)) }
}

/** `sentry_client=name/version`, in a header or in the query; raven-go has only its User-Agent. */
function readClient(head: string): SentRequest['client'] {
  const client = (/sentry_client=([^,&\s]+)/i.exec(head) ?? /^user-agent: *(raven-go\S+)/im.exec(head))?.[1]
  if (client === undefined) return null
  const [name = '', version = null] = decodeURIComponent(client).split('/')
  return { name, version }
}

function endOfLine(bytes: Buffer, from: number): number {
  const at = bytes.indexOf('\n', from)
  return at < 0 ? bytes.length : at
}

function decode(head: string, body: Buffer): Buffer {
  const encoding = /^content-encoding: *(\w+)/im.exec(head)?.[1]
  if (encoding === 'gzip') return gunzipSync(body)
  if (encoding === 'br') return brotliDecompressSync(body)
  // raven-go does not say what it does to a large body.
  if (/octet-stream/i.test(head) && body[0] !== 0x7b) return inflateSync(Buffer.from(body.toString('latin1'), 'base64'))
  return body
}
