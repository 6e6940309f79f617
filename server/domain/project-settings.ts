// What a project sets for itself, kept as one JSON value beside it. What is absent there has its default, so that a new
// setting needs no migration; what cannot be read counts as absent, so that ingest never stops for it.
// change-project-settings.ts is the strict half: what people ask for.

import { z } from 'zod'
import { parseIpRange } from './ip-range.ts'
import { parseReleaseVersion } from './release-version.ts'

export const EVENTS_PER_MINUTE_MAX = 100_000_000
/** Of each list of patterns: every event is held against all of them. */
export const GLOBS_MAX = 50
export const GLOB_CHARS_MAX = 200
export const ADDRESSES_MAX = 200
/** Of each list of fields. */
export const FIELDS_MAX = 100
/** A shorter one would be found in nearly every name. */
export const FIELD_CHARS_MIN = 2
export const FIELD_CHARS_MAX = 100
const RETENTION_DAYS_MAX = 36_500

/** A list that loses what it cannot hold instead of failing. */
function lenientList(isGood: (text: string) => boolean, lengthMax: number) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((list) => list.filter((entry): entry is string => typeof entry === 'string' && isGood(entry)))
    .transform((list) => list.slice(0, lengthMax))
}

function isGlob(text: string): boolean {
  return text !== '' && text.length <= GLOB_CHARS_MAX
}

function isField(text: string): boolean {
  return text.trim().length >= FIELD_CHARS_MIN && text.length <= FIELD_CHARS_MAX
}

/** What is not kept of what is sent. All of it is off unless a project turns it on: nothing is dropped that nobody chose. */
const FILTERS = z.object({
  /** Errors of browser extensions and other scripts that are not the page's. */
  browserExtensions: z.boolean().catch(false),
  /** What known web crawlers met. */
  crawlers: z.boolean().catch(false),
  /** What happened on a developer's machine. */
  localhost: z.boolean().catch(false),
  /** Globs. */
  releases: lenientList(isGlob, GLOBS_MAX),
  /** Releases that are older than this version. */
  releaseMin: z
    .string()
    .nullable()
    .catch(null)
    .transform((text) => (text !== null && parseReleaseVersion(text) !== null ? text : null)),
  /** Globs over what the error is called. */
  messages: lenientList(isGlob, GLOBS_MAX),
  /** Addresses and ranges that nothing is taken from. */
  addresses: lenientList((text) => parseIpRange(text) !== null, ADDRESSES_MAX),
})

/** What is taken out of what is kept. */
const SCRUBBING = z.object({
  /** Off: secrets are stored as they were sent. */
  enabled: z.boolean().catch(true),
  /** Names, or parts of them, whose values are secret beside those that always are. */
  sensitiveFields: lenientList(isField, FIELDS_MAX),
  /** Whole names whose values are left as they are. */
  safeFields: lenientList(isField, FIELDS_MAX),
  /** Whether the addresses of people and clients are kept nowhere. */
  removesAddresses: z.boolean().catch(false),
})

/** What is not there, or no object, is empty. */
const PART = z.record(z.string(), z.unknown()).catch({})

const PROJECT_SETTINGS = z.object({
  /** Over it, repeats of known issues are counted but stored as a sample. null: the instance's; 0: no limit. */
  eventsPerMinute: z.int().min(0).max(EVENTS_PER_MINUTE_MAX).nullable().catch(null),
  /** Over it, events are refused, and SDKs told to wait. null: no limit. */
  eventsPerMinuteHardMax: z.int().min(1).max(EVENTS_PER_MINUTE_MAX).nullable().catch(null),
  filters: PART.transform((part) => FILTERS.parse(part)),
  scrubbing: PART.transform((part) => SCRUBBING.parse(part)),
  /** How long what was received is kept, where that is shorter than the instance's. null: as long as that. */
  retentionDays: z.int().min(1).max(RETENTION_DAYS_MAX).nullable().catch(null),
})

export type ProjectSettings = z.infer<typeof PROJECT_SETTINGS>
export type FilterSettings = ProjectSettings['filters']
export type ScrubbingSettings = ProjectSettings['scrubbing']

/** @param json as stored. */
export function readProjectSettings(json: unknown): ProjectSettings {
  return PROJECT_SETTINGS.parse(typeof json === 'object' && json !== null ? json : {})
}
