import { describe, expect, it } from 'vitest'
import { formatValue, listEntries } from '#lib/domain/event/list-entries.ts'
import { formatShort, formatWhole } from '#lib/ui/format-count.ts'
import { formatAhead, formatDistance, formatDuration, formatRelative } from '#lib/ui/format-time.ts'
import { shortenPath } from '#lib/ui/shorten-path.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('a count', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1 k'],
    [12_449, '12.4 k'],
    [999_999, '999 k'],
    [1_000_000, '1 M'],
    [3_160_000_000, '3.1 G'],
    ['9007199254740993', '9007199 G'],
  ])('%s is shortened to %s', (count, short) => {
    expect(formatShort(count)).toBe(short)
  })

  it('is exact in whole, beyond what a number holds too', () => {
    expect(formatWhole(1_234_567)).toBe('1,234,567')
    expect(formatWhole('9007199254740993')).toBe('9,007,199,254,740,993')
  })
})

describe('a time', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [MINUTE, '1 min'],
    [HOUR - 1, '59 min'],
    [DAY, '1 d'],
    [99 * DAY, '99 d'],
    [150 * DAY, '4 mo'],
    [800 * DAY, '2 y'],
    [-5, '0 s'],
  ])('of %s ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })

  it('is told from now, and a clock that runs ahead is now', () => {
    const now = Date.parse('2026-01-01T00:00:00Z')
    expect(formatRelative(new Date(now - 3 * MINUTE), now)).toBe('3 min ago')
    expect(formatRelative(new Date(now + 30 * SECOND), now)).toBe('just now')
    expect(formatAhead(new Date(now + 12 * HOUR), now)).toBe('in 12 h')
    expect(formatAhead(new Date(now + 7 * 24 * HOUR - 1), now)).toBe('in 7 d')
    expect(formatAhead(new Date(now + 24 * HOUR - 1), now)).toBe('in 1 d')
    expect(formatAhead(new Date(now + 1), now)).toBe('in 0 s')
    expect(formatAhead(new Date(now - 1), now)).toBe('now')
  })

  it.each([
    [-340, '−340 ms'],
    [-2_300, '−2.3 s'],
    [-4 * MINUTE, '−4 min'],
    [1_000, '+1.0 s'],
    [0, '0 ms'],
  ])('%s ms away is %s', (distanceMs, text) => {
    expect(formatDistance(1_000_000, 1_000_000 + distanceMs)).toBe(text)
  })
})

describe('a path', () => {
  it('loses its middle, never its end', () => {
    const path = '/srv/releases/2026-01-01/application/node_modules/express/lib/router/index.js'
    const short = shortenPath(path, 40)
    expect(short.length).toBeLessThanOrEqual(40)
    expect(short).toMatch(/^\/srv\/.*…\/.*router\/index\.js$/)
    expect(shortenPath('short.js', 40)).toBe('short.js')
    expect(shortenPath('x'.repeat(100), 40)).toHaveLength(40)
  })
})

describe('what an SDK sent', () => {
  it('is rows where it is an object, and nothing where it is not', () => {
    expect(listEntries({ a: 1, b: null })).toEqual([
      { key: 'a', value: 1 },
      { key: 'b', value: null },
    ])
    for (const value of [null, undefined, 'text', 7, true]) expect(listEntries(value)).toEqual([])
  })

  it('is shown as text, short values on one line', () => {
    expect(formatValue('a\nb')).toBe('a\nb')
    expect(formatValue({ a: [1, 2] })).toBe('{"a":[1,2]}')
    expect(formatValue(undefined)).toBe('')
    expect(formatValue({ a: 'x'.repeat(90) })).toContain('\n')
  })
})
