import { describe, expect, it } from 'vitest'
import { formatShare, formatWholeShare } from '../../../app/lib/ui/format-share.ts'

describe('formatShare', () => {
  it.each([
    [1, '100 %'],
    [0, '0 %'],
    [0.999999, '99.99 %'],
    [0.99995, '99.99 %'],
    [0.995, '99.5 %'],
    [0.99, '99 %'],
    [0.9899, '98.9 %'],
    [0.875, '87.5 %'],
    [2 / 3, '66.6 %'],
    [0.29, '29 %'],
    [0.57, '57 %'],
  ])('writes %s as %s', (share, text) => {
    expect(formatShare(share)).toBe(text)
  })

  it('never says all where something is missing', () => {
    for (let all = 2; all < 3_000_000; all = Math.ceil(all * 1.3)) {
      expect(formatShare((all - 1) / all)).not.toBe('100 %')
    }
  })
})

describe('formatWholeShare', () => {
  it.each([
    [0, '0 %'],
    [0.001, '< 1 %'],
    [0.01, '1 %'],
    [0.425, '43 %'],
    [1, '100 %'],
  ])('writes %s as %s', (share, text) => {
    expect(formatWholeShare(share)).toBe(text)
  })
})
