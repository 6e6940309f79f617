import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGlob } from '../../../server/ingest/filters/compile-glob.ts'

const match = (pattern: string, text: string) => compileGlob(pattern).matches(text.toLowerCase())

/** What the bits must agree with: the definition, written down without a thought for its cost. */
function matchSlowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern[0] === '*')
    return matchSlowly(pattern.slice(1), text) || (text !== '' && matchSlowly(pattern, text.slice(1)))
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matchSlowly(pattern.slice(1), text.slice(1))
}

describe('a glob', () => {
  it.each([
    ['TypeError', 'TypeError', true],
    ['TypeError', 'TypeError: x', false],
    ['typeerror', 'TypeError', true],
    ['*Timeout*', 'ConnectTimeoutError', true],
    ['*Timeout*', 'Time out', false],
    ['Loading chunk ? failed', 'Loading chunk 7 failed', true],
    ['Loading chunk ? failed', 'Loading chunk 12 failed', false],
    ['Loading chunk * failed*', 'Loading chunk 12 failed.\n(error: https://x.test/12.js)', true],
    ['*', '', true],
    ['*', 'anything', true],
    ['**', 'anything', true],
    ['', '', true],
    ['', 'x', false],
    ['?', '', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['[Filtered] is {not} a (set) + more.', '[filtered] is {not} a (set) + more.', true],
    ['\\d+', '\\d+', true],
    ['\\d+', '12', false],
    ['größe *', 'Größe unbekannt', true],
    ['*😀?', 'oh 😀!', true],
  ])('%j over %j: %s', (pattern, text, expected) => {
    expect(match(pattern, text)).toBe(expected)
  })

  it('is as long as it may be, over several words of bits', () => {
    for (const length of [30, 31, 32, 33, 63, 64, 65, 199, 200]) {
      const text = 'ab'.repeat(100).slice(0, length)
      expect(match(text, text), String(length)).toBe(true)
      expect(match(`${text.slice(0, -1)}?`, text), String(length)).toBe(true)
      expect(match(`*${text}*`, `xx${text}xx`), String(length)).toBe(true)
      expect(match(text, `${text.slice(0, -1)}x`), String(length)).toBe(false)
    }
  })

  it('means what its definition says, whatever pattern and text', () => {
    const chars = fc.constantFrom('a', 'b', '*', '?')
    fc.assert(
      fc.property(
        fc.string({ unit: chars, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
        (pattern, text) => match(pattern, text) === matchSlowly(pattern, text),
      ),
      { numRuns: 2_000 },
    )
  })

  it('is not changed by the text before it', () => {
    const glob = compileGlob('a*b')
    expect([glob.matches('axb'), glob.matches('ax'), glob.matches(''), glob.matches('ab')]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it.each([
    ['*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b', 'a'],
    ['?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*b', 'a'],
    [`*${'a'.repeat(198)}b`, 'a'],
    ['*'.repeat(200), 'a'],
    [`${'*a?'.repeat(66)}`, 'b'],
  ])('looks at each character once: %s', (pattern, char) => {
    const text = char.repeat(10_000)
    let read = 0
    const counted = {
      length: text.length,
      charCodeAt(index: number) {
        read += 1
        return text.charCodeAt(index)
      },
    }
    compileGlob(pattern).matches(counted)
    expect(read).toBeLessThanOrEqual(text.length)
  })
})
