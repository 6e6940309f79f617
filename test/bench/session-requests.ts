// Requests with sessions as SDKs send them: alone, as browsers do, or a hundred in an envelope, as Python does. Each session
// is sent twice: when it starts, and when it exits.

import { randomBytes } from 'node:crypto'

const SID_MARK = 'd'.repeat(32)
const USER_MARK = '0000000000'
const SID_BYTES = 16
/** A session's id, and who has it. */
const RANDOM_BYTES = SID_BYTES + 4
const USERS = 5_000
const EVERYBODY = 2 ** 32

export interface SessionRequestOptions {
  publicKey: string
  perEnvelope: number
  /** Each session is somebody's who had none before, instead of one of some thousand people's. */
  isOfNewPeople: boolean
}

/** @returns one envelope after the other. */
export function createSessionRequests(options: SessionRequestOptions): () => Buffer {
  const { publicKey, perEnvelope, isOfNewPeople } = options
  const users = isOfNewPeople ? EVERYBODY : USERS
  const starts = buildTemplate(publicKey, perEnvelope, { init: true, status: 'ok' })
  const exits = buildTemplate(publicKey, perEnvelope, { init: false, status: 'exited', duration: 1.25 })
  let started: Buffer | null = null

  return () => {
    const request = Buffer.from(started === null ? starts.request : exits.request)
    const { sidAt, userAt } = started === null ? starts : exits
    const ids = started ?? randomBytes(perEnvelope * RANDOM_BYTES)
    for (let index = 0; index < perEnvelope; index += 1) {
      const at = index * RANDOM_BYTES
      request.write(ids.toString('hex', at, at + SID_BYTES), sidAt[index] as number, 'latin1')
      const user = String(ids.readUInt32BE(at + SID_BYTES) % users).padStart(USER_MARK.length, '0')
      request.write(user, userAt[index] as number, 'latin1')
    }
    started = started === null ? ids : null
    return request
  }
}

function buildTemplate(publicKey: string, perEnvelope: number, fields: object) {
  const now = new Date().toISOString()
  const session = JSON.stringify({
    sid: SID_MARK,
    did: `user-${USER_MARK}`,
    started: now,
    timestamp: now,
    errors: 0,
    ...fields,
    attrs: {
      release: 'shop@1.4.2',
      environment: 'production',
      ip_address: '{{auto}}',
      user_agent:
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36',
    },
  })
  const lines = [JSON.stringify({ sent_at: now, sdk: { name: 'sentry.javascript.browser', version: '11.12.0' } })]
  for (let index = 0; index < perEnvelope; index += 1) lines.push('{"type":"session"}', session)
  const body = lines.join('\n')
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
  return {
    request,
    sidAt: findAll(request, SID_MARK, 0),
    userAt: findAll(request, `user-${USER_MARK}`, 'user-'.length),
  }
}

function findAll(bytes: Buffer, mark: string, offset: number): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length)) found.push(at + offset)
  return found
}
