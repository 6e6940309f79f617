// Secrets inside of texts.

import { describe, expect, it } from 'vitest'
import { FULL, PROSE, scrubText } from '../../../server/ingest/scrub-text.ts'
import { measureProcessorMs } from '../../support/measure-processor.ts'

describe('is taken out', () => {
  it.each([
    ['paid with 4242 4242 4242 4242 today', 'paid with [Filtered] today'],
    ['4111-1111-1111-1111', '[Filtered]'],
    ['378282246310005', '[Filtered]'],
    ['5555555555554444,6011111111111117', '[Filtered],[Filtered]'],
    ['ssn 123-45-6789.', 'ssn [Filtered].'],
    ['Authorization: Bearer eyJh.bGci-Oi', 'Authorization: [Filtered]'],
    ['{"h":"bearer abc"}', '{"h":"[Filtered]"}'],
    ['postgres://app:s3cr@t@db.example.com/x', 'postgres://[Filtered]@db.example.com/x'],
    ['https://0123456789abcdef@sentry.example.com/1', 'https://[Filtered]@sentry.example.com/1'],
    ['{"user":"a","password":"hun\\"ter2","b":1}', '{"user":"a","password":"[Filtered]","b":1}'],
    ['{\\"api_key\\":\\"x\\"}', '{\\"api_key\\":\\"[Filtered]\\"}'],
    ["{'secret': 'x', 'n': 1}", "{'secret': '[Filtered]', 'n': 1}"],
    ['connect(password="x")', 'connect(password=[Filtered])'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----\nx',
      '-----BEGIN RSA PRIVATE KEY-----\n[Filtered]\n-----END RSA PRIVATE KEY-----\nx',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMIIabc that was cut off', '-----BEGIN PRIVATE KEY-----\n[Filtered]'],
  ])('of any text: %j', (text, expected) => {
    expect(scrubText(text, FULL)).toBe(expected)
    expect(scrubText(text, PROSE)).toBe(expected)
  })

  it.each([
    ['/home/ada/shop/main.py', '/home/[Filtered]/shop/main.py'],
    ['cd /home/ada && ls /home/bob', 'cd /home/[Filtered] && ls /home/[Filtered]'],
    ['/Users/ada/x', '/Users/[Filtered]/x'],
    ['file:///Users/ada/x', 'file:///Users/[Filtered]/x'],
    ['C:\\Users\\Ada Lovelace\\x', 'C:\\Users\\[Filtered]\\x'],
    ['/usr/bin:/home/ada/bin', '/usr/bin:/home/[Filtered]/bin'],
    ['/pay?token=abc&page=2#top', '/pay?token=[Filtered]&page=2#top'],
    ['--api-key=abc --verbose', '--api-key=[Filtered] --verbose'],
    ['Server=db;Password=x;Timeout=5', 'Server=db;Password=[Filtered];Timeout=5'],
    ['user[password]=x&user[name]=y', 'user[password]=[Filtered]&user[name]=y'],
  ])('of all but prose and source code: %j', (text, expected) => {
    expect(scrubText(text, FULL)).toBe(expected)
    expect(scrubText(text, PROSE)).toBe(text)
  })
})

describe('is left in', () => {
  it.each([
    '',
    'x',
    'order 1234567890123456 is on its way',
    '42424242424242424242',
    '2026-11-22T21:27:12.420239Z',
    '0x7f50929a8f40',
    'tel 555-1234-567',
    'the password was wrong',
    'https://api.example.com/users/42/orders',
    'http://shop.example.com/home/garden',
    'https://example.com/@ada',
    'ada@example.com',
    '//cdn.example.com/x.js',
    '?page=2&sort=key',
    'a == b, c != d',
    '{"name": "ada", "n": 1}',
    '-----BEGIN CERTIFICATE-----',
    'session_id=0123456789abcdef',
    'token=[Filtered]&a=b',
    '/home/[Filtered]/x',
    'forbearers',
  ])('%j', (text) => {
    expect(scrubText(text, FULL)).toBe(text)
  })
})

it.each([
  '=',
  '":"',
  'password=',
  '"password":"',
  '//',
  '//@',
  '-----BEGIN A KEY-----',
  'bearer ',
  '4',
  '4 ',
  '/home/',
  '123-45-',
])('takes linear time for a long row of %j', (piece) => {
  const short = measure(piece.repeat(2000))
  const long = measure(piece.repeat(32_000))
  // Sixteen times the text; quadratic would be 256 times as long.
  expect(long).toBeLessThan(Math.max(short, 1) * 100)
})

function measure(text: string): number {
  return measureProcessorMs(() => scrubText(text, FULL))
}
