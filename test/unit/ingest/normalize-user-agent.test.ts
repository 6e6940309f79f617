import { expect, it } from 'vitest'
import { parseUserAgent } from '../../../server/ingest/normalize/parse-user-agent.ts'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

it.each([
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`,
    'Chrome 131.0.0',
    'Windows >=10',
    null,
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51`,
    'Edge 131.0.2903',
    'Windows >=10',
    null,
  ],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/156.0.0.0 Safari/537.36`,
    'HeadlessChrome 156.0.0',
    'Linux',
    null,
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`,
    'Chrome 131.0.0',
    'Chrome OS 14541.0.0',
    null,
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36`,
    'Chrome Mobile 131.0.0',
    'Android 10',
    null,
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-S901B Build/TP1A) ${WEBKIT} SamsungBrowser/20.0 Chrome/106.0 Mobile Safari/537.36`,
    'Samsung Internet 20.0',
    'Android 13',
    'SM-S901B',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.1 Safari/605.1.15`,
    'Safari 18.1',
    'macOS >=10.15.7',
    'Mac',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10.14; rv:132.0) Gecko/20100101 Firefox/132.0`,
    'Firefox 132.0',
    'macOS 10.14',
    'Mac',
  ],
  [
    `Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${WEBKIT} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`,
    'Chrome Mobile iOS 131.0.6778',
    'iOS 17.5',
    'iPad',
  ],
  [
    `Mozilla/5.0 (Windows NT 6.1) ${WEBKIT} Chrome/95.0.4638.69 Safari/537.36 OPR/81.0.4196.60`,
    'Opera 81.0.4196',
    'Windows 7',
    null,
  ],
  ['Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko', 'IE 11.0', 'Windows 8.1', null],
  ['sentry.python/2.75.0', null, null, null],
  ['', null, null, null],
])('reads %s', (header, browser, os, device) => {
  const parsed = parseUserAgent(header)
  const name = (part: { name: string; version: string | null } | null) =>
    part === null ? null : part.version === null ? part.name : `${part.name} ${part.version}`
  expect([name(parsed.browser), name(parsed.os), parsed.device?.family ?? null]).toEqual([browser, os, device])
})

it('looks at the first kilobyte only', () => {
  expect(parseUserAgent(`${'x'.repeat(2000)} Firefox/1.0`)).toEqual({ browser: null, os: null, device: null })
})
