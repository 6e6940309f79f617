// The load generator, a process of its own: keep-alive connections that send one envelope after the other. Plain sockets,
// since an HTTP client would take more of the two cores than the server under test.
//
//   node test/bench/load.ts '{"port":4000,"publicKey":"...","connections":64,"forMs":10000,"perSecond":null}'
//
// Tells its parent how many were answered 200, how long they took, and the ids that were answered.

import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { buildTemplates, type EnvelopeTemplate } from './envelope-templates.ts'
import { createSessionRequests } from './session-requests.ts'

export interface LoadOptions {
  port: number
  publicKey: string
  connections: number
  forMs: number
  /** In all, over every connection; null: as fast as answers come. */
  perSecond: number | null
  /** So many sessions in each envelope instead of an event. */
  sessionsPerEnvelope?: number
  /** Each of them is of somebody who had none before. */
  isOfNewPeople?: boolean
}

export interface LoadResult {
  answered: number
  refused: number
  seconds: number
  p50Ms: number
  p99Ms: number
  /** Event ids that were answered 200, joined by nothing: 32 characters each. */
  eventIds: string
}

const ISSUES = 300
const USERS = 5_000

function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { sessionsPerEnvelope, isOfNewPeople = false, publicKey } = options
  const nextEvent = createEventRequests(publicKey)
  const startedAt = performance.now()
  const endsAt = startedAt + options.forMs
  const tookMs: number[] = []
  const eventIds: string[] = []
  let refused = 0
  let sent = 0
  let open = options.connections
  const finished = Promise.withResolvers<LoadResult>()

  function finish(): void {
    tookMs.sort((a, b) => a - b)
    const at = (share: number): number => tookMs[Math.floor(tookMs.length * share)] ?? Number.NaN
    finished.resolve({
      answered: tookMs.length,
      refused,
      seconds: (performance.now() - startedAt) / 1_000,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      eventIds: eventIds.join(''),
    })
  }

  function openConnection(): void {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true })
    let eventId = ''
    // A session's updates come one after the other.
    const nextSessions =
      sessionsPerEnvelope === undefined
        ? null
        : createSessionRequests({ publicKey, perEnvelope: sessionsPerEnvelope, isOfNewPeople })
    let sentAt = 0
    let answer = ''
    const send = (): void => {
      const now = performance.now()
      if (now >= endsAt) return void socket.end()
      const dueAt = options.perSecond === null ? now : startedAt + (sent / options.perSecond) * 1_000
      sent += 1
      if (dueAt - now > 1) setTimeout(write, dueAt - now)
      else write()
    }
    const write = (): void => {
      let request: Buffer
      if (nextSessions === null) ({ eventId, request } = nextEvent())
      else request = nextSessions()
      sentAt = performance.now()
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (!answer.endsWith('}')) return
      if (answer.startsWith('HTTP/1.1 200')) {
        tookMs.push(performance.now() - sentAt)
        if (eventId !== '') eventIds.push(eventId)
      } else refused += 1
      answer = ''
      send()
    })
    socket.on('error', () => (refused += 1))
    socket.on('close', () => {
      open -= 1
      if (open === 0) finish()
    })
  }

  for (let index = 0; index < options.connections; index += 1) openConnection()
  return finished.promise
}

function createEventRequests(publicKey: string): () => { eventId: string; request: Buffer } {
  const templates = buildTemplates(ISSUES, publicKey)
  return () => {
    const template = templates[Math.floor(Math.random() * ISSUES)] as EnvelopeTemplate
    const eventId = randomBytes(16).toString('hex')
    for (const at of template.eventIdAt) template.request.write(eventId, at, 'latin1')
    template.request.write(String(Math.floor(Math.random() * USERS)).padStart(5, '0'), template.userAt, 'latin1')
    // A copy, since the template is overwritten before the kernel has taken every byte of it.
    return { eventId, request: Buffer.from(template.request) }
  }
}

const argument = process.argv[2]
if (argument !== undefined) {
  const result = await runLoad(JSON.parse(argument) as LoadOptions)
  process.send?.(result, () => process.disconnect())
}
