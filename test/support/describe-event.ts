// An event as an SDK wrote it, in the words of our API: what has to be read there afterwards. Written from the protocol's
// description and not from the server, so that both can be wrong only together.

type Json = Record<string, unknown>

interface ShownFrame {
  function: string | null
  lineno: number | null
}

interface ShownException {
  type: string | null
  value: string | null
  frames: ShownFrame[]
}

export interface ShownEvent {
  level: string
  platform: string
  release: string | null
  environment: string | null
  message: string | null
  /** The thrown one first, as is the frame in which it was thrown. */
  exceptions: ShownException[]
  threads: { frames: ShownFrame[] }[]
  breadcrumbs: { category: string | null; level: string | null; message: string | null }[]
  user: { id: string | null; email: string | null; username: string | null } | null
  sdk: { name: string | null; version: string | null } | null
}

const BREADCRUMBS_MAX = 100
const LEVELS: Record<string, string> = { log: 'INFO', critical: 'FATAL', warn: 'WARNING' }

/** @param sdk from the request, for an event that does not say by whom it was written. */
export function describeEvent(event: Json, sdk: ShownEvent['sdk']): ShownEvent {
  return {
    level: toLevel(event.level) ?? 'ERROR',
    platform: toText(event.platform) ?? 'other',
    release: toText(event.release),
    environment: toText(event.environment) ?? readTags(event).find(([key]) => key === 'environment')?.[1] ?? null,
    message: toMessage(event.logentry ?? event['sentry.interfaces.Message'] ?? event.message),
    exceptions: toValues(event.exception ?? event['sentry.interfaces.Exception'])
      .map((exception) => ({
        type: toText(exception.type),
        value: toText(exception.value),
        frames: toFrames(exception.stacktrace),
      }))
      .toReversed(),
    threads: toValues(event.threads).map(({ stacktrace }) => ({ frames: toFrames(stacktrace) })),
    breadcrumbs: toValues(event.breadcrumbs)
      .slice(-BREADCRUMBS_MAX)
      .map(({ category, level, message }) => ({
        category: toText(category),
        level: toLevel(level) ?? 'INFO',
        message: toText(message),
      })),
    user: toUser(event.user ?? event['sentry.interfaces.User']),
    sdk: isObject(event.sdk) ? { name: toText(event.sdk.name), version: toText(event.sdk.version) } : sdk,
  }
}

export function describeTransaction({ transaction, contexts }: Json) {
  const trace = (contexts as { trace: Json }).trace
  return { name: toText(transaction), op: toText(trace.op), status: toText(trace.status) }
}

/** The event's own tags, as pairs; those that would claim to be what only the server says do not count. */
export function readTags({ tags }: Json): [key: string, value: string][] {
  const pairs = Array.isArray(tags) ? (tags as [string, unknown][]) : isObject(tags) ? Object.entries(tags) : []
  return pairs.map(([key, value]) => [key.trim().replaceAll(' ', '-'), String(value).trim()])
}

export function readTraceId({ contexts }: Json): string | null {
  const trace = isObject(contexts) && isObject(contexts.trace) ? contexts.trace : null
  return toText(trace?.trace_id)
}

/** Seconds since the epoch, or a text that means UTC where it does not say a zone. @returns milliseconds. */
export function readTime(raw: unknown): number | null {
  if (typeof raw === 'number') return raw * 1000
  if (typeof raw !== 'string') return null
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(raw) ? raw : `${raw}Z`)
}

/** `[...]`, `{ values: [...] }`, or one by itself. */
function toValues(raw: unknown): Json[] {
  const list = Array.isArray(raw) ? raw : isObject(raw) && Array.isArray(raw.values) ? raw.values : [raw]
  return list.filter((value): value is Json => isObject(value) && Object.keys(value).length > 0)
}

function toFrames(stacktrace: unknown): ShownFrame[] {
  const frames = isObject(stacktrace) && Array.isArray(stacktrace.frames) ? (stacktrace.frames as Json[]) : []
  return frames
    .map((frame) => ({
      function: frame.function === '?' ? null : toText(frame.function),
      lineno: typeof frame.lineno === 'number' ? frame.lineno : null,
    }))
    .toReversed()
}

function toMessage(raw: unknown): string | null {
  if (!isObject(raw)) return toText(raw)
  const params = Array.isArray(raw.params) ? [...(raw.params as unknown[])] : []
  return toText(raw.formatted) ?? toText(raw.message)?.replaceAll('%s', () => String(params.shift())) ?? null
}

function toUser(raw: unknown): ShownEvent['user'] {
  if (!isObject(raw) || Object.keys(raw).length === 0) return null
  return { id: toText(raw.id), email: toText(raw.email), username: toText(raw.username) }
}

function toLevel(raw: unknown): string | null {
  const level = toText(raw)
  return level === null ? null : (LEVELS[level] ?? level.toUpperCase())
}

function toText(raw: unknown): string | null {
  return raw === undefined || raw === null || raw === ''
    ? null
    : typeof raw === 'object'
      ? JSON.stringify(raw)
      : String(raw)
}

function isObject(raw: unknown): raw is Json {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
}
