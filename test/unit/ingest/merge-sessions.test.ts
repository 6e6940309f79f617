import { describe, expect, it } from 'vitest'
import { createKnownPeople, namePerson } from '../../../server/ingest/known-people.ts'
import { mergeSessions, USER_KINDS, type SessionItem } from '../../../server/ingest/merge-sessions.ts'
import type { SessionUpdate } from '../../../server/ingest/read-session.ts'
import { ABNORMAL, CRASHED, ERRORED, EXITED, STARTED } from '../../../server/ingest/session-state.ts'

const HOUR_MS = 3_600_000
const NAME = { projectId: 1, release: '1.0', environment: null, userAgent: null }
const SID = 'a'.repeat(32)

function session(fields: Partial<SessionUpdate> = {}): SessionItem {
  const none = { sid: SID, startedOn: '1970-01-01', seq: 0, durationMs: null, user: null, isAnr: false }
  return { ...NAME, update: { ...none, startedMs: 5, atMs: 7, state: STARTED, ...fields } }
}

function counted(fields: object): SessionItem {
  const none = { exited: 0, errored: 0, crashed: 0, abnormal: 0, unhandled: 0 }
  return { ...NAME, aggregates: [{ startedMs: 5, user: null, ...none, ...fields }] }
}

const merge = (items: SessionItem[], healthIds = items.map(() => 9), people = createKnownPeople()) =>
  mergeSessions(items, healthIds, people)

describe('a batch of sessions', () => {
  it('has one row for all updates of a session, with the bits of all and the duration of the last', () => {
    const { sessions, hours } = merge([
      session({ state: EXITED, seq: 5, durationMs: 50 }),
      session(),
      session({ state: ERRORED, seq: 9 }),
      session({ state: EXITED, seq: 4, durationMs: 40 }),
    ])
    expect(sessions).toHaveLength(1)
    expect(sessions[0]).toMatchObject({ sid: SID, healthId: 9, hour: 0, state: STARTED | EXITED | ERRORED })
    expect(sessions[0]).toMatchObject({ seq: 5, durationMs: 50 })
    expect(hours).toEqual([])
  })

  it('tells sessions of two projects, and of two days, apart', () => {
    const other: SessionItem = { ...session(), projectId: 2 }
    expect(merge([session(), other, session({ startedOn: '1970-01-02' })], [9, 8, 9]).sessions).toHaveLength(3)
  })

  it('adds what has no id, and aggregates, to the hours', () => {
    const { sessions, hours } = merge([
      session({ sid: null, state: STARTED | CRASHED | ABNORMAL | ERRORED }),
      session({ sid: null, state: STARTED | EXITED, durationMs: 30 }),
      counted({ exited: 4, errored: 3, crashed: 2, abnormal: 1, unhandled: 5 }),
      counted({ startedMs: HOUR_MS, exited: 1 }),
      counted({ startedMs: 3 * HOUR_MS }),
    ])
    expect(sessions).toEqual([])
    const ids = { projectId: 1, healthId: 9 }
    expect(hours).toEqual([
      { ...ids, hour: 0, sessions: 17, errored: 12, crashed: 3, abnormal: 1, unhandled: 5, timed: 1, durationMs: 30 },
      { ...ids, hour: 1, sessions: 1, errored: 0, crashed: 0, abnormal: 0, unhandled: 0, timed: 0, durationMs: 0 },
    ])
  })

  it('has each person once for each kind, with the last hour', () => {
    const { users } = merge([
      session({ user: '7', startedMs: HOUR_MS }),
      session({ user: '7', state: ABNORMAL | ERRORED, isAnr: true }),
      session({ user: null, state: CRASHED | ERRORED }),
      counted({ user: '8', exited: 1, crashed: 1 }),
      counted({ user: '9' }),
    ])
    expect(users.map(({ user, kind, hour }) => [user, kind, hour])).toEqual([
      ['7', USER_KINDS.all, 1],
      ['7', USER_KINDS.errored, 0],
      ['7', USER_KINDS.abnormal, 0],
      ['7', USER_KINDS.anr, 0],
      ['8', USER_KINDS.all, 0],
      ['8', USER_KINDS.errored, 0],
      ['8', USER_KINDS.crashed, 0],
    ])
  })

  it('has nobody who is known to be counted in the hour, or later', () => {
    const people = createKnownPeople()
    people.remember([{ person: namePerson(9, USER_KINDS.all, '7'), hour: 1 }])
    const items = [0, 1, 2].map((hour) => session({ user: '7', startedMs: hour * HOUR_MS }))
    expect(merge(items.slice(0, 2), [9, 9], people).users).toEqual([])
    expect(merge(items, [9, 9, 9], people).users).toMatchObject([{ user: '7', hour: 2 }])
    expect(merge(items.slice(0, 1), [8], people).users).toMatchObject([{ user: '7', healthId: 8, hour: 0 }])
  })

  it('knows when each release was seen, in the order of their numbers', () => {
    const { healths } = merge([session({ atMs: 90 }), session({ startedMs: 2 }), session()], [5, 5, 4])
    expect(healths).toEqual([
      { projectId: 1, healthId: 4, firstMs: 5, lastMs: 7 },
      { projectId: 1, healthId: 5, firstMs: 2, lastMs: 90 },
    ])
  })
})
