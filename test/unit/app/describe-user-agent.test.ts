import { describe, expect, it } from 'vitest'
import { describeUserAgent } from '#lib/domain/describe-user-agent.ts'

const like = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('a user agent in words', () => {
  it.each([
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${like} Chrome/141.0.0.0 Safari/537.36`, 'Chrome 141 on Windows'],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${like} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
      'Edge 141 on Windows',
    ],
    [`Mozilla/5.0 (X11; Linux x86_64) ${like} Chrome/139.0.0.0 Safari/537.36 OPR/122.0.0.0`, 'Opera 122 on Linux'],
    ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0', 'Firefox 141 on Linux'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
      'Safari 18 on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      'Safari 18 on iPhone',
    ],
    [`Mozilla/5.0 (Linux; Android 15; Pixel 9) ${like} Chrome/141.0.0.0 Mobile Safari/537.36`, 'Chrome 141 on Android'],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${like} Chrome/141.0.0.0 Safari/537.36`, 'Chrome 141 on ChromeOS'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['x'.repeat(500), 'x'.repeat(60)],
    ['', null],
    [null, null],
  ])('%s', (userAgent, words) => {
    expect(describeUserAgent(userAgent)).toBe(words)
  })
})
