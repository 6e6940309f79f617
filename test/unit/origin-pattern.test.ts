import { describe, expect, it } from 'vitest'
import { matchesOrigin, parseOriginPattern } from '../../server/domain/origin-pattern.ts'

function allows(pattern: string, origin: string): boolean {
  const parsed = parseOriginPattern(pattern)
  if (parsed === null) throw new Error(`${pattern} is no pattern`)
  return matchesOrigin([parsed], origin)
}

describe('an allowed origin', () => {
  it.each([
    ['example.com', 'https://example.com'],
    ['example.com', 'http://example.com'],
    ['example.com', 'http://example.com:8080'],
    ['EXAMPLE.com', 'https://Example.com/some/page?x=1'],
    ['*.example.com', 'https://shop.example.com'],
    ['*.example.com', 'https://a.b.example.com'],
    ['https://example.com', 'https://example.com'],
    ['https://example.com/', 'https://example.com'],
    ['https://example.com:443', 'https://example.com'],
    ['example.com:443', 'https://example.com'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['http://*.example.com', 'http://shop.example.com'],
    ['[::1]:5173', 'http://[::1]:5173'],
  ])('%s lets %s in', (pattern, origin) => {
    expect(allows(pattern, origin)).toBe(true)
  })

  it.each([
    ['example.com', 'https://shop.example.com'],
    ['example.com', 'https://example.com.evil.net'],
    ['example.com', 'https://notexample.com'],
    ['*.example.com', 'https://example.com'],
    ['*.example.com', 'https://evilexample.com'],
    ['https://example.com', 'http://example.com'],
    ['https://example.com', 'https://example.com:8443'],
    ['http://localhost:5173', 'http://localhost:5174'],
    ['example.com:8443', 'https://example.com'],
    ['example.com', 'null'],
    ['example.com', 'file:///example.com'],
    ['example.com', 'chrome-extension://example.com'],
    ['example.com', 'https://evil.net/example.com'],
    ['example.com', 'https://example.com@evil.net'],
    ['example.com', ''],
  ])('%s keeps %s out', (pattern, origin) => {
    expect(allows(pattern, origin)).toBe(false)
  })

  it.each([
    '',
    '*',
    'a b',
    'ftp://example.com',
    'example.com/path',
    '*.',
    '.example.com',
    'a.*.com',
    `${'a'.repeat(301)}`,
  ])('is not written as "%s"', (text) => {
    expect(parseOriginPattern(text)).toBeNull()
  })
})
