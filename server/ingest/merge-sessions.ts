// Adds up a batch of sessions in memory, so that each row is written once however many sessions change it. Of a session as
// little is made here as can be: what thousands leave behind costs the collector more than all else.

import { namePerson, type KnownPeople } from './known-people.ts'
import type { ReceivedAggregates, ReceivedSession, SessionUpdate } from './read-session.ts'
import { ABNORMAL, CRASHED, ERRORED, EXITED, STARTED, UNHANDLED } from './session-state.ts'

/** Of whom people are counted: `release_user.kind`. */
export const USER_KINDS = { all: 0, errored: 1, crashed: 2, abnormal: 3, anr: 4 } as const

const HOUR_MS = 3_600_000

/** What came as one item of an envelope. */
export type SessionItem = ReceivedSession | ReceivedAggregates

/** A release in an environment that sessions are of. */
interface HealthRow {
  projectId: number
  healthId: number
  firstMs: number
  lastMs: number
}

interface SessionRow {
  projectId: number
  healthId: number
  /** Since the epoch. */
  hour: number
  startedOn: string
  sid: string
  state: number
  /** Of the update that told the duration. */
  seq: number
  durationMs: number | null
}

/** What is counted without a session of its own. */
interface HourRow {
  projectId: number
  healthId: number
  hour: number
  sessions: number
  errored: number
  crashed: number
  abnormal: number
  unhandled: number
  timed: number
  durationMs: number
}

interface UserRow {
  /** As `namePerson` does. */
  person: string
  projectId: number
  healthId: number
  kind: number
  user: string
  hour: number
}

export interface SessionBatch {
  healths: HealthRow[]
  sessions: SessionRow[]
  hours: HourRow[]
  users: UserRow[]
}

/** @param healthIds of each item, in their order. @param people whose rows need not be written. */
export function mergeSessions(
  items: readonly SessionItem[],
  healthIds: readonly number[],
  people: Pick<KnownPeople, 'isCounted'>,
): SessionBatch {
  const healths = new Map<number, HealthRow>()
  /** By project and day, which are mostly those of the session before, and then by their ids. */
  const sessions = new Map<string, Map<string, SessionRow>>()
  let latest = { projectId: 0, startedOn: '', rows: new Map<string, SessionRow>() }
  const hours = new Map<string, HourRow>()
  const users = new Map<string, UserRow>()

  function noteTime(projectId: number, healthId: number, startedMs: number, atMs: number): void {
    const known = healths.get(healthId)
    if (known === undefined) healths.set(healthId, { projectId, healthId, firstMs: startedMs, lastMs: atMs })
    else {
      known.firstMs = Math.min(known.firstMs, startedMs)
      known.lastMs = Math.max(known.lastMs, atMs)
    }
  }

  function noteUser(projectId: number, healthId: number, kind: number, user: string, hour: number): void {
    const person = namePerson(healthId, kind, user)
    if (people.isCounted(person, hour)) return
    const known = users.get(person)
    if (known === undefined) users.set(person, { person, projectId, healthId, kind, user, hour })
    else known.hour = Math.max(known.hour, hour)
  }

  function findRows(projectId: number, startedOn: string): Map<string, SessionRow> {
    if (projectId === latest.projectId && startedOn === latest.startedOn) return latest.rows
    const key = `${projectId}:${startedOn}`
    let rows = sessions.get(key)
    if (rows === undefined) sessions.set(key, (rows = new Map()))
    latest = { projectId, startedOn, rows }
    return rows
  }

  function addHour(row: HourRow): void {
    const key = `${row.healthId}:${row.hour}`
    const known = hours.get(key)
    if (known === undefined) {
      hours.set(key, row)
      return
    }
    known.sessions += row.sessions
    known.errored += row.errored
    known.crashed += row.crashed
    known.abnormal += row.abnormal
    known.unhandled += row.unhandled
    known.timed += row.timed
    known.durationMs += row.durationMs
  }

  function addUpdate(projectId: number, healthId: number, update: SessionUpdate): void {
    const { sid, startedOn, startedMs, atMs, state, seq, durationMs, user, isAnr } = update
    const hour = Math.floor(startedMs / HOUR_MS)
    noteTime(projectId, healthId, startedMs, atMs)
    if (user !== null) {
      noteUser(projectId, healthId, USER_KINDS.all, user, hour)
      if (state & ERRORED) noteUser(projectId, healthId, USER_KINDS.errored, user, hour)
      if (state & CRASHED) noteUser(projectId, healthId, USER_KINDS.crashed, user, hour)
      if (state & ABNORMAL) noteUser(projectId, healthId, USER_KINDS.abnormal, user, hour)
      if (state & ABNORMAL && isAnr) noteUser(projectId, healthId, USER_KINDS.anr, user, hour)
    }
    if (sid === null) {
      addHour({ projectId, healthId, hour, ...countState(state, durationMs) })
      return
    }
    const rows = findRows(projectId, startedOn)
    const known = rows.get(sid)
    if (known === undefined) {
      rows.set(sid, { projectId, healthId, hour, startedOn, sid, state, seq, durationMs })
      return
    }
    known.state |= state
    if (durationMs !== null && (known.durationMs === null || seq >= known.seq)) {
      known.durationMs = durationMs
      known.seq = seq
    }
  }

  for (const [index, item] of items.entries()) {
    const { projectId } = item
    const healthId = healthIds[index] as number
    if ('update' in item) addUpdate(projectId, healthId, item.update)
    else {
      for (const { startedMs, user, exited, errored, crashed, abnormal, unhandled } of item.aggregates) {
        const hour = Math.floor(startedMs / HOUR_MS)
        const bad = errored + crashed + abnormal + unhandled
        const counts = { sessions: exited + bad, errored: bad, crashed, abnormal, unhandled, timed: 0, durationMs: 0 }
        if (counts.sessions === 0) continue
        noteTime(projectId, healthId, startedMs, startedMs)
        addHour({ projectId, healthId, hour, ...counts })
        if (user === null) continue
        noteUser(projectId, healthId, USER_KINDS.all, user, hour)
        if (bad > 0) noteUser(projectId, healthId, USER_KINDS.errored, user, hour)
        if (crashed > 0) noteUser(projectId, healthId, USER_KINDS.crashed, user, hour)
        if (abnormal > 0) noteUser(projectId, healthId, USER_KINDS.abnormal, user, hour)
      }
    }
  }
  return {
    healths: [...healths.values()].sort((a, b) => a.projectId - b.projectId || a.healthId - b.healthId),
    sessions: [...sessions.values()].flatMap((rows) => [...rows.values()]),
    hours: [...hours.values()],
    users: [...users.values()],
  }
}

/** The same that session-statement.ts does in SQL for a session with an id. */
function countState(state: number, durationMs: number | null): Omit<HourRow, 'projectId' | 'healthId' | 'hour'> {
  const ends = state & (CRASHED | ABNORMAL | UNHANDLED | EXITED)
  const isTimed = ends === EXITED && durationMs !== null
  return {
    sessions: state & STARTED ? 1 : 0,
    errored: state & ERRORED ? 1 : 0,
    crashed: ends >= CRASHED ? 1 : 0,
    abnormal: ends >= ABNORMAL && ends < CRASHED ? 1 : 0,
    unhandled: ends >= UNHANDLED && ends < ABNORMAL ? 1 : 0,
    timed: isTimed ? 1 : 0,
    durationMs: isTimed ? durationMs : 0,
  }
}
