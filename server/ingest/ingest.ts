// Way in 1: what Sentry's SDKs send. README.md has the endpoints, limits and differences from the original.
//
//   authenticate -> read the body -> decode -> split the envelope -> prepare each event -> batch -> 200 -> publish
//
// The handler sits beside Fastify, not in it: Fastify's own work for a request costs a good part of what all of ours does.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pool } from 'pg'
import type { Change, Publish } from '../domain/change.ts'
import type { MonitorFailure } from '../domain/monitor.ts'
import type { DropReason } from '../domain/outcome.ts'
import { readProjectSettings } from '../domain/project-settings.ts'
import { AppError } from '../errors.ts'
import { createEventAcceptor } from './accept-events.ts'
import { createItemAcceptor } from './accept-items.ts'
import { authorize, readPage } from './authorize.ts'
import { createBodyBudget } from './body-budget.ts'
import { createClientKeys, type ClientKeyRecord } from './client-keys.ts'
import { createClientWatch } from './client-watch.ts'
import { decodeBody } from './decode-body.ts'
import { ENVELOPE, type Endpoint } from './endpoints.ts'
import { createEventQuota } from './event-quota.ts'
import { createFeedbackStore } from './feedback-store.ts'
import { IngestError } from './ingest-error.ts'
import { isOutage } from './is-outage.ts'
import type { ItemContext, ItemHandler, ItemsHandler } from './item-handler.ts'
import { createAttachmentHandler } from './items/attachment.ts'
import { createCheckInHandler } from './items/check-in.ts'
import { createClientReportHandler } from './items/client-report.ts'
import { createFeedbackHandler, createUserReportHandler } from './items/feedback.ts'
import { createSessionHandler } from './items/session.ts'
import { createTransactionHandler } from './items/transaction.ts'
import { BODY_BYTES_IN_FLIGHT_MAX, RETRY_AFTER_SECONDS } from './limits.ts'
import { makeMonitorEvent } from './make-monitor-event.ts'
import { matchIngestPath, type IngestPath } from './match-ingest-path.ts'
import { createOutcomes } from './outcomes.ts'
import { readClockDrift, readEventId, type Envelope } from './parse-envelope.ts'
import { discardBody, readBody, type Reservation } from './read-body.ts'
import { readClient, readCredentials, readDsn, readOldClient, type Credentials } from './read-credentials.ts'
import { compileRules } from './project-rules.ts'
import { createReleaseNames } from './release-names.ts'
import { createReportDialog, type ReportDialog } from './report-dialog.ts'
import { respondPreflight, respondRefused } from './respond.ts'
import { createRollUp } from './roll-up.ts'
import { routeTransactions } from './route-transactions.ts'
import { createUploads, UPLOAD } from './uploads.ts'

export interface IngestDependencies {
  pool: Pool
  publish: Publish
  /** Tells of changes, other processes' too; returns how to stop listening. */
  onChanges(listener: (changes: readonly Change[]) => void): () => void
  /** The client's address as the trusted proxies tell it. */
  clientAddress(request: IncomingMessage): string | null
  /** What a project may store that sets nothing of its own; 0 for no limit. */
  eventsPerMinute: number
  /** Told when an issue has to learn of a check-in of a monitor: the clock of the monitors does that. */
  onMonitorAlert(): void
  log: { error(details: object, message: string): void }
  /** Milliseconds since the epoch. */
  clock(): number
}

interface IngestGauges {
  /** `<outcome>:<reason>` and how many, since the start. */
  outcomes: ReadonlyMap<string, number>
  eventsWaiting: number
  bodyBytesInFlight: number
}

export interface Ingest {
  /** Whether a request's URL is an SDK's. */
  handles(url: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Stores an event that tells of the failure: once, however often it is asked. @throws what `acceptEvent` throws. */
  reportMonitorFailure(failure: MonitorFailure): Promise<void>
  /** What the form does that pages show when an error happened. */
  reportDialog: ReportDialog
  gauges(): IngestGauges
  /** Adds what is tallied to the tag counts and outcomes now, instead of within a second. */
  rollUp(): Promise<void>
  /** Writes what waits. No request may come afterwards. */
  stop(): Promise<void>
}

/** A request that was read. */
interface Received {
  endpoint: Endpoint
  envelope: Envelope
  context: ItemContext
}

/** What is known of a request while it is answered. */
interface RequestState {
  reservation: Reservation
  key: ClientKeyRecord | null
  /** What it calls itself. */
  client: string | null
  /** Its items have their outcomes; before that, a refusal is one. */
  isCounted: boolean
}

export function createIngest({
  pool,
  publish,
  onChanges,
  clientAddress,
  log,
  clock,
  eventsPerMinute,
  onMonitorAlert,
}: IngestDependencies): Ingest {
  const budget = createBodyBudget(BODY_BYTES_IN_FLIGHT_MAX)
  const keys = createClientKeys(pool)
  const outcomes = createOutcomes(pool, clock)
  const clients = createClientWatch({ pool, keys, clientAddress, clock })
  const transactions = createTransactionHandler({ pool, log })
  const quota = createEventQuota(eventsPerMinute)
  const releaseNames = createReleaseNames(pool, clock)
  const allEvents = createEventAcceptor({ pool, publish, outcomes, quota, releaseNames, log })
  const events = routeTransactions({ events: allEvents, transactions, outcomes })
  // One for each family of items beside events: items/<family>.ts.
  const feedback = createFeedbackStore({ pool, publish, onChanges, sampledIssue: quota.sampledIssue, log })
  const handlers: (ItemHandler | ItemsHandler)[] = [
    transactions,
    createClientReportHandler({ outcomes }),
    createAttachmentHandler({ pool, log }),
    createFeedbackHandler({ feedback }),
    createUserReportHandler({ feedback }),
    createSessionHandler({ pool, releaseNames, outcomes, eventsPerMinute, log }),
    createCheckInHandler({ pool, onAlert: onMonitorAlert, log }),
  ]
  const uploads = createUploads({ pool, budget })
  const items = createItemAcceptor({ events, handlers, outcomes, onBadItem: clients.noteBadItem })
  const rollUp = createRollUp(pool, (error) => {
    if (!isOutage(error)) log.error({ err: error }, 'tallies could not be rolled up')
  })
  const stopListening = onChanges((changes) => {
    if (changes.some((change) => change.type === 'project')) keys.forget()
  })

  /** @returns null where all is done: an upload answers for itself. */
  async function receive(
    request: IncomingMessage,
    response: ServerResponse,
    path: IngestPath,
    url: string,
    state: RequestState,
  ): Promise<Received | null> {
    const receivedAtMs = clock()
    const credentials = readCredentials(request, url, path.params['key'])
    state.client = credentials?.client ?? null
    const page = readPage(request)
    if (credentials !== null) {
      const authorized = authorize(keys, credentials, path.projectId, page, receivedAtMs)
      state.key = authorized instanceof Promise ? await authorized : authorized
    }
    // Sentry takes an envelope on `/store/` too, when the content type says so.
    const contentType = (request.headers['content-type'] ?? '').toLowerCase()
    const endpoint = contentType.startsWith('application/x-sentry-envelope') ? ENVELOPE : path.endpoint
    if (state.key === null && endpoint !== ENVELOPE) throw missingCredentials()
    if (endpoint === UPLOAD && state.key !== null) {
      const { projectId } = state.key
      state.isCounted = true
      await uploads.take(request, response, { projectId, id: path.params['upload'] ?? null, url, nowMs: receivedAtMs })
      return null
    }

    const wireBody = await readBody(request, budget, state.reservation)
    const decoded = decodeBody(wireBody, request.headers['content-encoding'], budget, state.reservation)
    const read = endpoint.read({
      method: request.method ?? 'POST',
      body: decoded instanceof Promise ? await decoded : decoded,
      contentType,
      contentTypeSent: request.headers['content-type'] ?? '',
      url,
      params: path.params,
      userAgent: request.headers['user-agent'] ?? null,
      receivedAtMs,
      budget,
      reservation: state.reservation,
    })
    const envelope = read instanceof Promise ? await read : read
    const dsn = readDsn(envelope.header['dsn'])
    if (state.key === null) {
      if (dsn === null) throw missingCredentials()
      state.key = await authorize(keys, dsn, path.projectId ?? dsn.projectId, page, receivedAtMs)
    }
    checkSameDsn(dsn, credentials, state.key)
    state.isCounted = true
    const context: ItemContext = {
      key: state.key,
      projectId: state.key.projectId,
      receivedAtMs,
      eventId: readEventId(envelope.header['event_id']),
      clockDriftMs: readClockDrift(envelope.header['sent_at'], receivedAtMs),
      clientIp: clientAddress(request),
      userAgent: request.headers['user-agent'] ?? null,
      sdkFallback: readClient(credentials?.client ?? readOldClient(request.headers['user-agent'])),
      envelopeHeader: envelope.header,
    }
    return { endpoint, envelope, context }
  }

  /** @returns the event's id; null for an envelope without one. */
  function accept(received: Received | null): Promise<string | null> | null {
    if (received === null) return null
    const { endpoint, envelope, context } = received
    clients.noteUse(context, envelope.items)
    const [item] = envelope.items
    if (endpoint.refusesBadItem && item?.type === 'event') {
      return events.acceptEvent(context.projectId, item.payload, context)
    }
    return items.acceptItems(envelope, context)
  }

  /** A step of its own, since whoever waits for both would keep the body until all of it is written. */
  function take(...request: Parameters<typeof receive>): Promise<string | null> {
    return receive(...request).then(accept)
  }

  async function answer(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const state: RequestState = { reservation: { bytes: 0 }, key: null, client: null, isCounted: false }
    const path = matchIngestPath(url)
    try {
      if (path === null) throw new IngestError(404, 'no such endpoint')
      if (request.method === 'OPTIONS') return respondPreflight(response)
      if (!path.endpoint.methods.includes(request.method ?? '')) {
        const { methods } = path.endpoint
        throw new IngestError(405, `method not allowed: use ${methods.join(' or ')}`, {
          allow: [...methods, 'OPTIONS'].join(', '),
        })
      }
      const eventId = await take(request, response, path, url, state)
      path.endpoint.respond(response, eventId, request.method ?? 'POST')
    } catch (error) {
      const refusal = toRefusal(error)
      if (refusal.status === 500) log.error({ err: error }, 'a request of an SDK failed')
      const reason = DROP_REASONS.get(refusal.status)
      if (!state.isCounted && reason !== undefined) {
        outcomes.count(state.key?.projectId ?? refusal.projectId, 'dropped', reason, 'unknown')
      }
      if (refusal.status === 429 && path?.endpoint.neverSaysWait === true) {
        await discardBody(request)
        return path.endpoint.respond(response, null, request.method ?? 'POST')
      }
      clients.noteRefusal(request, refusal, {
        key: state.key,
        projectId: state.key?.projectId ?? path?.projectId ?? null,
        client: state.client,
      })
      await respondRefused(request, response, refusal)
    } finally {
      budget.give(state.reservation.bytes)
    }
  }

  async function reportMonitorFailure(failure: MonitorFailure): Promise<void> {
    const { projectId } = failure
    const { eventId, payload } = makeMonitorEvent(failure)
    await allEvents.acceptEvent(projectId, payload, {
      ...{ key: { ...OWN_KEY, projectId }, receivedAtMs: clock(), eventId, clockDriftMs: 0 },
      ...{ clientIp: null, userAgent: null, sdkFallback: null },
    })
  }

  return {
    reportMonitorFailure,
    handles: (url) => matchIngestPath(url) !== null,
    handle(request, response) {
      void answer(request, response, request.url ?? '/')
    },
    reportDialog: createReportDialog({ keys, feedback, outcomes, clock }),
    gauges: () => ({
      outcomes: outcomes.totals(),
      eventsWaiting: events.eventsWaiting(),
      bodyBytesInFlight: budget.inUse(),
    }),
    rollUp: () => rollUp.run(),
    async stop() {
      stopListening()
      await Promise.all([events.drain(), ...handlers.map((handler) => handler.stop?.())])
      await Promise.all([rollUp.stop(), outcomes.stop(), keys.stop(), clients.stop(), releaseNames.stop()])
    },
  }
}

/** For events of our own, which no limit and no filter is meant for: check-ins have theirs. */
const OWN_KEY: Omit<ClientKeyRecord, 'projectId'> = {
  ...{ id: 0, active: true, expiresAtMs: null, trackingEnabled: true, backend: 'INTEGRATED' },
  ...{ eventsPerMinute: null, allowedOrigins: null },
  ...compileRules(readProjectSettings({ eventsPerMinute: 0 })),
}

/** What a request that is refused as a whole counts as. What has no items (404, 405) counts as nothing. */
const DROP_REASONS: ReadonlyMap<number, DropReason> = new Map([
  [400, 'invalid'],
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [413, 'too_large'],
  [415, 'invalid'],
  [429, 'queue_full'],
  [500, 'internal'],
  [503, 'unavailable'],
])

function missingCredentials(): IngestError {
  return new IngestError(401, 'missing authorization information')
}

/** Where both the request and the envelope name a DSN, they must be one. */
function checkSameDsn(dsn: Credentials | null, credentials: Credentials | null, key: ClientKeyRecord): void {
  if (dsn === null || credentials === null) return
  if (dsn.publicKey === credentials.publicKey && dsn.projectId === key.projectId) return
  throw new IngestError(400, 'invalid event envelope', {
    causes: ['dsn header mismatch between envelope and request'],
    code: 'dsn_mismatch',
  })
}

function toRefusal(error: unknown): IngestError {
  if (error instanceof IngestError) return error
  if (error instanceof AppError) return new IngestError(400, error.message, { code: 'invalid_json' })
  if (isOutage(error)) {
    return new IngestError(503, 'the database is not available: try again later', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    })
  }
  return new IngestError(500, 'internal error')
}
