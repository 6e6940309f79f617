// Real recorded envelopes, made into 300 issues: each template is one whole HTTP request whose event id and user are
// overwritten in place before it is sent.

import { readFileSync } from 'node:fs'

export interface EnvelopeTemplate {
  request: Buffer
  /** Where the 32 hex digits of the event's id stand, in the envelope's header and in the event. */
  eventIdAt: number[]
  /** Where the five digits of the user's number stand. */
  userAt: number
}

const RECORDINGS = [
  'sentry-browser-11.12.0-exception-01',
  'sentry-browser-7.38.0-exception-01',
  'sentry-node-7.38.0-rejection-01',
  'sentry-node-11.12.0-rejection-01',
  'sentry-go-0.50.0-exception-01',
]
const EVENT_ID_MARK = 'e'.repeat(32)
const USER_MARK = '00000'

interface WireEvent {
  event_id: string
  timestamp?: number | string
  user?: object
  exception: { values: { type: string }[] } | { type: string }[]
}

export function buildTemplates(issues: number, publicKey: string): EnvelopeTemplate[] {
  const events = RECORDINGS.map(readEvent)
  return Array.from({ length: issues }, (_unused, issue) => {
    const event = structuredClone(events[issue % events.length] as WireEvent)
    event.event_id = EVENT_ID_MARK
    delete event.timestamp
    event.user = { id: `user-${USER_MARK}`, ip_address: '203.0.113.7' }
    const exceptions = Array.isArray(event.exception) ? event.exception : event.exception.values
    for (const exception of exceptions) exception.type += `Number${issue}`
    return buildTemplate(event, publicKey)
  })
}

function readEvent(recording: string): WireEvent {
  const file = readFileSync(new URL(`../fixtures/requests/${recording}.http`, import.meta.url))
  const body = file.subarray(file.indexOf('\r\n\r\n') + 4)
  const text = file.includes('chunked') ? joinChunks(body) : body.toString()
  const lines = text.split('\n')
  return JSON.parse(lines[2] as string) as WireEvent
}

/** Undoes `Transfer-Encoding: chunked`. */
function joinChunks(body: Buffer): string {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (size === 0) break
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(parts).toString()
}

function buildTemplate(event: WireEvent, publicKey: string): EnvelopeTemplate {
  const body = [
    JSON.stringify({ event_id: EVENT_ID_MARK, sent_at: new Date().toISOString() }),
    '{"type":"event"}',
    JSON.stringify(event),
  ].join('\n')
  const request = Buffer.from(
    [
      `POST /api/1/envelope/?sentry_key=${publicKey}&sentry_version=7 HTTP/1.1`,
      'Host: localhost',
      'User-Agent: bench',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
  const eventIdAt: number[] = []
  for (let at = request.indexOf(EVENT_ID_MARK); at !== -1; at = request.indexOf(EVENT_ID_MARK, at + 32))
    eventIdAt.push(at)
  return { request, eventIdAt, userAt: request.indexOf(`user-${USER_MARK}`) + 'user-'.length }
}
