// An event's stages. `SentryEvent` is what an SDK put on the wire: anything may be wrong with it. `NormalizedEvent` has
// one shape for every field. `GroupedEvent` also knows to which issue it belongs. `StoredEvent` is what comes back from a
// tracker. Nothing outside `server/ingest` ever sees a `SentryEvent`.

import type { Level } from './level.ts'

/** JSON as it was received. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** The parsed JSON object of an event item, before any check. */
export type SentryEvent = JsonObject

export interface NormalizedEvent {
  /** 32 lower-case hex digits. */
  eventId: string
  /** Milliseconds since the epoch: when it happened, by the SDK's clock with its drift taken out. */
  timestampMs: number
  /** Milliseconds since the epoch: when we received it. */
  receivedAtMs: number
  /** `error` when there is an exception with a type, else `default` (a message). */
  type: 'error' | 'default'
  level: Level
  platform: string
  logger: string | null
  transaction: string | null
  serverName: string | null
  environment: string | null
  release: string | null
  dist: string | null
  message: EventMessage | null
  /** As sent: root cause first, the exception that was thrown last. */
  exceptions: EventException[]
  /** A stack that belongs to no exception (top-level `stacktrace`). */
  stacktrace: Stacktrace | null
  threads: EventThread[]
  breadcrumbs: EventBreadcrumb[]
  user: NormalizedUser | null
  request: NormalizedRequest | null
  contexts: { [name: string]: JsonObject }
  extra: JsonObject
  /** The event's own tags and those we derive (level, environment, release, browser, ...). Keys are unique. */
  tags: [key: string, value: string][]
  modules: { [name: string]: string }
  sdk: {
    name: string | null
    version: string | null
    integrations?: string[]
    packages?: { name: string; version: string | null }[]
  } | null
  fingerprint: string[] | null
  checksum: string | null
  /** Kept whole, so that traces can be resolved later. */
  debugMeta: JsonObject | null
  /** What was wrong with the event, and what we did about it. */
  errors: EventProblem[]
  /** Sentry's remarks on cut and filtered values, mirrors the payload. */
  meta: JsonObject | null
}

export interface EventProblem {
  type: string
  /** The field's path, dotted. */
  name: string | null
  value?: Json
}

export interface EventMessage {
  /** What a person reads. */
  formatted: string
  /** With its placeholders still in it (`%s`, `{}`), where the SDK sent that. */
  template: string | null
  params: Json | null
}

export interface EventException {
  type: string | null
  value: string | null
  module: string | null
  threadId: string | null
  mechanism: Mechanism | null
  stacktrace: Stacktrace | null
}

export interface Mechanism {
  type: string
  handled: boolean | null
  synthetic: boolean
  description: string | null
  helpLink: string | null
  source: string | null
  isExceptionGroup: boolean
  exceptionId: number | null
  parentId: number | null
  data: JsonObject | null
  meta: JsonObject | null
}

export interface Stacktrace {
  /** As sent: the outermost call first, the failing one last. */
  frames: StackFrame[]
}

export interface StackFrame {
  function: string | null
  rawFunction: string | null
  module: string | null
  package: string | null
  filename: string | null
  absPath: string | null
  lineno: number | null
  colno: number | null
  platform: string | null
  inApp: boolean
  preContext: string[]
  contextLine: string | null
  postContext: string[]
  vars: JsonObject | null
  data: JsonObject | null
  instructionAddr: string | null
}

export interface EventThread {
  id: string | null
  name: string | null
  crashed: boolean
  current: boolean
  stacktrace: Stacktrace | null
}

export interface EventBreadcrumb {
  timestampMs: number | null
  type: string | null
  category: string | null
  level: Level | null
  message: string | null
  data: JsonObject | null
}

export interface NormalizedUser {
  id: string | null
  email: string | null
  username: string | null
  name: string | null
  ipAddress: string | null
  data: JsonObject | null
}

export interface NormalizedRequest {
  method: string | null
  /** Without query and fragment. */
  url: string | null
  query: string | null
  fragment: string | null
  headers: [name: string, value: string][]
  cookies: [name: string, value: string][]
  data: Json | null
  env: JsonObject | null
}

/** Why an event belongs to its issue. Kept with the event, so that a page can explain it. */
export interface Grouping {
  /** Which rules made the hash; an issue keeps its hashes when the rules change. */
  version: number
  /** 32 lower-case hex digits. */
  hash: string
  /** Of all frames, where `hash` is of the program's own: events with either in common are one issue. */
  otherHash?: string
  /** The strategy that won, for people: `stack trace (in app)`, `exception`, `message`, `fingerprint`, ... */
  strategy: string
  /** The parts that were hashed, in their order. */
  parts: { label: string; value: string }[]
}

export interface GroupedEvent extends NormalizedEvent {
  grouping: Grouping
  /** One line for lists: `TypeError: x is undefined`, or the message's first line. */
  title: string
  /** Where it happened: the transaction, or the crashing frame. Empty when unknown. */
  culprit: string
  /** The issue's exception type; null for messages. */
  exceptionType: string | null
  /** The exception's value, or the message. */
  exceptionValue: string | null
}

/** An event as a tracker returns it. */
export interface StoredEvent extends GroupedEvent {
  projectId: number
  issueId: string
}
