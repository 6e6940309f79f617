import { describe, expect, it } from 'vitest'
import { createRecentMap } from '../../../server/ingest/recent-map.ts'

const held = (map: { get(key: string): unknown }, keys: string[]): string[] => keys.filter((key) => map.get(key))

describe('a map of what was asked for last', () => {
  it('holds the last half of its entries at least, and no more than all', () => {
    const map = createRecentMap<number>(4)
    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const [index, key] of keys.entries()) map.set(key, index + 1)
    expect(held(map, keys).slice(-2)).toEqual(['e', 'f'])
    expect(held(map, keys).length).toBeLessThanOrEqual(4)
  })

  it('keeps what is asked for', () => {
    const map = createRecentMap<number>(4)
    map.set('kept', 1)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      expect(map.get('kept')).toBe(1)
      map.set(key, 1)
    }
  })

  it('goes by what its entries weigh', () => {
    const map = createRecentMap<string>(20, (value) => value.length)
    map.set('a', 'x'.repeat(10))
    map.set('b', 'x'.repeat(10))
    expect(held(map, ['a', 'b'])).toEqual(['a', 'b'])
    map.set('c', 'x')
    expect(map.get('c')).toBe('x')
    expect(held(map, ['a'])).toEqual([])
  })

  it('weighs a key that is set again once', () => {
    const map = createRecentMap<string>(20, (value) => value.length)
    map.set('other', 'x')
    for (let time = 0; time < 50; time += 1) map.set('same', 'x'.repeat(5))
    expect(held(map, ['other', 'same'])).toEqual(['other', 'same'])
  })
})
