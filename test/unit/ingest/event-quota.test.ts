import { describe, expect, it } from 'vitest'
import { createEventQuota } from '../../../server/ingest/event-quota.ts'
import type { ClientKeyRecord } from '../../../server/ingest/client-keys.ts'
import { makeKey } from '../../support/make-key.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

function makeQuotaEvent(overrides: Partial<Parameters<ReturnType<typeof createEventQuota>['noteSampled']>[1]> = {}) {
  return { eventId: 'e', hash: 'h', release: '1', environment: 'production', ...overrides }
}

/** Sends events one after another, as if each were stored or counted at once. @returns how many are stored. */
function sendMany(
  quota: ReturnType<typeof createEventQuota>,
  key: ClientKeyRecord,
  {
    count,
    everyMs,
    event = makeQuotaEvent(),
  }: { count: number; everyMs: number; event?: ReturnType<typeof makeQuotaEvent> },
): number {
  let stored = 0
  for (let index = 0; index < count; index += 1) {
    const nowMs = NOW + index * everyMs
    if (quota.isRepeatOverLimit(key, event, nowMs)) continue
    stored += 1
    quota.noteStored(key, event, nowMs)
  }
  return stored
}

describe('the soft limit', () => {
  it('lets everything be stored below it, and everything where it is 0', () => {
    expect(sendMany(createEventQuota(60), makeKey(), { count: 600, everyMs: 1_000 })).toBe(600)
    expect(sendMany(createEventQuota(0), makeKey(), { count: 600, everyMs: 0 })).toBe(600)
  })

  it('leaves a sample of ten times as many, spread over the whole time', () => {
    const quota = createEventQuota(60)
    const key = makeKey()
    const storedAt: number[] = []
    for (let second = 0; second < 600; second += 0.1) {
      const nowMs = NOW + second * 1_000
      if (quota.isRepeatOverLimit(key, makeQuotaEvent(), nowMs)) continue
      storedAt.push(second)
      quota.noteStored(key, makeQuotaEvent(), nowMs)
    }
    expect(storedAt.length).toBeGreaterThan(600)
    expect(storedAt.length).toBeLessThan(680)
    for (let minute = 2; minute < 10; minute += 1) {
      const inMinute = storedAt.filter((second) => Math.floor(second / 60) === minute).length
      expect(inMinute).toBeGreaterThan(55)
      expect(inMinute).toBeLessThan(65)
    }
  })

  it('stores what is new, however far over it: an issue, a release, an environment', () => {
    const quota = createEventQuota(1)
    const key = makeKey()
    sendMany(quota, key, { count: 50, everyMs: 0 })
    expect(quota.isRepeatOverLimit(key, makeQuotaEvent(), NOW)).toBe(true)
    expect(quota.isRepeatOverLimit(key, makeQuotaEvent({ hash: 'other' }), NOW)).toBe(false)
    expect(quota.isRepeatOverLimit(key, makeQuotaEvent({ release: '2' }), NOW)).toBe(false)
    expect(quota.isRepeatOverLimit(key, makeQuotaEvent({ environment: 'staging' }), NOW)).toBe(false)
    expect(quota.isRepeatOverLimit(key, makeQuotaEvent({ release: null, environment: null }), NOW)).toBe(true)
  })

  it('stores one event a minute of each known issue, whatever the others take', () => {
    const quota = createEventQuota(1)
    const key = makeKey()
    quota.noteStored(key, makeQuotaEvent(), NOW)
    sendMany(quota, key, { count: 100, everyMs: 1, event: makeQuotaEvent({ hash: 'flood' }) })
    expect(quota.isRepeatOverLimit(key, makeQuotaEvent(), NOW + 59_000)).toBe(true)
    expect(quota.isRepeatOverLimit(key, makeQuotaEvent(), NOW + 61_000)).toBe(false)
  })

  it("is a project's own where it has one, and a key's beside it", () => {
    const own = makeKey({ settings: { eventsPerMinute: 5 } })
    expect(sendMany(createEventQuota(1_000), own, { count: 100, everyMs: 0 })).toBe(5)
    const narrow = makeKey({ eventsPerMinute: 3 })
    const quota = createEventQuota(1_000)
    expect(sendMany(quota, narrow, { count: 100, everyMs: 0 })).toBe(3)
    // Another key of the project is not held back by it.
    expect(sendMany(quota, makeKey({ id: 2 }), { count: 100, everyMs: 0 })).toBe(100)
  })

  it('is told apart by project', () => {
    const quota = createEventQuota(2)
    expect(sendMany(quota, makeKey(), { count: 10, everyMs: 0 })).toBe(2)
    expect(sendMany(quota, makeKey({ id: 2, projectId: 2 }), { count: 10, everyMs: 0 })).toBe(2)
  })
})

describe('an event that was counted only', () => {
  it('is known when it comes again, within its project', () => {
    const quota = createEventQuota(1)
    const key = makeKey()
    expect(quota.sampledIssue(1, 'e')).toBeUndefined()
    quota.noteSampled(key, makeQuotaEvent(), 7)
    expect(quota.sampledIssue(1, 'e')).toBe(7)
    expect(quota.sampledIssue(2, 'e')).toBeUndefined()
    for (let index = 0; index < 40_000; index += 1) quota.noteSampled(key, makeQuotaEvent({ eventId: `e${index}` }), 7)
    expect(quota.sampledIssue(1, 'e')).toBe(7)
  })
})

describe('the hard limit', () => {
  it('refuses what is over it, and tells when to come again', () => {
    const quota = createEventQuota(0)
    const key = makeKey({ settings: { eventsPerMinuteHardMax: 30 } })
    const waits = Array.from({ length: 31 }, () => quota.takeOrRefuseForSeconds(key, NOW))
    expect(waits).toEqual([...Array.from({ length: 30 }, () => 0), 2])
    expect(quota.takeOrRefuseForSeconds(key, NOW + 2_000)).toBe(0)
    expect(quota.takeOrRefuseForSeconds(key, NOW + 2_000)).toBe(2)
  })

  it.each([6, 7, 11, 59])('of %s a minute tells the seconds that are left, and no more', (eventsPerMinuteHardMax) => {
    const quota = createEventQuota(0)
    const key = makeKey({ settings: { eventsPerMinuteHardMax } })
    const apartMs = 60_000 / eventsPerMinuteHardMax
    for (let index = 0; index < eventsPerMinuteHardMax; index += 1) quota.takeOrRefuseForSeconds(key, NOW)
    for (const waitedMs of [1, apartMs / 3, apartMs / 2, apartMs - 1].map(Math.floor)) {
      const seconds = quota.refusedForSeconds(key, NOW + waitedMs)
      expect(seconds, `${waitedMs}`).toBe(Math.max(Math.ceil((apartMs - waitedMs) / 1_000), 1))
    }
    // In between it was asked, which changes nothing; who comes when they were told to is let in.
    expect(quota.takeOrRefuseForSeconds(key, NOW + Math.ceil(apartMs))).toBe(0)
  })

  it('is none where a project sets none', () => {
    const quota = createEventQuota(1)
    for (let index = 0; index < 1_000; index += 1) expect(quota.takeOrRefuseForSeconds(makeKey(), NOW)).toBe(0)
  })
})
