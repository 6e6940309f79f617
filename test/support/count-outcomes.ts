// What each item that SDKs sent has to be counted as, by the README of server/ingest.

import type { OutcomeCount } from './arrival-queries.ts'
import { eventIdOf, readJson } from './read-request.ts'
import type { Json, SentItem, SentRequest } from './read-request.ts'

interface OutcomeCounter {
  add(request: SentRequest): void
  counts(): OutcomeCount[]
}

/** Items that are taken, and what they are counted as. All others are `unsupported`. */
const CATEGORIES: Record<string, string> = {
  event: 'error',
  transaction: 'transaction',
  attachment: 'attachment',
  feedback: 'feedback',
  user_report: 'user_report_v2',
  client_report: 'client_report',
  session: 'session',
  sessions: 'session',
}

interface Discarded {
  reason: string
  category: string
  quantity: number
}

export function createOutcomeCount(): OutcomeCounter {
  const counts = new Map<string, OutcomeCount>()
  const seen = new Set<string>()
  /** The monitors that were made, with how many failures open their issue. */
  const thresholds = new Map<string, number>()

  function add(outcome: string, reason: string | null, category: string, quantity = 1): void {
    const name = `${outcome} ${reason} ${category}`
    const found = counts.get(name)
    if (found === undefined) counts.set(name, { outcome, reason, category, quantity })
    else found.quantity += quantity
  }

  /** The same event, and the same file of the same event, is one. */
  function isRepeat(request: SentRequest, item: SentItem): boolean {
    if (item.type !== 'event' && item.type !== 'attachment') return false
    const name =
      item.type === 'event'
        ? eventIdOf(request, item)
        : `${eventIdOf(request, item)} ${String(item.header.filename)} ${item.payload.toString('base64')}`
    const isThere = seen.has(name)
    seen.add(name)
    return isThere
  }

  /** Of a monitor that no check-in has made it is none. A failure that opens an issue is an event of its own. */
  function addCheckIn(item: SentItem): void {
    const { monitor_slug: slug, monitor_config: config, status } = readJson(item)
    const { schedule, failure_issue_threshold: sent } = (config ?? {}) as Json
    if (schedule !== undefined) thresholds.set(String(slug), Number(sent ?? 1))
    const threshold = thresholds.get(String(slug))
    if (threshold === undefined) return add('dropped', 'invalid', 'monitor')
    add('accepted', null, 'monitor')
    if (status === 'error' && threshold === 1) add('accepted', null, 'error')
  }

  return {
    counts: () => [...counts.values()],
    add(request) {
      for (const item of request.items) {
        const category = CATEGORIES[item.type]
        if (item.type === 'check_in') addCheckIn(item)
        else if (category === undefined) add('unsupported', null, item.type)
        else if (isRepeat(request, item)) add('dropped', 'duplicate', category)
        else add('accepted', null, category, quantityOf(item))
        if (item.type !== 'client_report') continue
        for (const discarded of (readJson(item).discarded_events ?? []) as Discarded[]) {
          const of = discarded.category === 'default' ? 'error' : discarded.category
          add('client_discarded', discarded.reason, of, discarded.quantity)
        }
      }
    },
  }
}

/** Sessions that are counted by the minute are one for each count. */
function quantityOf(item: SentItem): number {
  return item.type === 'sessions' ? (readJson(item).aggregates as unknown[]).length : 1
}
