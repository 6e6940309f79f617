// How many events are kept whole. Over a soft limit an SDK is still answered 200: what is new (an issue, a release, an
// environment) is stored whole, repeats of known issues are counted exactly and stored as a sample, spread over time and
// over issues. Only a hard limit, which a project need not have, makes SDKs stop.
//
// All of it is memory of this process. After a start it knows nothing, so that everything is new once: at worst an event
// more is stored for each issue, release and environment.

import type { ClientKeyRecord } from './client-keys.ts'
import { createRecentMap } from './recent-map.ts'
import { createTokenBuckets } from './token-bucket.ts'

/** What is looked at of an event. */
export interface QuotaEvent {
  eventId: string
  hash: string
  release: string | null
  environment: string | null
}

export interface EventQuota {
  /** Of the hard limit. @returns 0 when one more event may come; else the seconds until then. */
  refusedForSeconds(key: ClientKeyRecord, nowMs: number): number
  /** The same, and the event that comes counts: asked again once it is known that no filter drops it. */
  takeOrRefuseForSeconds(key: ClientKeyRecord, nowMs: number): number
  /** Takes one from the limits. @returns whether the event is a repeat that they leave no room for. */
  isRepeatOverLimit(key: ClientKeyRecord, event: QuotaEvent, nowMs: number): boolean
  /** After the commit of an event that was stored whole. */
  noteStored(key: ClientKeyRecord, event: QuotaEvent, nowMs: number): void
  /** After the commit of an event that was counted only. */
  noteSampled(key: ClientKeyRecord, event: QuotaEvent, issueId: number): void
  /**
   * Of an event that was counted without being stored, so that the database cannot tell that it comes again.
   * @returns its issue; undefined for other events, and for those of long ago.
   */
  sampledIssue(projectId: number, eventId: string): number | undefined
}

/** Of a known issue one event at least is stored in this time, whatever the limits say. */
const STORE_AGAIN_AFTER_MS = 60_000
const ISSUES_MAX = 100_000
const VALUES_MAX = 20_000
/** An SDK that does not get its answer sends again within minutes. */
const SAMPLED_IDS_MAX = 100_000

/** @param eventsPerMinute for projects that set nothing of their own; 0 for no limit. */
export function createEventQuota(eventsPerMinute: number): EventQuota {
  const buckets = createTokenBuckets()
  const storedAtMs = createRecentMap<number>(ISSUES_MAX)
  const values = createRecentMap<true>(VALUES_MAX)
  const sampledIds = createRecentMap<number>(SAMPLED_IDS_MAX)
  let hasSampled = false

  function isNew({ projectId }: ClientKeyRecord, { hash, release, environment }: QuotaEvent, nowMs: number): boolean {
    const atMs = storedAtMs.get(`${projectId}:${hash}`)
    if (atMs === undefined || nowMs - atMs >= STORE_AGAIN_AFTER_MS) return true
    if (release !== null && values.get(`${projectId}:release:${release}`) === undefined) return true
    return environment !== null && values.get(`${projectId}:environment:${environment}`) === undefined
  }

  return {
    refusedForSeconds({ projectId, settings: { eventsPerMinuteHardMax } }, nowMs) {
      if (eventsPerMinuteHardMax === null) return 0
      const hasRoom = buckets.has(`hard:${projectId}`, eventsPerMinuteHardMax, nowMs)
      return hasRoom ? 0 : buckets.secondsToNext(`hard:${projectId}`, eventsPerMinuteHardMax, nowMs)
    },
    takeOrRefuseForSeconds({ projectId, settings: { eventsPerMinuteHardMax } }, nowMs) {
      if (eventsPerMinuteHardMax === null) return 0
      const isTaken = buckets.take(`hard:${projectId}`, eventsPerMinuteHardMax, nowMs)
      return isTaken ? 0 : buckets.secondsToNext(`hard:${projectId}`, eventsPerMinuteHardMax, nowMs)
    },
    isRepeatOverLimit(key, event, nowMs) {
      const ofProject = key.settings.eventsPerMinute ?? eventsPerMinute
      const ofKey = key.eventsPerMinute
      // Both are asked, so that an event that one has no room for still counts for the other.
      const projectHasRoom = ofProject === 0 || buckets.take(`project:${key.projectId}`, ofProject, nowMs)
      const keyHasRoom = ofKey === null || ofKey === 0 || buckets.take(`key:${key.id}`, ofKey, nowMs)
      return !(projectHasRoom && keyHasRoom) && !isNew(key, event, nowMs)
    },
    noteStored({ projectId }, { hash, release, environment }, nowMs) {
      storedAtMs.set(`${projectId}:${hash}`, nowMs)
      if (release !== null) values.set(`${projectId}:release:${release}`, true)
      if (environment !== null) values.set(`${projectId}:environment:${environment}`, true)
    },
    noteSampled({ projectId }, { eventId }, issueId) {
      hasSampled = true
      sampledIds.set(`${projectId}:${eventId}`, issueId)
    },
    sampledIssue: (projectId, eventId) => (hasSampled ? sampledIds.get(`${projectId}:${eventId}`) : undefined),
  }
}
