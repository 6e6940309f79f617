// An issue's events, by time of receipt. The event table has a partition for each day, and an index in each: a statement
// over all of them would ask every one. So the walk goes from the day it begins with through ranges of days that double,
// and stops as soon as the page is full: one statement for an issue that is alive, eight at most for 90 days.

import type { Pool } from 'pg'
import { formatDay } from '../../database/partitions.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { defineCursor, TIME, UUID } from '../../domain/list-cursor.ts'
import type { Page, PageRequest } from '../../domain/tracker.ts'
import { parseIssueId } from './issue-row.ts'
import { EVENT_COLUMNS, EVENT_TABLES, toStoredEvents, type EventRow } from './stored-event.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const CURSOR = defineCursor<[receivedAt: Date, eventId: string]>(TIME, UUID)

interface Position {
  receivedAtMs: number
  eventId: string
}

interface Walk {
  projectId: number
  issueId: number
  direction: 'newer' | 'older'
  /** The walk begins right behind it. */
  from: Position | null
  eventsMax: number
}

/** Newest first. */
export async function listEvents(
  pool: Pool,
  projectId: number,
  issueId: string,
  { first, after }: PageRequest,
): Promise<Page<StoredEvent>> {
  const id = parseIssueId(issueId)
  if (id === null) return { items: [], hasNextPage: false }
  const from = after === null ? null : parsePosition(after)
  const events = await walkEvents(pool, { projectId, issueId: id, direction: 'older', from, eventsMax: first + 1 })
  const items = events.slice(0, first).map((node) => ({ node, cursor: formatPosition(node) }))
  return { items, hasNextPage: events.length > first }
}

export async function oldestEvent(pool: Pool, projectId: number, issueId: string): Promise<StoredEvent | null> {
  const id = parseIssueId(issueId)
  if (id === null) return null
  const [event] = await walkEvents(pool, { projectId, issueId: id, direction: 'newer', from: null, eventsMax: 1 })
  return event ?? null
}

export async function neighbourEvent(
  pool: Pool,
  from: StoredEvent,
  which: 'previous' | 'next',
): Promise<StoredEvent | null> {
  const direction = which === 'previous' ? 'older' : 'newer'
  const walk = { projectId: from.projectId, issueId: Number(from.issueId), direction, from, eventsMax: 1 } as const
  const [event] = await walkEvents(pool, walk)
  return event ?? null
}

function parsePosition(cursor: string): Position {
  const [receivedAt, eventId] = CURSOR.parse(cursor)
  return { receivedAtMs: receivedAt.getTime(), eventId }
}

function formatPosition({ receivedAtMs, eventId }: Position): string {
  return CURSOR.format([new Date(receivedAtMs), eventId])
}

async function walkEvents(pool: Pool, walk: Walk): Promise<StoredEvent[]> {
  const bounds = await findBounds(pool, walk)
  if (bounds === null) return []
  const isOlder = walk.direction === 'older'
  const start = walk.from === null ? null : toDayNumber(walk.from.receivedAtMs)
  const rows: EventRow[] = []
  let day = isOlder ? Math.min(start ?? Infinity, bounds.newest) : Math.max(start ?? -Infinity, bounds.oldest)
  // Two days at first: shortly after midnight most of a page is of the day before.
  for (let days = 2; rows.length < walk.eventsMax && day >= bounds.oldest && day <= bounds.newest; days *= 2) {
    const end = isOlder ? Math.max(day - days + 1, bounds.oldest) : Math.min(day + days - 1, bounds.newest)
    rows.push(...(await selectEvents(pool, walk, Math.min(day, end), Math.max(day, end), walk.eventsMax - rows.length)))
    day = isOlder ? end - 1 : end + 1
  }
  return toStoredEvents(rows)
}

/** The first and the last day on which the issue can have events. Its first event may be older than its row says. */
async function findBounds(
  pool: Pool,
  { projectId, issueId }: Walk,
): Promise<{ oldest: number; newest: number } | null> {
  const { rows } = await pool.query<{ oldest: Date; newest: Date }>({
    name: 'tracker-event-bounds',
    text: `SELECT least(first_seen_at, created_at, latest_received_at) AS oldest, latest_received_at AS newest
           FROM issue WHERE project_id = $1 AND id = $2`,
    values: [projectId, issueId],
  })
  const [row] = rows
  return row === undefined
    ? null
    : { oldest: toDayNumber(row.oldest.getTime()) - 1, newest: toDayNumber(row.newest.getTime()) }
}

async function selectEvents(pool: Pool, walk: Walk, firstDay: number, lastDay: number, rowsMax: number) {
  const [compare, direction] = walk.direction === 'older' ? ['<', 'DESC'] : ['>', 'ASC']
  const values: unknown[] = [walk.projectId, walk.issueId, toDay(firstDay), toDay(lastDay), rowsMax]
  let condition = ''
  if (walk.from !== null) {
    values.push(new Date(walk.from.receivedAtMs).toISOString(), walk.from.eventId)
    condition = `AND (e.received_at, e.id) ${compare} ($6::timestamptz, $7::uuid)`
  }
  // Not a named statement: planned with its days, it knows the partitions.
  const { rows } = await pool.query<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM ${EVENT_TABLES}
     WHERE e.project_id = $1 AND e.issue_id = $2 AND e.received_on BETWEEN $3::date AND $4::date ${condition}
     ORDER BY e.received_at ${direction}, e.id ${direction} LIMIT $5`,
    values,
  )
  return rows
}

/** Days since the epoch. */
function toDayNumber(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS)
}

function toDay(dayNumber: number): string {
  return formatDay(dayNumber * DAY_MS)
}
