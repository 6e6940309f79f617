// What a recorded request says, read without any of the server's code: tests compare what was stored with this.

import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

export interface SentEvent {
  /** 32 hex digits, from the envelope's header where that has it. */
  eventId: string
  level: string | null
  platform: string | null
  /** As sent: root cause first. */
  exceptions: { type: string | null; value: string | null }[]
  frameCounts: number[]
}

interface WireException {
  type?: string
  value?: string
  stacktrace?: { frames?: unknown[] } | null
}

interface WireEvent {
  event_id?: string
  level?: string
  platform?: string
  exception?: WireException | WireException[] | { values: WireException[] }
}

export function readEvents({ head, body }: { head: string; body: Buffer }): SentEvent[] {
  const isEnvelope = /^POST \/api\/\d+\/envelope\//.test(head)
  const bytes = decode(head, body)
  if (!isEnvelope) return [describe(JSON.parse(bytes.toString('utf8')) as WireEvent, undefined)]

  const headerEnd = bytes.indexOf('\n')
  const header = JSON.parse(bytes.subarray(0, headerEnd).toString('utf8')) as { event_id?: string }
  const events: SentEvent[] = []
  for (let at = headerEnd + 1; at < bytes.length;) {
    const lineEnd = endOfLine(bytes, at)
    const line = bytes.subarray(at, lineEnd).toString('utf8')
    if (line === '') break
    const item = JSON.parse(line) as { type: string; length?: number }
    const end = item.length === undefined ? endOfLine(bytes, lineEnd + 1) : lineEnd + 1 + item.length
    if (item.type === 'event') {
      events.push(describe(JSON.parse(bytes.subarray(lineEnd + 1, end).toString('utf8')) as WireEvent, header.event_id))
    }
    at = end + 1
  }
  return events
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
  if (body[0] !== 0x7b) return inflateSync(Buffer.from(body.toString('latin1'), 'base64'))
  return body
}

function describe(event: WireEvent, headerId: string | undefined): SentEvent {
  const { exception } = event
  const exceptions =
    exception === undefined
      ? []
      : Array.isArray(exception)
        ? exception
        : 'values' in exception
          ? exception.values
          : [exception as WireException]
  return {
    eventId: (headerId ?? event.event_id ?? '').replaceAll('-', ''),
    level: event.level ?? null,
    platform: event.platform ?? null,
    exceptions: exceptions.map(({ type, value }) => ({ type: type ?? null, value: value ?? null })),
    frameCounts: exceptions.map(({ stacktrace }) => stacktrace?.frames?.length ?? 0),
  }
}
