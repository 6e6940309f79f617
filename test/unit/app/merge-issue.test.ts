import { describe, expect, it } from 'vitest'
import { readFilter } from '#lib/domain/issue-filter.ts'
import { matchesFilter, mergeIssue, settleRows } from '#lib/domain/merge-issue.ts'
import type { ListedIssue, MergeRules } from '#lib/domain/merge-issue.ts'

function makeIssue(id: string, change: Partial<ListedIssue> = {}): ListedIssue {
  return {
    id,
    title: `Error ${id}`,
    culprit: 'checkout',
    status: 'UNRESOLVED',
    eventCount: 1,
    userCount: 1,
    firstSeenAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    ...change,
  }
}

function makeRules(search = '', change: Partial<MergeRules> = {}): MergeRules {
  return { filter: readFilter(new URLSearchParams(search)), held: false, hasNextPage: false, ...change }
}

const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`
const idsOf = (rows: readonly ListedIssue[]) => rows.map((row) => row.id)

const older = makeIssue('older', { lastSeenAt: at(1) })
const newer = makeIssue('newer', { lastSeenAt: at(2) })
const shown = { rows: [newer, older], waiting: [] }

describe('a change that comes to an open list', () => {
  it('puts a new issue where its time says', () => {
    const { rows } = mergeIssue(shown, makeIssue('new', { lastSeenAt: at(3) }), makeRules())
    expect(idsOf(rows)).toEqual(['new', 'newer', 'older'])
  })

  it('moves an issue up that happened again', () => {
    const { rows } = mergeIssue(shown, { ...older, lastSeenAt: at(5) }, makeRules())
    expect(idsOf(rows)).toEqual(['older', 'newer'])
  })

  it('moves no row while the list is held, and lets new ones wait', () => {
    const rules = makeRules('', { held: true })
    const grown = mergeIssue(shown, { ...older, lastSeenAt: at(5), eventCount: 7 }, rules)
    expect(idsOf(grown.rows)).toEqual(['newer', 'older'])
    expect(grown.rows[1]?.eventCount).toBe(7)

    const waiting = mergeIssue(grown, makeIssue('new', { lastSeenAt: at(6) }), rules)
    expect(idsOf(waiting.rows)).toEqual(['newer', 'older'])
    expect(idsOf(waiting.waiting)).toEqual(['new'])

    const settled = settleRows(waiting, makeRules())
    expect(idsOf(settled.rows)).toEqual(['new', 'older', 'newer'])
    expect(settled.waiting).toEqual([])
  })

  it('takes an issue out that no longer belongs, but not from under the pointer', () => {
    const resolved = makeIssue('newer', { status: 'RESOLVED', lastSeenAt: at(2) })
    expect(idsOf(mergeIssue(shown, resolved, makeRules()).rows)).toEqual(['older'])

    const held = mergeIssue(shown, resolved, makeRules('', { held: true }))
    expect(idsOf(held.rows)).toEqual(['newer', 'older'])
    expect(idsOf(settleRows(held, makeRules()).rows)).toEqual(['older'])
  })

  it('forgets an issue that waits and is resolved meanwhile', () => {
    const waiting = { rows: [newer], waiting: [makeIssue('new')] }
    const resolved = makeIssue('new', { status: 'RESOLVED' })
    expect(mergeIssue(waiting, resolved, makeRules('', { held: true })).waiting).toEqual([])
  })

  it('counts new issues on later pages, where they have no place', () => {
    const merged = mergeIssue(shown, makeIssue('new', { lastSeenAt: at(9) }), makeRules('after=c1'))
    expect(idsOf(merged.rows)).toEqual(['newer', 'older'])
    expect(idsOf(merged.waiting)).toEqual(['new'])
  })

  it('leaves an issue out that sorts after everything here when another page follows', () => {
    const late = makeIssue('late', { lastSeenAt: at(0) })
    expect(idsOf(mergeIssue(shown, late, makeRules('', { hasNextPage: true })).rows)).toEqual(['newer', 'older'])
    expect(idsOf(mergeIssue(shown, late, makeRules()).rows)).toEqual(['newer', 'older', 'late'])
  })

  it('orders by what the list is sorted by, in both directions', () => {
    const many = makeIssue('many', { eventCount: '9007199254740993' })
    const list = { rows: [makeIssue('few', { eventCount: 2 })], waiting: [] }
    expect(idsOf(mergeIssue(list, many, makeRules('sort=events')).rows)).toEqual(['many', 'few'])
    expect(idsOf(mergeIssue(list, many, makeRules('sort=events&direction=asc')).rows)).toEqual(['few', 'many'])
    const users = makeIssue('users', { userCount: 5 })
    expect(idsOf(mergeIssue(list, users, makeRules('sort=users')).rows)).toEqual(['users', 'few'])
    const young = makeIssue('young', { firstSeenAt: at(4) })
    expect(idsOf(mergeIssue(list, young, makeRules('sort=first-seen')).rows)).toEqual(['young', 'few'])
  })
})

describe('whether an issue belongs on a list', () => {
  it.each([
    ['query=ERROR+checkout', true],
    ['query=payment', false],
    ['status=all', true],
    ['status=resolved', false],
  ])('%s: %s', (search, belongs) => {
    expect(matchesFilter(makeIssue('1'), makeRules(search).filter)).toBe(belongs)
  })
})
