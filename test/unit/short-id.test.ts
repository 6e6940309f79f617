import { describe, expect, it } from 'vitest'
import { formatShortId, parseShortId } from '../../server/domain/short-id.ts'

describe('a short id', () => {
  it.each([
    ['shop', 1, 'SHOP-1'],
    ['shop', 36, 'SHOP-10'],
    ['web-shop_2', 1_295, 'WEB-SHOP_2-ZZ'],
    ['a1', 2_147_483_647, 'A1-ZIK0ZJ'],
  ])('of %s and %s is %s, and read back in any letter case', (projectName, issueNumber, shortId) => {
    expect(formatShortId(projectName, issueNumber)).toBe(shortId)
    for (const text of [shortId, shortId.toLowerCase()])
      expect(parseShortId(text)).toEqual({ projectName, issueNumber })
  })

  it.each([
    ...[
      '',
      'SHOP',
      'SHOP-',
      '-1',
      '1',
      'SHOP-0',
      'SHOP-ZIK0ZK',
      'SHOP-ZZZZZZZZ',
      'SHOP 1',
      'SHOP-1 ',
      'SHÖP-1',
      'SHOP-1\n',
    ],
    ...['SHOP/-1', 'SHOP\0-1', `${'x'.repeat(64)}-1`, `${'-'.repeat(100_000)}1`],
  ])('is not %j', (text) => {
    expect(parseShortId(text)).toBeNull()
  })
})
