// Holds what a server shows against what the requests of SDKs said: each item by its type, through GraphQL alone. It is
// the same for a request that a real SDK sent a moment ago and for one that was recorded once.

import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { EVENT, FEEDBACK, MONITORS, OUTCOMES, PROJECT_PATH, RECEIVED, RELEASES } from './arrival-queries.ts'
import type { ArrivedEvent, ArrivedFeedback, ArrivedMonitor, ArrivedRelease, OutcomeCount } from './arrival-queries.ts'
import { describeEvent, describeTransaction, readTags, readTime, readTraceId } from './describe-event.ts'
import { createOutcomeCount } from './count-outcomes.ts'
import { createSessionCount } from './count-sessions.ts'
import { eventIdOf, readJson, undashed } from './read-request.ts'
import type { Json, SentItem, SentRequest } from './read-request.ts'
import { until } from './until.ts'

interface Place {
  api: Pick<ApiClient, 'gql' | 'subscribe'>
  /** Without a slash at its end. */
  url: string
  token: string
}

export interface Arrivals {
  /** @throws unless all of what the request held is there to be read. */
  check(request: SentRequest): Promise<void>
  /**
   * @throws unless everything that was checked so far, and nothing else, was counted as what it became, each session and
   * each run of a job once, and each event knows the transactions of its trace.
   */
  checkWhole(): Promise<void>
  /** The event with the id that its SDK gave it. */
  findEvent(eventId: string): Promise<ArrivedEvent>
}

/** From now on what arrives in `acme/shop`, which has nothing yet, can be found. */
export async function watchArrivals({ api, url, token }: Place): Promise<Arrivals> {
  const path = PROJECT_PATH
  const { project } = await api.gql<{ project: { id: string } }>(
    'query ($path: String!) { project(path: $path) { id } }',
    { path },
  )
  const received = await api.subscribe<{ eventReceived: { id: string; eventId: string } }>(RECEIVED, {
    project: project.id,
  })
  const outcomes = createOutcomeCount()
  const sessions = createSessionCount()
  const seen = new Set<string>()
  const eventsByTrace = new Map<string, string>()
  const checkIns = new Map<string, Json>()
  const transactions: { eventId: string; sent: Json }[] = []

  async function findEvent(eventId: string): Promise<ArrivedEvent> {
    const { eventReceived } = await received.find((message) => message.eventReceived.eventId === eventId)
    const { node } = await api.gql<{ node: ArrivedEvent }>(EVENT, { id: eventReceived.id })
    return node
  }

  async function checkEvent(eventId: string, sent: Json, { client }: SentRequest): Promise<void> {
    const event = await findEvent(eventId)
    const { user, ...expected } = describeEvent(sent, client)
    expect(event).toMatchObject(expected)
    const at = readTime(sent.timestamp)
    if (at !== null) expect(Math.abs(Date.parse(event.timestamp) - at)).toBeLessThanOrEqual(1)
    // Who it is may be known from the request, too.
    if (user !== null && Object.values(user).some((value) => value !== null)) expect(event.user).toMatchObject(user)
    for (const [key, value] of readTags(sent)) expect(event.tags).toContainEqual({ key, value })
    expect(Object.keys(event.extra)).toEqual(
      expect.arrayContaining(Object.keys((sent.extra as Json | undefined) ?? {})),
    )
    const traceId = readTraceId(sent)
    expect(event.trace?.traceId ?? null).toBe(traceId)
    if (traceId !== null) eventsByTrace.set(traceId, eventId)
    expect(event.issue.title).not.toMatch(/^(?:<unlabeled event>)?$/)
  }

  /** Each by its name, and with its bytes as they are downloaded. */
  async function checkFiles(eventId: string, files: SentItem[]): Promise<void> {
    const { attachments } = await findEvent(eventId)
    expect(attachments.map(({ name, size }) => ({ name, size })).toSorted(byName)).toEqual(
      files.map(({ header, payload }) => ({ name: String(header.filename), size: payload.length })).toSorted(byName),
    )
    for (const { header, payload } of files) {
      const found = attachments.find(({ name, size }) => name === header.filename && size === payload.length)!
      const answer = await fetch(url + found.downloadPath, { headers: { Authorization: `Bearer ${token}` } })
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect({ status: answer.status, bytes }).toEqual({ status: 200, bytes: payload })
      // `application/octet-stream` says nothing; then its name does.
      const { content_type: type } = header
      if (typeof type === 'string' && !type.endsWith('/octet-stream')) expect(found.contentType).toBe(type)
    }
  }

  async function checkFeedback(sent: ArrivedFeedback): Promise<void> {
    const { project } = await api.gql<{ project: { feedback: { nodes: ArrivedFeedback[] } } }>(FEEDBACK, { path })
    expect(project.feedback.nodes).toContainEqual(sent)
  }

  /** Only the last that was told of a run is kept, and the schedule that any told. */
  function keepCheckIn(sent: Json): void {
    const id = String(sent.check_in_id)
    const config = sent.monitor_config ?? checkIns.get(id)?.monitor_config
    checkIns.set(id, { ...sent, monitor_config: config })
  }

  /** Where no check-in has told a schedule there is no monitor. */
  async function checkCheckIn({
    monitor_slug: slug,
    environment,
    check_in_id: id,
    status,
    monitor_config: config,
  }: Json) {
    const { project } = await api.gql<{ project: { monitors: ArrivedMonitor[] } }>(MONITORS, { path })
    const monitor = project.monitors.find((found) => found.slug === slug)
    if (monitor === undefined) return expect((config as Json | undefined)?.schedule).toBeUndefined()
    const found = monitor.environments.find(({ name }) => name === environment)
    expect(found?.checkIns).toContainEqual({ id: undashed(String(id)), status: String(status).toUpperCase() })
    expect(found?.nextExpectedAt).not.toBeNull()
  }

  /** One of a trace without an error is counted, and told nowhere. */
  async function checkTransaction({ eventId, sent }: (typeof transactions)[number]): Promise<void> {
    const ofTrace = eventsByTrace.get(readTraceId(sent) ?? '')
    if (ofTrace === undefined) return
    const { trace } = await findEvent(ofTrace)
    const found = trace?.transactions.find((transaction) => transaction.eventId === eventId)
    expect(found).toMatchObject(describeTransaction(sent))
    expect(found?.durationMs).toBeGreaterThanOrEqual(0)
  }

  async function readOutcomes(): Promise<OutcomeCount[]> {
    const { project } = await api.gql<{ project: { outcomes: OutcomeCount[] } }>(OUTCOMES, { path })
    return project.outcomes.toSorted(byOutcome)
  }

  /** Those of which there was a session. */
  async function readReleases(): Promise<ArrivedRelease[]> {
    const { project } = await api.gql<{ project: { releases: { nodes: ArrivedRelease[] } } }>(RELEASES, { path })
    const { nodes } = project.releases
    return nodes.filter((release) => release.sessions > 0).toSorted(byRelease)
  }

  return {
    findEvent,
    async check(request) {
      outcomes.add(request)
      sessions.add(request)
      for (const item of request.items) {
        if (item.type === 'feedback') await checkFeedback(readFeedback(readJson(item)))
        if (item.type === 'check_in') keepCheckIn(readJson(item))
        if (item.type === 'user_report') await checkFeedback(readUserReport(readJson(item)))
        if (item.type !== 'event' && item.type !== 'transaction') continue
        const eventId = eventIdOf(request, item)
        if (item.type === 'transaction') {
          transactions.push({ eventId, sent: readJson(item) })
          continue
        }
        // What was sent before, with this id, stays as it was.
        if (seen.has(eventId)) continue
        seen.add(eventId)
        await checkEvent(eventId, readJson(item), request)
        const files = request.items.filter(({ type }) => type === 'attachment')
        if (files.length > 0) await checkFiles(eventId, files)
      }
    },
    async checkWhole() {
      for (const transaction of transactions) await checkTransaction(transaction)
      for (const checkIn of checkIns.values()) await checkCheckIn(checkIn)
      await expectSoon(readReleases, sessions.counts().toSorted(byRelease))
      // They are written every second.
      await expectSoon(readOutcomes, outcomes.counts().toSorted(byOutcome))
    },
  }
}

/** What it came to in the end is told by the comparison. */
async function expectSoon<Value>(read: () => Promise<Value>, expected: Value): Promise<void> {
  await until(async () => isDeepStrictEqual(await read(), expected)).catch(() => undefined)
  expect(await read()).toEqual(expected)
}

function readFeedback({ contexts }: Json): ArrivedFeedback {
  const { associated_event_id: about, name, contact_email: email, message } = (contexts as { feedback: Json }).feedback
  return {
    eventId: typeof about === 'string' ? undashed(about) : null,
    name: (name as string | undefined) ?? null,
    email: (email as string | undefined) ?? null,
    comments: String(message),
  }
}

function readUserReport({ event_id: about, name, email, comments }: Json): ArrivedFeedback {
  return {
    eventId: undashed(String(about)),
    name: (name as string | undefined) ?? null,
    email: (email as string | undefined) ?? null,
    comments: String(comments),
  }
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1
}

function byRelease(one: ArrivedRelease, other: ArrivedRelease): number {
  const name = ({ version, environment }: ArrivedRelease) => `${version} ${environment ?? ''}`
  return name(one) < name(other) ? -1 : 1
}

function byOutcome(one: OutcomeCount, other: OutcomeCount): number {
  const name = ({ outcome, reason, category }: OutcomeCount) => `${outcome} ${reason ?? ''} ${category}`
  return name(one) < name(other) ? -1 : 1
}
