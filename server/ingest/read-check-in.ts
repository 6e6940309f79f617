// `check_in`: a job says that it has begun, or how it ended. Any field but slug and status may be absent or null.

import type { Json, JsonObject } from '../domain/event.ts'
import { DEFAULT_ENVIRONMENT, type MonitorConfig } from '../domain/monitor.ts'
import { AppError } from '../errors.ts'
import { isObject, toScalarText } from './normalize/coerce.ts'
import { parseEnvironment, parseRelease } from './normalize/normalize-names.ts'
import { ProblemLog } from './normalize/problem-log.ts'
import { readEventId } from './parse-envelope.ts'
import { cleanText, parseEventJson } from './parse-json.ts'
import { readMonitorConfig } from './read-monitor-config.ts'

export interface ReceivedCheckIn {
  projectId: number
  receivedAtMs: number
  /** 32 lower-case hex digits; null: the latest one in progress. */
  id: string | null
  slug: string
  /** The slug as it was sent. */
  name: string
  status: (typeof SENT_STATUSES)[number]
  environment: string
  /** Else it is the default, and one that is known by its id may be in another. */
  namesEnvironment: boolean
  durationMs: number | null
  release: string | null
  traceId: string | null
  config: MonitorConfig | null
  /** Why a config that was sent is of no use, for whoever sent it. */
  configProblem: string | null
}

export interface CheckInContext {
  projectId: number
  receivedAtMs: number
}

const SENT_STATUSES = ['in_progress', 'ok', 'error'] as const
const SLUG_CHARS_MAX = 50
const NAME_CHARS_MAX = 128
const LATEST = '0'.repeat(32)
const DURATION_MS_MAX = 366 * 24 * 60 * 60 * 1000

/** @throws AppError INVALID without a slug or a status that a job may send. */
export function readCheckIn(payload: Buffer, { projectId, receivedAtMs }: CheckInContext): ReceivedCheckIn {
  const raw = parseEventJson(payload)
  const name = cleanText((toScalarText(raw['monitor_slug']) ?? '').slice(0, NAME_CHARS_MAX)).trim()
  const slug = makeSlug(name)
  if (slug === '') throw new AppError('INVALID', 'A check-in needs a "monitor_slug" with letters or digits in it.')
  const id = readEventId(raw['check_in_id'])
  const log = new ProblemLog()
  const environment = parseEnvironment(log, raw['environment'])
  return {
    projectId,
    receivedAtMs,
    id: id === LATEST ? null : id,
    slug,
    name,
    status: readStatus(raw['status']),
    environment: environment ?? DEFAULT_ENVIRONMENT,
    namesEnvironment: environment !== null,
    durationMs: readDuration(raw['duration']),
    release: parseRelease(log, raw['release']),
    traceId: readTraceId(raw['contexts']),
    ...readConfig(raw['monitor_config'], receivedAtMs),
  }
}

/** As Sentry makes slugs: lower case, of letters, digits, hyphens and underscores. */
export function makeSlug(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/[^\w\s-]/g, '')
  const joined = plain
    .trim()
    .toLowerCase()
    .replaceAll(/[-\s]+/g, '-')
  return joined
    .replaceAll(/^[-_]+/g, '')
    .slice(0, SLUG_CHARS_MAX)
    .replaceAll(/[-_]+$/g, '')
}

function readStatus(raw: Json | undefined): ReceivedCheckIn['status'] {
  const status = SENT_STATUSES.find((known) => known === raw)
  if (status !== undefined) return status
  throw new AppError('INVALID', `The "status" of a check-in is one of ${SENT_STATUSES.join(', ')}.`)
}

/** In seconds. */
function readDuration(raw: Json | undefined): number | null {
  const seconds = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw
  if (typeof seconds !== 'number' || !(seconds >= 0)) return null
  const durationMs = seconds * 1000
  return durationMs <= DURATION_MS_MAX ? durationMs : null
}

function readTraceId(contexts: Json | undefined): string | null {
  const trace: JsonObject = isObject(contexts) && isObject(contexts['trace']) ? contexts['trace'] : {}
  return readEventId(trace['trace_id'])
}

/** A known monitor goes on with the config it has, so that one that is wrong does not fail the check-in. */
function readConfig(raw: Json | undefined, nowMs: number): Pick<ReceivedCheckIn, 'config' | 'configProblem'> {
  try {
    return { config: readMonitorConfig(raw, nowMs), configProblem: null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { config: null, configProblem: error.message }
  }
}
