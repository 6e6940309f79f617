// From the JSON that an SDK sent to one shape for every field. Nothing is refused here: what is malformed is coerced or
// dropped with a note in `errors`, as Sentry's ingest does. No I/O and no clock: the time of receipt is passed in.

import { randomUUID } from 'node:crypto'
import type { EventException, EventProblem, JsonObject, NormalizedEvent, SentryEvent } from '../domain/event.ts'
import { isObject, toMap, toScalarText, toText, toTrimmedText } from './normalize/coerce.ts'
import type { Raw } from './normalize/coerce.ts'
import { LARGE, LARGER, limitJson, limitObject, MASSIVE } from './normalize/limit-json.ts'
import { noteUnknownAttributes } from './normalize/known-attributes.ts'
import { normalizeBreadcrumbs } from './normalize/normalize-breadcrumbs.ts'
import { addUserAgentContexts, normalizeContexts } from './normalize/normalize-contexts.ts'
import { normalizeExceptions } from './normalize/normalize-exceptions.ts'
import { normalizeFingerprint } from './normalize/normalize-fingerprint.ts'
import { normalizeMessage } from './normalize/normalize-message.ts'
import { parseDist, parseEnvironment, parseEventId, parsePlatform, parseRelease } from './normalize/normalize-names.ts'
import { normalizeRequest } from './normalize/normalize-request.ts'
import { normalizeStacktrace } from './normalize/normalize-stacktrace.ts'
import { deriveTags, normalizeTags } from './normalize/normalize-tags.ts'
import { normalizeThreads } from './normalize/normalize-threads.ts'
import { normalizeUser } from './normalize/normalize-user.ts'
import { parseLevel } from './normalize/parse-level.ts'
import { parseTimestamp } from './normalize/parse-timestamp.ts'
import { ProblemLog } from './normalize/problem-log.ts'
import { cleanText } from './parse-json.ts'
import { addRemarks, describeShortened } from './remarks.ts'

export interface NormalizeContext {
  receivedAtMs: number
  /** From the envelope's header, wins over the payload's. */
  eventId: string | null
  /** Added to every time in the event: by how much the sender's clock is wrong, 0 unless that is 55 minutes or more. */
  clockDriftMs: number
  clientIp: string | null
  userAgent: string | null
  /** Who sent the event, when the event itself does not say (`sentry_client`, the envelope's header). */
  sdkFallback: { name: string; version: string | null } | null
}

const FUTURE_MS_MAX = 60_000
const PAST_MS_MAX = 30 * 86_400_000
const SDK_ERRORS_MAX = 20
const SDK_PARTS_MAX = 100
const SDK_PART_CHARS_MAX = 128

/** @param raw as `parseEventJson` gave it. It is taken over: parts of it live on in the result. */
export function normalizeEvent(
  raw: SentryEvent,
  context: NormalizeContext,
  known: EventException[] | null = null,
): NormalizedEvent {
  const log = new ProblemLog()
  const platform = parsePlatform(log, raw.platform)
  const message =
    normalizeMessage(log, raw.logentry ?? raw['sentry.interfaces.Message'], 'logentry') ??
    normalizeMessage(log, raw.message, 'message')
  const exceptions = known ?? normalizeExceptions(log, raw.exception ?? raw['sentry.interfaces.Exception'])
  let stacktrace = normalizeStacktrace(log, raw.stacktrace ?? raw['sentry.interfaces.Stacktrace'], 'stacktrace')
  const onlyException = exceptions.length === 1 ? exceptions[0] : undefined
  const isStackOfException = onlyException !== undefined && onlyException.stacktrace === null
  if (isStackOfException) onlyException.stacktrace = stacktrace
  const threads = normalizeThreads(log, raw.threads)
  if (stacktrace === null && exceptions.length === 0 && threads.length === 0) stacktrace = normalizeTemplate(log, raw)
  const breadcrumbs = normalizeBreadcrumbs(
    log,
    raw.breadcrumbs ?? raw['sentry.interfaces.Breadcrumbs'],
    context.clockDriftMs,
  )
  const rawRequest = raw.request ?? raw['sentry.interfaces.Http']
  const request = normalizeRequest(log, rawRequest)
  const rawSdk = isObject(raw.sdk) ? raw.sdk : null
  const user = normalizeUser(log, raw.user ?? raw['sentry.interfaces.User'], {
    platform,
    clientIp: context.clientIp,
    remoteAddr: isObject(rawRequest) && isObject(rawRequest.env) ? rawRequest.env.REMOTE_ADDR : null,
    inferIp: isObject(rawSdk?.settings) ? rawSdk.settings.infer_ip : null,
  })
  const contexts = normalizeContexts(log, raw.contexts ?? raw['sentry.interfaces.Contexts'])
  addUserAgentContexts(contexts, request, context.userAgent, platform)
  const { tags, environment: environmentTag } = normalizeTags(log, raw.tags)

  log.enter('')
  const release = parseRelease(log, raw.release)
  const event: NormalizedEvent = {
    eventId: chooseEventId(log, context.eventId, raw.event_id),
    timestampMs: resolveTimestamp(log, raw.timestamp, context),
    receivedAtMs: context.receivedAtMs,
    type: exceptions.some(hasType) || (message === null && exceptions.some(isReal)) ? 'error' : 'default',
    level: resolveLevel(log, raw.level),
    platform,
    logger: resolveLogger(log, raw.logger),
    transaction: toTrimmedText(log, raw.transaction ?? raw.culprit, 'transaction', 200),
    serverName: toTrimmedText(log, raw.server_name, 'server_name', 256),
    environment: parseEnvironment(log, raw.environment) ?? parseEnvironment(log, environmentTag ?? undefined),
    release,
    dist: release === null ? null : parseDist(log, raw.dist),
    message,
    exceptions,
    stacktrace: isStackOfException ? null : stacktrace,
    threads,
    breadcrumbs,
    user,
    request,
    contexts,
    extra: normalizeExtra(log, raw.extra),
    tags: [],
    modules: normalizeModules(log, raw.modules),
    sdk: normalizeSdk(log, rawSdk, context.sdkFallback),
    fingerprint: normalizeFingerprint(log, raw.fingerprint),
    checksum: toText(log, raw.checksum, 'checksum', 128),
    debugMeta: isObject(raw.debug_meta)
      ? (limitJson(log, raw.debug_meta, DEBUG_META, 'debug_meta') as JsonObject)
      : null,
    errors: log.problems,
    meta: isObject(raw._meta) ? limitObject(log, raw._meta, META, '_meta') : null,
  }
  noteUnknownAttributes(log, raw)
  for (const { path, remarks } of log.cuts) addRemarks((event.meta ??= {}), path, remarks)
  keepSdkErrors(log, raw.errors)
  deriveTags(tags, event, toText(log, raw.site, 'site', 200))
  event.tags = [...tags]
  return event
}

/** The envelope's, then its own; one that is none is noted, since whoever looks for it will not find it. */
function chooseEventId(log: ProblemLog, ofEnvelope: string | null, own: Raw): string {
  const parsed = parseEventId(own)
  if (parsed === null && own !== undefined && own !== null && own !== '') log.invalid('event_id', own)
  return parseEventId(ofEnvelope) ?? parsed ?? randomUUID().replaceAll('-', '')
}

/** Kept whole, as far as an event may be large at all. */
const DEBUG_META = { depthMax: 8, bytesMax: 1 << 20 }
/** As deep as the payload it mirrors. */
const META = { depthMax: 16, bytesMax: LARGER.bytesMax }

function hasType(exception: EventException): boolean {
  return exception.type !== null
}

function isReal(exception: EventException): boolean {
  return exception.mechanism?.synthetic !== true
}

/** Where a template failed: the one frame that there is. */
function normalizeTemplate(log: ProblemLog, raw: SentryEvent): NormalizedEvent['stacktrace'] {
  const template = raw.template ?? raw['sentry.interfaces.Template']
  if (!isObject(template)) return null
  return normalizeStacktrace(log, { frames: [{ ...template, in_app: true }] }, 'template')
}

/** A time that cannot be right would put the event where nobody looks; partitions and charts go by it. */
function resolveTimestamp(log: ProblemLog, raw: Raw, context: NormalizeContext): number {
  const sent = parseTimestamp(raw)
  if (sent === null) {
    if (raw !== undefined && raw !== null) log.invalid('timestamp', raw)
    return context.receivedAtMs
  }
  const at = sent + context.clockDriftMs
  if (at > context.receivedAtMs + FUTURE_MS_MAX) log.add('future_timestamp', 'timestamp', raw)
  else if (at < context.receivedAtMs - PAST_MS_MAX) log.add('past_timestamp', 'timestamp', raw)
  else return at
  return context.receivedAtMs
}

function resolveLevel(log: ProblemLog, raw: Raw): NormalizedEvent['level'] {
  const level = parseLevel(raw)
  if (level === null && raw !== undefined && raw !== null && raw !== '') log.invalid('level', raw)
  return level ?? 'error'
}

function resolveLogger(log: ProblemLog, raw: Raw): string | null {
  const logger = toTrimmedText(log, raw, 'logger', 64)
  if (logger === null || !/[\r\n]/.test(logger)) return logger
  log.invalid('logger', raw)
  return null
}

/** Each value is bounded by itself first, so that one of them cannot push out the others. */
function normalizeExtra(log: ProblemLog, raw: Raw): JsonObject {
  const extra = toMap(log, raw, 'extra')
  if (extra === null) return {}
  log.enter('extra')
  for (const key in extra) {
    if (key === '__proto__') continue
    const value = extra[key] ?? null
    const limited = limitJson(log, value, LARGER, [key.slice(0, 64)])
    if (limited !== value) extra[key] = limited
  }
  log.enter('')
  return limitObject(log, extra, { depthMax: LARGER.depthMax + 2, bytesMax: MASSIVE.bytesMax }, 'extra')
}

function normalizeModules(log: ProblemLog, raw: Raw): { [name: string]: string } {
  const object = toMap(log, raw, 'modules')
  if (object === null) return {}
  const modules: { [name: string]: string } = {}
  let bytesLeft = MASSIVE.bytesMax
  for (const name in object) {
    const version = toScalarText(object[name])
    if (version === null || name === '__proto__') continue
    bytesLeft -= name.length + version.length
    if (bytesLeft < 0) {
      log.tooLong('modules', describeShortened(Object.keys(object).length))
      break
    }
    modules[name] = version
  }
  return modules
}

function normalizeSdk(
  log: ProblemLog,
  raw: JsonObject | null,
  fallback: NormalizeContext['sdkFallback'],
): NormalizedEvent['sdk'] {
  const name = raw === null ? null : toText(log, raw.name, 'sdk.name', 128)
  const version = raw === null ? null : toText(log, raw.version, 'sdk.version', 128)
  const integrations = raw === null ? [] : listTexts(raw.integrations)
  const packages = raw === null ? [] : listPackages(raw.packages)
  // The fallback comes out of a header or a query, past the checks of the event's JSON.
  if (name === null && version === null && fallback !== null) {
    return {
      name: cleanText(fallback.name),
      version: fallback.version === null ? null : cleanText(fallback.version),
    }
  }
  if (name === null && version === null) return null
  return { name, version, ...(integrations.length > 0 && { integrations }), ...(packages.length > 0 && { packages }) }
}

function listTexts(raw: Raw): string[] {
  if (!Array.isArray(raw)) return []
  const texts = raw.filter((part): part is string => typeof part === 'string' && part.length <= SDK_PART_CHARS_MAX)
  return texts.slice(0, SDK_PARTS_MAX)
}

/** A list of `{ name, version }`, or a map of names and versions. */
function listPackages(raw: Raw): { name: string; version: string | null }[] {
  const list = Array.isArray(raw) ? raw : isObject(raw) ? toNamed(raw) : []
  const packages: { name: string; version: string | null }[] = []
  for (const part of list.slice(0, SDK_PARTS_MAX)) {
    const name = isObject(part) ? part.name : null
    if (typeof name !== 'string' || name.length > SDK_PART_CHARS_MAX) continue
    const version = isObject(part) ? toScalarText(part.version) : null
    packages.push({ name, version: version === null ? null : version.slice(0, SDK_PART_CHARS_MAX).toWellFormed() })
  }
  return packages
}

function toNamed(map: JsonObject): JsonObject[] {
  return Object.entries(map).map(([name, version]) => ({ name, version }))
}

/** What the SDK itself found wrong, beside what we found. */
function keepSdkErrors(log: ProblemLog, raw: Raw): void {
  if (!Array.isArray(raw)) return
  for (const error of raw.slice(0, SDK_ERRORS_MAX)) {
    if (!isObject(error)) continue
    const type = toScalarText(error.type)
    if (type === null) continue
    const problem: EventProblem = {
      type: type.slice(0, 128).toWellFormed(),
      name: toScalarText(error.name)?.slice(0, 256).toWellFormed() ?? null,
    }
    if (error.value !== undefined) problem.value = limitJson(log, error.value, LARGE, 'errors')
    log.problems.push(problem)
  }
}
