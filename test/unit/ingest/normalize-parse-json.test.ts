// Bytes to JSON: what is refused, what is repaired.

import { describe, expect, it } from 'vitest'
import { AppError } from '../../../server/errors.ts'
import { parseEventJson } from '../../../server/ingest/parse-json.ts'

function parse(text: string | Buffer) {
  return parseEventJson(Buffer.from(text))
}

function nest(levels: number): string {
  return `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
}

describe('parseEventJson', () => {
  it('parses an object', () => {
    expect(parse('{"message":"Grüße, 茶 🍵"}')).toEqual({ message: 'Grüße, 茶 🍵' })
  })

  it.each(['', '{', 'garbage', '{"a":1}}', '{"a":"', '{"a":1,}', '\x1f\x8b'])('refuses %j with a sentence', (text) => {
    expect(() => parse(text)).toThrowError(new AppError('INVALID', 'The event is not valid JSON.'))
  })

  it.each(['[]', '1', 'null', '"text"', 'true'])('refuses the root %s', (text) => {
    expect(() => parse(text)).toThrowError('The event must be a JSON object.')
  })

  it('takes 128 levels, and refuses the 129th before it parses', () => {
    expect(parse(nest(128))).toHaveProperty('a')
    expect(() => parse(nest(129))).toThrowError('nested more than 128 levels')
    expect(() => parse(`{"a":${'[{"a":'.repeat(500_000)}`)).toThrowError('nested more than 128 levels')
  })

  it('does not count brackets inside of texts', () => {
    const text = `${'['.repeat(200)}\\"${'{'.repeat(200)}`
    expect(parse(`{"message":"${text}"}`).message).toBe(text.replace('\\"', '"'))
  })

  it('takes the bare NaN and Infinity of old Python clients for null', () => {
    const event = parse('{"extra":{"a":NaN,"b":[-Infinity, Infinity],"c":"NaN \\" Infinity","d":1}}')
    expect(event.extra).toEqual({ a: null, b: [null, null], c: 'NaN " Infinity', d: 1 })
  })

  it('replaces NUL and lone surrogates in texts and names, and leaves pairs alone', () => {
    const event = parse('{"a\\u0000":"x\\u0000y","b":["\\ud800"],"c":{"d\\udc00":"\\ud83c\\udf75"}}')
    expect(event).toEqual({ 'a\ufffd': 'x\ufffdy', b: ['\ufffd'], c: { 'd\ufffd': '🍵' } })
  })

  it('reads bytes that are not UTF-8 as U+FFFD', () => {
    const bytes = Buffer.concat([Buffer.from('{"message":"a'), Buffer.from([0xff, 0xfe]), Buffer.from('b"}')])
    expect(parse(bytes).message).toBe('a\ufffd\ufffdb')
  })

  it('keeps every digit of whole numbers that a double cannot hold, as text', () => {
    const event = parse(
      '{"extra":{"a": 9007199254740993,"b":[\n-123456789012345678901234567890 ,9007199254740991,1e999,1.5e30],' +
        '"c":"x: 9007199254740993 \\"9007199254740993","9007199254740993n":NaN}}',
    )
    expect(event.extra).toEqual({
      a: '9007199254740993',
      b: ['-123456789012345678901234567890', 9007199254740991, Infinity, 1.5e30],
      c: 'x: 9007199254740993 "9007199254740993',
      '9007199254740993n': null,
    })
    expect(() => parse('{"a":9007199254740993-}')).toThrowError('not valid JSON')
  })

  it('takes the last of two equal names', () => {
    expect(parse('{"level":"info","level":"error"}')).toEqual({ level: 'error' })
  })
})
