import { describe, expect, it } from 'vitest'
import {
  buildSeries,
  chooseCategory,
  listCategories,
  listRows,
} from '../../../app/routes/(app)/[group]/[project]/ingest/group-outcomes.ts'

const TIMES = ['2026-11-22T10:00:00.000Z', '2026-11-22T11:00:00.000Z']
const make = (outcome: string, reason: string | null, category: string, counts: [number, number]) => ({
  outcome,
  reason,
  category,
  quantity: counts[0] + counts[1],
  points: counts.map((count, index) => ({ at: TIMES[index] ?? '', count })),
})
const COUNTS = [
  make('dropped', 'invalid', 'error', [1, 2]),
  make('accepted', null, 'error', [10, 20]),
  make('dropped', 'too_large', 'error', [0, 9]),
  make('accepted', null, 'transaction', [100, 200]),
  make('client_discarded', 'before_send', 'error', [5, 0]),
]

describe('the outcomes of a project', () => {
  it('make one series for each outcome, in time, also for those that did not happen', () => {
    const { times, series } = buildSeries(COUNTS)
    expect(times).toEqual(TIMES)
    expect(series.map(({ outcome, total, counts }) => [outcome, total, counts])).toEqual([
      ['accepted', 330, [110, 220]],
      ['sampled', 0, [0, 0]],
      ['unsupported', 0, [0, 0]],
      ['dropped', 12, [1, 11]],
      ['client_discarded', 5, [5, 0]],
    ])
  })

  it('stand in a table by outcome, the largest first', () => {
    expect(listRows(COUNTS).map(({ outcome, reason, quantity }) => [outcome, reason, quantity])).toEqual([
      ['accepted', null, 300],
      ['accepted', null, 30],
      ['dropped', 'too_large', 9],
      ['dropped', 'invalid', 3],
      ['client_discarded', 'before_send', 5],
    ])
  })

  it('can be seen for one kind of data', () => {
    expect(listCategories(COUNTS)).toEqual(['error', 'transaction'])
    expect(chooseCategory(COUNTS, 'transaction')).toHaveLength(1)
    expect(chooseCategory(COUNTS, null)).toHaveLength(5)
  })

  it('are empty where nothing was sent', () => {
    expect(buildSeries([]).times).toEqual([])
    expect(listRows([])).toEqual([])
  })
})
