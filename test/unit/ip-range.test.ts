import { describe, expect, it } from 'vitest'
import { isInRanges, parseIpAddress, parseIpRange } from '../../server/domain/ip-range.ts'

function isIn(address: string, range: string): boolean {
  const [parsed, parsedRange] = [parseIpAddress(address), parseIpRange(range)]
  if (parsed === null || parsedRange === null) throw new Error(`${address} or ${range} is none`)
  return isInRanges(parsed, [parsedRange])
}

describe('a range of addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.2', '192.0.2.1', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['192.0.2.1', '0.0.0.0/0', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:DB8:0:0::1', '2001:db8::1', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['10.1.2.3', '::ffff:10.1.2.3', true],
    ['10.1.2.3', '::/0', false],
  ])('%s in %s: %s', (address, range, expected) => {
    expect(isIn(address, range)).toBe(expected)
  })

  it.each([
    '',
    '10',
    '10/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '0x7f.1',
    'example.com',
    '10.0.0.1-10.0.0.9',
    '2001:db8::/129',
  ])('is not %j', (text) => {
    expect(parseIpRange(text)).toBeNull()
  })
})
