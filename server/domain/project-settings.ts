// What a project sets for itself, kept as one JSON value beside it. What is absent there has its default, so that a new
// setting needs no migration; what cannot be read counts as absent, so that ingest never stops for it.

import { z } from 'zod'

const EVENTS_PER_MINUTE_MAX = 100_000_000

const PROJECT_SETTINGS = z.object({
  /** Over it, repeats of known issues are counted but stored as a sample. null: the instance's; 0: no limit. */
  eventsPerMinute: z.int().min(0).max(EVENTS_PER_MINUTE_MAX).nullable().catch(null),
  /** Over it, events are refused, and SDKs told to wait. null: no limit. */
  eventsPerMinuteHardMax: z.int().min(1).max(EVENTS_PER_MINUTE_MAX).nullable().catch(null),
})

export type ProjectSettings = z.infer<typeof PROJECT_SETTINGS>

/** @param json as stored. */
export function readProjectSettings(json: unknown): ProjectSettings {
  return PROJECT_SETTINGS.parse(typeof json === 'object' && json !== null ? json : {})
}
