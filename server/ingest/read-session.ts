// `session` and `sessions`: what an SDK tells of the time that its program ran, singly or counted by the minute. Read
// leniently; what has no release, no start, or lies outside of the time in which sessions are taken is none.

import { hash as hashText } from 'node:crypto'
import { formatDay } from '../database/partitions.ts'
import type { Json, JsonObject } from '../domain/event.ts'
import { AppError } from '../errors.ts'
import { isObject } from './normalize/coerce.ts'
import { parseEnvironment, parseEventId, parseRelease } from './normalize/normalize-names.ts'
import { parseTimestamp } from './normalize/parse-timestamp.ts'
import { ProblemLog } from './normalize/problem-log.ts'
import { cleanText } from './parse-json.ts'
import { createRecentMap } from './recent-map.ts'
import type { ReleaseName } from './release-names.ts'
import { ERRORED, EXITED, readState, STARTED } from './session-state.ts'

export interface SessionContext {
  projectId: number
  receivedAtMs: number
  clockDriftMs: number
}

/** One update of one session. */
export interface SessionUpdate {
  /** 32 hex digits; null: it has no id, so that no other update can be of the same session. */
  sid: string | null
  /** `2026-11-22`: the day in which it started, the same in all of its updates. */
  startedOn: string
  startedMs: number
  /** When it was so. */
  atMs: number
  /** Bits of session-state.ts. */
  state: number
  seq: number
  /** Of a session that exited. */
  durationMs: number | null
  /** What tells a person from others: hashed only where it is written, as nearly everybody is known already. */
  user: string | null
  /** It ended because the app did not respond. */
  isAnr: boolean
}

/** Sessions that started in the same minute. */
export interface SessionAggregate {
  startedMs: number
  user: string | null
  exited: number
  /** Without those of the other kinds. */
  errored: number
  crashed: number
  abnormal: number
  unhandled: number
}

interface SessionSource extends ReleaseName {
  /** What it says of its browser; the request's own may be a proxy's. */
  userAgent: string | null
}

export interface ReceivedSession extends SessionSource {
  update: SessionUpdate
}

export interface ReceivedAggregates extends SessionSource {
  aggregates: SessionAggregate[]
}

/** With what was left out of them. */
export interface ReadAggregates extends ReceivedAggregates {
  /** What is wrong with those that were left out, each. */
  problems: AppError[]
  /** How many were left out since there were too many. */
  beyond: number
}

const AGGREGATES_MAX = 100
const DAY_MS = 86_400_000
const PAST_MS_MAX = 5 * DAY_MS
const FUTURE_MS_MAX = 60_000
/** What a column of four bytes holds, 24 days; a session is over after five. */
const DURATION_MS_MAX = 2_147_483_647
/** Of one person in one minute; more is a mistake that would hide everything else. */
const AGGREGATE_COUNT_MAX = 10_000_000
const SEQUENCE_OVERFLOW = 2 ** 64 - 1
/** A longer one is held as its hash while it is needed. */
const USER_CHARS_MAX = 128
const NIL_UUID = '0'.repeat(32)

/** @throws AppError INVALID for what is no session that can be counted. */
export function readSession(payload: Buffer, context: SessionContext): ReceivedSession {
  const raw = parseSession(payload)
  const source = readSource(raw['attrs'], context)
  const { receivedAtMs, clockDriftMs } = context
  const startedMs = readStart(raw['started'], context)
  const sentAtMs = parseTimestamp(raw['timestamp'])
  const atMs = Math.max(sentAtMs === null ? receivedAtMs : sentAtMs + clockDriftMs, startedMs)
  checkTime(atMs, receivedAtMs, 'timestamp')
  const seq = readSequence(raw['seq'])
  const isFirst = raw['init'] === true || seq === 0
  const status = readState(raw['status'])
  const errors = raw['errors']
  const update: SessionUpdate = {
    sid: readSessionId(raw['sid']),
    startedOn: formatDay(chooseDay(startedMs, clockDriftMs)),
    startedMs,
    atMs,
    state: status | (isFirst ? STARTED : 0) | (typeof errors === 'number' && errors > 0 ? ERRORED : 0),
    seq: seq ?? (isFirst ? 0 : Math.max(sentAtMs ?? receivedAtMs, 0)),
    durationMs: status === EXITED ? readDuration(raw['duration'], sentAtMs === null ? null : atMs - startedMs) : null,
    user: readUser(raw['did']),
    isAnr: raw['abnormal_mechanism'] === 'anr_foreground' || raw['abnormal_mechanism'] === 'anr_background',
  }
  return { ...source, update }
}

/** @throws AppError INVALID when it has no release or no list. */
export function readAggregates(payload: Buffer, context: SessionContext): ReadAggregates {
  const raw = parseSession(payload)
  const source = readSource(raw['attrs'], context)
  const list = raw['aggregates']
  if (!Array.isArray(list)) throw new AppError('INVALID', 'The sessions have no list of aggregates.')
  const aggregates: SessionAggregate[] = []
  const problems: AppError[] = []
  for (const entry of list.slice(0, AGGREGATES_MAX)) {
    try {
      aggregates.push(readAggregate(entry, context))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      problems.push(error)
    }
  }
  return { ...source, aggregates, problems, beyond: Math.max(list.length - AGGREGATES_MAX, 0) }
}

function readAggregate(entry: Json, context: SessionContext): SessionAggregate {
  if (!isObject(entry)) throw new AppError('INVALID', 'A session must be a JSON object.')
  return {
    startedMs: readStart(entry['started'], context),
    user: readUser(entry['did']),
    exited: readCount(entry['exited']),
    errored: readCount(entry['errored']),
    crashed: readCount(entry['crashed']),
    abnormal: readCount(entry['abnormal']),
    unhandled: readCount(entry['unhandled']),
  }
}

function parseSession(payload: Buffer): JsonObject {
  let raw: Json
  try {
    raw = JSON.parse(payload.toString('utf8')) as Json
  } catch (cause) {
    throw new AppError('INVALID', 'The session is not valid JSON.', { cause })
  }
  if (!isObject(raw)) throw new AppError('INVALID', 'A session must be a JSON object.')
  return raw
}

/** An environment that cannot be one is none. Of an address nothing is kept, so `{{auto}}` need not become one. */
function readSource(attrs: Json | undefined, { projectId }: SessionContext): SessionSource {
  const names = isObject(attrs) ? readNames(attrs) : null
  if (!isObject(attrs) || names === null) {
    throw new AppError('INVALID', 'A session without a release counts for nothing: set the release in the SDK.')
  }
  const userAgent = typeof attrs['user_agent'] === 'string' ? attrs['user_agent'] : null
  return { projectId, ...names, userAgent }
}

type SessionNames = Pick<SessionSource, 'release' | 'environment'>

/**
 * The same few names come with every session, mostly those of the one before: they are looked at once, and held once while
 * sessions wait.
 */
const KNOWN_MAX = 2_000
const KNOWN_CHARS_MAX = 300
const known = createRecentMap<SessionNames | null>(KNOWN_MAX)
let latest: { release: string; environment: string | undefined; names: SessionNames | null } | null = null

/** @returns null where the release is none. */
function readNames({ release, environment }: JsonObject): SessionNames | null {
  if (typeof release !== 'string' || (environment !== undefined && typeof environment !== 'string')) {
    return readNewNames(release, environment)
  }
  if (latest?.release === release && latest.environment === environment) return latest.names
  const key = `${environment === undefined ? 0 : environment.length + 1}:${environment ?? ''}${release}`
  if (key.length > KNOWN_CHARS_MAX) return readNewNames(release, environment)
  let names = known.get(key)
  if (names === undefined) known.set(key, (names = readNewNames(release, environment)))
  latest = { release, environment, names }
  return names
}

function readNewNames(release: Json | undefined, environment: Json | undefined): SessionNames | null {
  const log = new ProblemLog()
  const name = parseRelease(log, release)
  if (name === null) return null
  const environmentName = parseEnvironment(log, environment)
  return { release: cleanText(name), environment: environmentName && cleanText(environmentName) }
}

function readStart(started: Json | undefined, { receivedAtMs, clockDriftMs }: SessionContext): number {
  const sentMs = parseTimestamp(started)
  if (sentMs === null) throw new AppError('INVALID', 'A session must tell when it started.')
  const startedMs = sentMs + clockDriftMs
  checkTime(startedMs, receivedAtMs, 'start')
  return startedMs
}

function checkTime(atMs: number, receivedAtMs: number, what: string): void {
  if (receivedAtMs - atMs > PAST_MS_MAX) {
    throw new AppError('INVALID', `The ${what} of a session lies more than five days back.`)
  }
  if (atMs - receivedAtMs > FUTURE_MS_MAX) {
    throw new AppError('INVALID', `The ${what} of a session lies in the future.`)
  }
}

/**
 * The correction of a wrong clock differs by the time on the way, so that near midnight two updates of one session would
 * lie in two days. By the sender's own clock all lie in one.
 */
function chooseDay(startedMs: number, clockDriftMs: number): number {
  return Math.abs(clockDriftMs) <= DAY_MS ? startedMs - clockDriftMs : startedMs
}

/** @returns null where it has none, for which the time stands. */
function readSequence(value: Json | undefined): number | null {
  if (typeof value !== 'number' || !(value >= 0)) return null
  if (value >= SEQUENCE_OVERFLOW) throw new AppError('INVALID', 'The sequence of a session cannot be counted on.')
  return Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER)
}

/** @param tookMs from its start to the time of the update, for SDKs that do not measure. */
function readDuration(seconds: Json | undefined, tookMs: number | null): number | null {
  const durationMs = typeof seconds === 'number' && seconds >= 0 ? Math.round(seconds * 1000) : tookMs
  return durationMs === null ? null : Math.min(durationMs, DURATION_MS_MAX)
}

function readSessionId(value: Json | undefined): string | null {
  if (typeof value !== 'string' || value === '') return null
  const sid = parseEventId(value) ?? hashText('md5', value)
  return sid === NIL_UUID ? null : sid
}

function readUser(did: Json | undefined): string | null {
  const text = typeof did === 'string' ? did.trim() : typeof did === 'number' ? String(did) : ''
  if (text === '' || parseEventId(text) === NIL_UUID) return null
  return text.length > USER_CHARS_MAX ? hashText('md5', text) : text
}

function readCount(value: Json | undefined): number {
  return typeof value === 'number' && value > 0 ? Math.min(Math.floor(value), AGGREGATE_COUNT_MAX) : 0
}
