// Sends recorded requests as they were recorded: over a plain socket, since any HTTP client would tidy them up.

import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

/** Others than the project's own, for who looks into what an SDK sends. */
const FOLDER = process.env.REPLAY_FOLDER ?? join(import.meta.dirname, '../fixtures/requests')
const HEAD_END = Buffer.from('\r\n\r\n')
const ANSWER_WITHIN_MS = 15_000

export interface Answer {
  status: number
  headers: Map<string, string>
  body: string
}

export function listRecordings(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.http'))
}

/** The request's bytes, and its head and body apart (the body without chunked framing). */
export function readRecording(name: string): { bytes: Buffer; head: string; body: Buffer } {
  const bytes = readFileSync(join(FOLDER, name))
  const headBytes = bytes.indexOf(HEAD_END)
  const head = bytes.subarray(0, headBytes).toString('latin1')
  const body = bytes.subarray(headBytes + HEAD_END.length)
  return { bytes, head, body: /^transfer-encoding: *chunked/im.test(head) ? joinChunks(body) : body }
}

function joinChunks(framed: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; at < framed.length;) {
    const lineEnd = framed.indexOf('\r\n', at)
    const size = Number.parseInt(framed.subarray(at, lineEnd).toString('latin1'), 16)
    if (!(size > 0)) break
    chunks.push(framed.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(chunks)
}

/** Sends a recording with no other change than its `Host`, and what a tunnel changes that passes it on. */
export async function replayRecording(name: string, url: string): Promise<Answer> {
  const { bytes, head } = readRecording(name)
  const rewritten = head
    .replace(/^(host: *)[^\r\n]*/im, `$1${new URL(url).host}`)
    .replace(/^POST \/tunnel /, 'POST /api/1/envelope/ ')
  return sendRaw(Buffer.concat([Buffer.from(rewritten, 'latin1'), bytes.subarray(head.length)]), url)
}

/** Writes bytes to the server's socket and reads one answer. */
export function sendRaw(bytes: Buffer, url: string): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    let received = Buffer.alloc(0)
    const finish = (answer: Answer | null, reason?: string) => {
      socket.destroy()
      if (answer === null) reject(new Error(`no whole answer: ${reason}; received ${received.toString('latin1')}`))
      else resolve(answer)
    }
    socket.setTimeout(ANSWER_WITHIN_MS, () => finish(null, 'timed out'))
    socket.once('connect', () => socket.write(bytes))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const answer = readAnswer(received, false)
      if (answer !== null) finish(answer)
    })
    socket.once('end', () => finish(readAnswer(received, true), 'the connection ended'))
    socket.once('error', (error) => finish(readAnswer(received, true), error.message))
  })
}

/** @returns null while the answer is not whole. */
function readAnswer(received: Buffer, isEnd: boolean): Answer | null {
  const headBytes = received.indexOf(HEAD_END)
  if (headBytes < 0) return null
  const [statusLine = '', ...lines] = received.subarray(0, headBytes).toString('latin1').split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const body = received.subarray(headBytes + HEAD_END.length)
  const length = headers.get('content-length')
  const isWhole = length === undefined ? isEnd : body.length >= Number(length)
  return isWhole ? { status: Number(statusLine.split(' ')[1]), headers, body: body.toString('utf8') } : null
}
