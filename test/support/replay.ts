// Sends recorded requests as they were recorded: over a plain socket, since any HTTP client would tidy them up.

import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { readAnswer, splitRequest } from './raw-http.ts'
import type { Answer } from './raw-http.ts'

/** Others than the project's own, for who looks into what an SDK sends. */
const FOLDER = process.env.REPLAY_FOLDER ?? join(import.meta.dirname, '../fixtures/requests')
const ANSWER_WITHIN_MS = 15_000

export function listRecordings(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.http'))
}

/** The request's bytes, and its head and body apart (the body without chunked framing). */
export function readRecording(name: string): { bytes: Buffer; head: string; body: Buffer } {
  const bytes = readFileSync(join(FOLDER, name))
  return { bytes, ...splitRequest(bytes) }
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
      const found = readAnswer(received)
      if (found !== null) finish(found.answer)
    })
    socket.once('end', () => finish(readAnswer(received, true)?.answer ?? null, 'the connection ended'))
    socket.once('error', (error) => finish(readAnswer(received, true)?.answer ?? null, error.message))
  })
}
