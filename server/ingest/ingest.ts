// Way in 1: what Sentry's SDKs send. README.md has the endpoints, limits and differences from the original.
//
//   authenticate -> read the body -> decode -> split the envelope -> prepare each event -> batch -> 200 -> publish
//
// The handler sits beside Fastify, not in it: Fastify's own work costs as much as all of ours (docs/decisions).

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pool } from 'pg'
import type { Change, Publish } from '../domain/change.ts'
import { AppError } from '../errors.ts'
import { authorize } from './authorize.ts'
import { createBatcher } from './batcher.ts'
import { createBodyBudget } from './body-budget.ts'
import { createClientKeys, type ClientKeyRecord } from './client-keys.ts'
import { decodeBody } from './decode-body.ts'
import { IngestError } from './ingest-error.ts'
import * as limits from './limits.ts'
import { matchIngestPath, type IngestPath } from './match-ingest-path.ts'
import type { NormalizeContext } from './normalize.ts'
import { createOutcomes } from './outcomes.ts'
import { parseEnvelope, type Envelope } from './parse-envelope.ts'
import { persistBatch, type PersistedEvent } from './persist-batch.ts'
import { prepareEvent, type PreparedEvent } from './prepare-event.ts'
import { readBody, overloaded, type Reservation } from './read-body.ts'
import { readCredentials, readDsn, type Credentials } from './read-credentials.ts'
import { readStoreBody } from './read-store-body.ts'
import { respondAccepted, respondPreflight, respondRefused } from './respond.ts'
import { createRollUp } from './roll-up.ts'
import { isOutage } from './is-outage.ts'

export interface IngestDependencies {
  pool: Pool
  publish: Publish
  /** Tells of changes, other processes' too; returns how to stop listening. */
  onChanges(listener: (changes: readonly Change[]) => void): () => void
  /** The client's address as the trusted proxies tell it. */
  clientAddress(request: IncomingMessage): string | null
  log: { error(details: object, message: string): void; warn(details: object, message: string): void }
  /** Milliseconds since the epoch. */
  clock(): number
}

export interface IngestGauges {
  /** `<outcome>:<reason>` and how many, since the start. */
  outcomes: ReadonlyMap<string, number>
  eventsWaiting: number
  bodyBytesInFlight: number
}

export interface Ingest {
  /** Whether a request's URL is an SDK's. */
  handles(url: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
  gauges(): IngestGauges
  /** Adds what is tallied to the tag counts and outcomes now, instead of within a second. */
  rollUp(): Promise<void>
  /** Writes what waits. No request may come afterwards. */
  stop(): Promise<void>
}

/** A drift of the client's clock below this is left alone: it may be the network. */
const CLOCK_DRIFT_MS_MIN = 55 * 60 * 1_000

export function createIngest({ pool, publish, onChanges, clientAddress, log, clock }: IngestDependencies): Ingest {
  const budget = createBodyBudget(limits.BODY_BYTES_IN_FLIGHT_MAX)
  const keys = createClientKeys(pool)
  const outcomes = createOutcomes(pool, clock)
  const rollUp = createRollUp(pool, (error) => {
    if (!isOutage(error)) log.error({ err: error }, 'tallies could not be rolled up')
  })
  const stopListening = onChanges((changes) => {
    if (changes.some((change) => change.type === 'project')) keys.forget()
  })
  const batcher = createBatcher<PreparedEvent, PersistedEvent | null>({
    write: (events) => writeAndPublish(events),
    sizeOf: (event) => event.payload.length + event.tags.length,
    refuse(event, error) {
      log.error({ err: error, eventId: event.eventId, projectId: event.projectId }, 'an event could not be written')
      return null
    },
    isOutage,
    writers: limits.WRITERS,
    batchItemsMax: limits.BATCH_EVENTS_MAX,
    batchBytesMax: limits.BATCH_BYTES_MAX,
    queueItemsMax: limits.QUEUE_EVENTS_MAX,
    queueBytesMax: limits.QUEUE_BYTES_MAX,
  })

  async function writeAndPublish(events: PreparedEvent[]): Promise<PersistedEvent[]> {
    const results = await persistBatch(pool, events)
    const changes: Change[] = []
    const kinds = new Map<string, Change & { type: 'issue' }>()
    for (const [index, event] of events.entries()) {
      const { stored, issueId, day, change } = results[index] as PersistedEvent
      if (!stored) continue
      const { projectId, eventId } = event
      changes.push({ type: 'event', key: { projectId, day, eventId }, issueId: String(issueId) })
      const name = `${projectId}:${issueId}`
      if (!kinds.has(name)) kinds.set(name, { type: 'issue', projectId, issueId: String(issueId), kind: change })
    }
    // After the answers: who waits for a 200 waits for the commit, not for subscribers.
    if (changes.length > 0) setImmediate(() => publish([...kinds.values(), ...changes]))
    return results
  }

  /** Stores one event. @returns its id; null when it was none of ours or cannot be stored. */
  async function acceptEvent(key: ClientKeyRecord, payload: Buffer, context: NormalizeContext): Promise<string | null> {
    let event: PreparedEvent | null
    try {
      event = prepareEvent(key.projectId, payload, context)
    } catch (error) {
      outcomes.count(key.projectId, 'dropped', 'invalid', 'error')
      throw error
    }
    if (event === null) {
      outcomes.count(key.projectId, 'unsupported', '', 'transaction')
      return context.eventId
    }
    const adding = batcher.add(event)
    if (adding === null) {
      outcomes.count(key.projectId, 'dropped', 'queue_full', 'error')
      throw overloaded()
    }
    const result = await adding.catch((error: unknown) => {
      outcomes.count(key.projectId, 'dropped', 'unavailable', 'error')
      throw error
    })
    if (result === null) outcomes.count(key.projectId, 'dropped', 'invalid', 'error')
    else if (result.stored) outcomes.count(key.projectId, 'accepted', '', 'error')
    else outcomes.count(key.projectId, 'dropped', 'duplicate', 'error')
    return event.eventId
  }

  async function acceptEnvelope(
    key: ClientKeyRecord,
    envelope: Envelope,
    context: NormalizeContext,
  ): Promise<string | null> {
    const accepting: Promise<string | null>[] = []
    let headerIdIsFree = true
    for (const item of envelope.items) {
      if (item.type !== 'event') {
        outcomes.count(key.projectId, 'unsupported', '', item.type)
      } else if (item.payload.length > limits.EVENT_BYTES_MAX) {
        outcomes.count(key.projectId, 'dropped', 'too_large', 'error')
      } else {
        // The header's id is the first event's; further ones have their own.
        const eventId = headerIdIsFree ? context.eventId : null
        headerIdIsFree = false
        accepting.push(acceptEvent(key, item.payload, { ...context, eventId }))
      }
    }
    const settled = await Promise.allSettled(accepting)
    let firstId = context.eventId
    for (const result of settled) {
      if (result.status === 'fulfilled') firstId ??= result.value
      // An event that cannot be read is counted and does not fail the envelope; a full queue or an absent database does,
      // since the client may send all of it again: what was stored is not stored twice.
      else if (!(result.reason instanceof AppError)) throw result.reason
    }
    return firstId
  }

  async function answer(
    request: IncomingMessage,
    path: IngestPath,
    url: string,
    reservation: Reservation,
  ): Promise<string | null> {
    const receivedAtMs = clock()
    const credentials = readCredentials(request, url)
    let key = credentials === null ? null : await authorize(keys, credentials, path.projectId, receivedAtMs)
    const isEnvelope =
      path.endpoint === 'envelope' || request.headers['content-type']?.startsWith('application/x-sentry-envelope') === true
    if (key === null && !isEnvelope) throw missingCredentials()

    const wireBody = await readBody(request, budget, reservation)
    const body = await decodeBody(wireBody, request.headers['content-encoding'], budget, reservation)
    const context: NormalizeContext = {
      receivedAtMs,
      eventId: null,
      clockDriftMs: 0,
      clientIp: clientAddress(request),
      userAgent: request.headers['user-agent'] ?? null,
      sdkFallback: readClient(credentials?.client ?? null),
    }
    if (!isEnvelope && key !== null) {
      const json = await readStoreBody(body, budget, reservation)
      keys.markUsed(key.id, receivedAtMs)
      return acceptEvent(key, json, context)
    }
    const envelope = parseEnvelope(body)
    const dsn = readDsn(envelope.header['dsn'])
    if (key === null) {
      if (dsn === null) throw missingCredentials()
      key = await authorize(keys, dsn, path.projectId ?? dsn.projectId, receivedAtMs)
    }
    checkSameDsn(dsn, credentials, key)
    keys.markUsed(key.id, receivedAtMs)
    return acceptEnvelope(key, envelope, {
      ...context,
      eventId: readEventId(envelope.header['event_id']),
      clockDriftMs: readClockDrift(envelope.header['sent_at'], receivedAtMs),
    })
  }

  async function serve(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const path = matchIngestPath(url)
    const reservation: Reservation = { bytes: 0 }
    try {
      if (path === null) throw new IngestError(404, 'no such endpoint')
      if (request.method === 'OPTIONS') return respondPreflight(response)
      if (request.method !== 'POST') throw new IngestError(405, 'method not allowed: use POST')
      respondAccepted(response, await answer(request, path, url, reservation))
    } catch (error) {
      const refusal = toRefusal(error)
      if (refusal.status === 500) log.error({ err: error, url: path?.endpoint }, 'a request of an SDK failed')
      await respondRefused(request, response, refusal)
    } finally {
      budget.give(reservation.bytes)
    }
  }

  return {
    handles: (url) => matchIngestPath(url) !== null,
    handle(request, response) {
      void serve(request, response, request.url ?? '/')
    },
    gauges: () => ({
      outcomes: outcomes.totals(),
      eventsWaiting: batcher.waiting(),
      bodyBytesInFlight: budget.inUse(),
    }),
    rollUp: () => rollUp.run(),
    async stop() {
      stopListening()
      await batcher.drain()
      await Promise.all([rollUp.stop(), outcomes.stop(), keys.stop()])
    },
  }
}

function missingCredentials(): IngestError {
  return new IngestError(401, 'missing authorization information')
}

/** Where both the request and the envelope name a DSN, they must be one. */
function checkSameDsn(dsn: Credentials | null, credentials: Credentials | null, key: ClientKeyRecord): void {
  if (dsn === null || credentials === null) return
  if (dsn.publicKey === credentials.publicKey && dsn.projectId === key.projectId) return
  throw new IngestError(400, 'invalid event envelope', { causes: ['dsn header mismatch between envelope and request'] })
}

/** @returns 32 lower-case hex digits; null for what is no id, so that one is made. */
function readEventId(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const id = value.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(id) ? id : null
}

function readClockDrift(sentAt: unknown, receivedAtMs: number): number {
  const sentAtMs = typeof sentAt === 'string' && sentAt.length < 64 ? Date.parse(sentAt) : Number.NaN
  const driftMs = receivedAtMs - sentAtMs
  return Math.abs(driftMs) >= CLOCK_DRIFT_MS_MIN ? driftMs : 0
}

/** `sentry.go/0.20.0` or `raven-go 0.2`. */
function readClient(client: string | null): { name: string; version: string | null } | null {
  if (client === null) return null
  const [name, version] = client.split(/[/ ]/, 2)
  return name === undefined || name === '' ? null : { name, version: version ?? null }
}

function toRefusal(error: unknown): IngestError {
  if (error instanceof IngestError) return error
  if (error instanceof AppError) return new IngestError(400, error.message)
  if (isOutage(error)) {
    return new IngestError(503, 'the database is not available: try again later', {
      retryAfterSeconds: limits.RETRY_AFTER_SECONDS,
    })
  }
  return new IngestError(500, 'internal error')
}
