import { describe, expect, it } from 'vitest'
import { BIGINT, defineCursor, INT, TEXT, TIME, UUID } from '../../server/domain/list-cursor.ts'
import { InvalidFields } from '../../server/errors.ts'

const ID = '0123456789abcdef'.repeat(2)
const ALL = defineCursor<[string, number, bigint, Date, string]>(TEXT, INT, BIGINT, TIME, UUID)
const LONGEST_ADDRESS = `${'ä'.repeat(254)}`

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a cursor', () => {
  it('holds the values of its columns, whatever they are', () => {
    for (const text of ['', 'a b', '["', '💥', LONGEST_ADDRESS]) {
      for (const time of [new Date('1000-01-01T00:00:00.000Z'), new Date(0), new Date('9999-12-31T23:59:59.999Z')]) {
        const values: [string, number, bigint, Date, string] = [text, 2_147_483_647, 999_999_999_999_999_999n, time, ID]
        expect(ALL.parse(ALL.format(values))).toEqual(values)
      }
    }
  })

  it('is one word that an address takes as it is', () => {
    expect(ALL.format(['a/b?c', 1, 2n, new Date(0), ID])).toMatch(/^[\w-]+$/)
  })

  it.each([
    ['too few values', defineCursor<[string, string]>(TEXT, TEXT), ['a']],
    ['too many', defineCursor<[string]>(TEXT), ['a', 'b']],
    ['no list', defineCursor<[string]>(TEXT), { 0: 'a', length: 1 }],
    ['nothing', defineCursor<[string]>(TEXT), null],
    ['a number for a text', defineCursor<[string]>(TEXT), [1]],
    ['a NUL', defineCursor<[string]>(TEXT), ['a\0']],
    ['half a character', defineCursor<[string]>(TEXT), ['\ud83d']],
    ['a text for a number', defineCursor<[number]>(INT), ['1']],
    ['a fraction', defineCursor<[number]>(INT), [1.5]],
    ['a number beyond an int', defineCursor<[number]>(INT), [2_147_483_648]],
    ['a number for a bigint', defineCursor<[bigint]>(BIGINT), [1]],
    ['a bigint that may be too large', defineCursor<[bigint]>(BIGINT), ['1'.repeat(19)]],
    ['a day of no calendar', defineCursor<[Date]>(TIME), ['2026-02-30T00:00:00.000Z']],
    ['a time in other words', defineCursor<[Date]>(TIME), ['2026-02-01']],
    ['a time before the year 1000', defineCursor<[Date]>(TIME), ['0999-12-31T00:00:00.000Z']],
    ['a time behind the year 9999', defineCursor<[Date]>(TIME), ['+010000-01-01T00:00:00.000Z']],
    ['an id in capitals', defineCursor<[string]>(UUID), [ID.toUpperCase()]],
    ['a text that is too long', defineCursor<[string]>(TEXT), ['a'.repeat(1_500)]],
  ])('is none with %s', (_name, cursor, written) => {
    expect(() => cursor.parse(encode(written))).toThrow(InvalidFields)
  })

  it.each(['', '%', '💥', 'nonsense', Buffer.from('['.repeat(1_000)).toString('base64url')])('is not %s', (text) => {
    expect(() => ALL.parse(text)).toThrow(InvalidFields)
  })
})
