// What somebody asks a project's settings to become. Everything is checked, and every mistake told with the field that it
// is in, so that nobody corrects one only to meet the next.

import { parseIpRange } from './ip-range.ts'
import {
  ADDRESSES_MAX,
  EVENTS_PER_MINUTE_MAX,
  FIELD_CHARS_MAX,
  FIELD_CHARS_MIN,
  FIELDS_MAX,
  GLOB_CHARS_MAX,
  GLOBS_MAX,
  type FilterSettings,
  type ProjectSettings,
  type ScrubbingSettings,
} from './project-settings.ts'
import { parseReleaseVersion } from './release-version.ts'

type Change<Part> = { [Name in keyof Part]?: Part[Name] | null | undefined }

/** What is undefined stays as it is, what is null gets its default. */
export interface ProjectSettingsChange {
  filters?: Change<FilterSettings> | null | undefined
  scrubbing?: Change<ScrubbingSettings> | null | undefined
  limits?: Change<Pick<ProjectSettings, 'eventsPerMinute' | 'eventsPerMinuteHardMax'>> | null | undefined
  retentionDays?: number | null | undefined
}

interface FieldProblem {
  /** `filters.addresses`: of the change. */
  field: string
  /** A whole sentence. */
  message: string
}

export interface ChangedSettings {
  settings: ProjectSettings
  /** Empty when the settings may be kept. */
  problems: FieldProblem[]
}

/** @param retentionDaysMax the instance's. */
export function changeProjectSettings(
  settings: ProjectSettings,
  { filters, scrubbing, limits, retentionDays }: ProjectSettingsChange,
  retentionDaysMax: number,
): ChangedSettings {
  const problems: FieldProblem[] = []
  const note = (field: string, message: string): void => void problems.push({ field, message })

  function list(
    field: string,
    sent: readonly string[] | null | undefined,
    before: string[],
    rules: ListRules,
  ): string[] {
    if (sent === undefined) return before
    const entries = [...new Set((sent ?? []).map((entry) => entry.trim()))].filter((entry) => entry !== '')
    if (entries.length > rules.lengthMax) note(field, `At most ${rules.lengthMax} entries, not ${entries.length}.`)
    for (const entry of entries) {
      const mistake = rules.findMistake(entry)
      if (mistake !== null) note(field, mistake)
    }
    return entries
  }

  function number(field: string, sent: number | null | undefined, before: number | null, [min, max]: Bounds) {
    if (sent === undefined) return before
    if (sent === null || (Number.isInteger(sent) && sent >= min && sent <= max)) return sent
    note(field, `A whole number from ${format(min)} to ${format(max)}, not ${sent}.`)
    return before
  }

  const { filters: filtersBefore, scrubbing: scrubbingBefore } = settings
  const changed: ProjectSettings = {
    filters: {
      browserExtensions: choose(filters?.browserExtensions, filtersBefore.browserExtensions, false),
      crawlers: choose(filters?.crawlers, filtersBefore.crawlers, false),
      localhost: choose(filters?.localhost, filtersBefore.localhost, false),
      releases: list('filters.releases', filters?.releases, filtersBefore.releases, GLOBS),
      releaseMin: filters?.releaseMin === undefined ? filtersBefore.releaseMin : filters.releaseMin?.trim() || null,
      messages: list('filters.messages', filters?.messages, filtersBefore.messages, GLOBS),
      addresses: list('filters.addresses', filters?.addresses, filtersBefore.addresses, ADDRESSES),
    },
    scrubbing: {
      enabled: choose(scrubbing?.enabled, scrubbingBefore.enabled, true),
      sensitiveFields: list(
        'scrubbing.sensitiveFields',
        scrubbing?.sensitiveFields,
        scrubbingBefore.sensitiveFields,
        FIELDS,
      ),
      safeFields: list('scrubbing.safeFields', scrubbing?.safeFields, scrubbingBefore.safeFields, FIELDS),
      removesAddresses: choose(scrubbing?.removesAddresses, scrubbingBefore.removesAddresses, false),
    },
    eventsPerMinute: number('limits.eventsPerMinute', limits?.eventsPerMinute, settings.eventsPerMinute, [
      0,
      EVENTS_PER_MINUTE_MAX,
    ]),
    eventsPerMinuteHardMax: number(
      'limits.eventsPerMinuteHardMax',
      limits?.eventsPerMinuteHardMax,
      settings.eventsPerMinuteHardMax,
      [1, EVENTS_PER_MINUTE_MAX],
    ),
    retentionDays: number('retentionDays', retentionDays, settings.retentionDays, [1, retentionDaysMax]),
  }
  const { releaseMin } = changed.filters
  if (releaseMin !== null && parseReleaseVersion(releaseMin) === null) {
    note('filters.releaseMin', `"${shorten(releaseMin)}" is no version. Write it like 2.4.0 or shop@2.4.0.`)
  }
  const { eventsPerMinute: soft, eventsPerMinuteHardMax: hard } = changed
  if (soft !== null && hard !== null && hard < soft) {
    note('limits.eventsPerMinuteHardMax', `The hard limit must not be below the soft limit, which is ${format(soft)}.`)
  }
  return { settings: changed, problems }
}

type Bounds = [min: number, max: number]

interface ListRules {
  lengthMax: number
  /** @returns a whole sentence; null for an entry that may stay. */
  findMistake(entry: string): string | null
}

const GLOBS: ListRules = {
  lengthMax: GLOBS_MAX,
  findMistake(glob) {
    if (glob.length > GLOB_CHARS_MAX) return `"${shorten(glob)}" is longer than ${GLOB_CHARS_MAX} characters.`
    return /^\*+$/.test(glob) ? `"${shorten(glob)}" matches everything: nothing would be kept.` : null
  },
}

const ADDRESSES: ListRules = {
  lengthMax: ADDRESSES_MAX,
  findMistake(text) {
    const range = parseIpRange(text)
    if (range === null) {
      return `"${shorten(text)}" is no IP address or range. Write it like 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32.`
    }
    return range[1] === 0 ? `"${text}" is everybody: nothing would be kept.` : null
  },
}

const FIELDS: ListRules = {
  lengthMax: FIELDS_MAX,
  findMistake: ({ length }) =>
    length >= FIELD_CHARS_MIN && length <= FIELD_CHARS_MAX
      ? null
      : `A field's name has ${FIELD_CHARS_MIN} to ${FIELD_CHARS_MAX} characters, not ${length}.`,
}

function choose<Value>(sent: Value | null | undefined, before: Value, byDefault: Value): Value {
  return sent === undefined ? before : (sent ?? byDefault)
}

function format(number: number): string {
  return number.toLocaleString('en-US')
}

/** What people sent is told back to them, but not all of a long one. */
function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text
}
