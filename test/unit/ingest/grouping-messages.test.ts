// What varies in a message, and what does not.

import { describe, expect, it } from 'vitest'
import {
  normalizeMessageForGrouping,
  parameterizeMessage,
} from '../../../server/ingest/grouping/parameterize-message.ts'
import { measureProcessorMs } from '../../support/measure-processor.ts'

const CASES: [kind: string, ...examples: string[]][] = [
  ['email', 'ada@example.com', "o'neil+x@mail.example.co.uk", 'root@localhost'],
  ['url', 'https://example.com/a?b=c#d', 'ws://h:1/x', 'ftp://files.example.com'],
  ['hostname', 'example.com', 'a.b-c.example.org', 'WWW.EXAMPLE.NET'],
  ['ip', '127.0.0.1', '255.255.255.255', '2001:db8::ff00:42:8329', '::1', 'fe80:0:0:0:1:2:3:4'],
  ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '1-5759e988-bd862e3fe1be46a994272793'],
  ['uuid', '123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-426614174000'],
  ['sha1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['md5', 'd41d8cd98f00b204e9800998ecf8427e', 'D41D8CD98F00B204E9800998ECF8427E'],
  [
    'date',
    ...[
      '2026-11-22',
      '2026-11-22T21:27:12.420239Z',
      '2026-11-22 21:27:12',
      '2026-11-22T21:27:12+01:00',
      '20261122T212712Z',
    ],
    ...['Sun, 22 Nov 2026 21:27:12 GMT', 'Sunday, 22-Nov-26 21:27:12 UT', 'Sun Nov 22 21:27:12 2026', 'Nov 22, 2026'],
    ...['Sun Nov 22 2026 21:27:12 GMT+0100 (CET)', '21:27', '21:27:12', '9:27 pm', 'datetime.datetime(2026, 11, 22)'],
  ],
  ['duration', '15ms', '3s', '1.25s'],
  ['swift_txn_id', 'tx0123456789abcdef01234-0123456789-x'],
  ['hex', '0x7f50929a8f40', '0XDEADBEEF', '12345678', '-12345678', 'a1b2c3d4', 'A1B2C3D4E5'],
  ['git_sha', 'a93c7d2'],
  ['float', '1.5', '-0.25'],
  ['int', '7', '1234567', '-7'],
]

describe.each(CASES)('%s', (kind, ...examples) => {
  it.each(examples)('%s', (example) => {
    expect(parameterizeMessage(example)).toBe(`<${kind}>`)
    expect(parameterizeMessage(`before ${example} after`)).toBe(`before <${kind}> after`)
    // These three reach up to the next blank, or take brackets for their own.
    if (['email', 'url', 'swift_txn_id'].includes(kind)) return
    expect(parameterizeMessage(`(${example})`)).toBe(`(<${kind}>)`)
  })
})

it.each([
  ['a quick brown fox', 'a quick brown fox'],
  ['Option::unwrap() and Bee::buzz()', 'Option::unwrap() and Bee::buzz()'],
  ['deadbeef cafe DEADBEEF', 'deadbeef cafe DEADBEEF'],
  ['id9 x1y', 'id9 x1y'],
  ['a7_b', 'a7_b'],
  ['main.py line 7', 'main.py line <int>'],
  ['10.0.0.1:5432', '<ip>:<int>'],
  ['1,2;3/4', '<int>,<int>;<int>/<int>'],
  ['a-12345678 1-12345678', 'a-<hex> <int>-<hex>'],
  ['utf-8', 'utf-<int>'],
  ['x=True, y=false, z = true', 'x=<bool>, y=<bool>, z = true'],
  [`name='ada' title="x 1" b = 'c'`, `name=<quoted_str> title=<quoted_str> b = 'c'`],
  [`open='never closed`, `open='never closed`],
  ['v1.2.3', 'v1.<float>'],
  ['2026-13-45', '<int>-<int>-<int>'],
  ['25:61', '<int>:<int>'],
  ['größe7 7größe', 'größe7 7größe'],
  ['', ''],
])('%j is %j', (message, expected) => {
  expect(parameterizeMessage(message)).toBe(expected)
})

it('keeps the first two lines that are not blank, and says that there was more', () => {
  expect(normalizeMessageForGrouping('one line')).toBe('one line')
  expect(normalizeMessageForGrouping('a\nb')).toBe('a\nb')
  expect(normalizeMessageForGrouping('\n a 1\r\n\r\n b\nc')).toBe(' a <int>\n b...')
})

it.each([
  'a',
  '1',
  'a.',
  'a-',
  '1.',
  "='",
  ':',
  '1:',
  'http://',
  'Mon ',
  '-',
  '0 ',
  'a@',
  '%',
  'datetime.datetime(',
  'é1',
])('takes linear time for a long row of %j', (piece) => {
  const short = measure(piece.repeat(500))
  const long = measure(piece.repeat(8000))
  // Sixteen times the text; quadratic would be 256 times as long.
  expect(long).toBeLessThan(Math.max(short, 1) * 100)
})

function measure(text: string): number {
  return measureProcessorMs(() => parameterizeMessage(text))
}
