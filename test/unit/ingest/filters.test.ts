// Each inbound filter, with what it meets in the wild: what it drops, and what looks like it and is not.

import { describe, expect, it } from 'vitest'
import type { SentryEvent } from '../../../server/domain/event.ts'
import { readProjectSettings, type FilterSettings } from '../../../server/domain/project-settings.ts'
import { compileFilters, type Sender } from '../../../server/ingest/filters/compile-filters.ts'
import { prepareEvent } from '../../../server/ingest/prepare-event.ts'
import { compileRules } from '../../../server/ingest/project-rules.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

/** @returns the reason for which the event is dropped; null when it is kept. */
function filter(filters: Partial<FilterSettings>, event: SentryEvent, sender: Partial<Sender> = {}): string | null {
  const context = {
    receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
    eventId: null,
    clockDriftMs: 0,
    sdkFallback: null,
    clientIp: null,
    userAgent: null,
    ...sender,
  }
  const rules = compileRules(readProjectSettings({ filters }))
  const prepared = prepareEvent(1, Buffer.from(JSON.stringify(event)), context, rules, () => false)
  return prepared !== null && 'filteredBy' in prepared ? prepared.filteredBy : null
}

const throwing = (type: string, value: string, frames: object[] = []): SentryEvent => ({
  platform: 'javascript',
  exception: { values: [{ type, value, stacktrace: { frames: frames as never } }] },
})
const withAgent = (agent: string): SentryEvent => ({
  message: 'x',
  request: { url: 'https://shop.example.com/', headers: { 'User-Agent': agent } },
})

describe('without a setting', () => {
  it('there is nothing to be asked', () => {
    expect(compileFilters(readProjectSettings({}).filters)).toBeNull()
    expect(compileFilters(readProjectSettings({ filters: null }).filters)).toBeNull()
    expect(filter({}, withAgent('Googlebot/2.1'))).toBeNull()
  })

  it('what cannot be read of the settings is left out, and the rest holds', () => {
    const read = readProjectSettings({
      filters: {
        crawlers: 'yes',
        localhost: true,
        messages: ['', 7, 'x'],
        addresses: ['nonsense', '::1'],
        releaseMin: 'x',
      },
    }).filters
    expect(read).toMatchObject({
      crawlers: false,
      localhost: true,
      messages: ['x'],
      addresses: ['::1'],
      releaseMin: null,
    })
  })
})

describe('the filter of web crawlers', () => {
  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
    'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
    'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)',
    'Mediapartners-Google',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    'Twitterbot/1.0',
    'TelegramBot (like TwitterBot)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    'Mozilla/5.0 (Linux; Android 11; moto g power) AppleWebKit/537.36 Chrome/119.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse',
    'Screaming Frog SEO Spider/19.4',
    'CCBot',
  ])('drops what %s met', (agent) => {
    expect(filter({ crawlers: true }, withAgent(agent))).toBe('filtered_crawlers')
  })

  it.each([
    FIREFOX,
    'Mozilla/5.0 (Linux; Android 7.0; CUBOT_NOTE_S) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/106.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 11; CUBOT KINGKONG CS) AppleWebKit/537.36 Chrome/106.0 Mobile Safari/537.36',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/128.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 300.0 botanica/1.0',
    'sentry.python/2.0',
    '',
  ])('keeps what %s met', (agent) => {
    expect(filter({ crawlers: true }, withAgent(agent))).toBeNull()
  })

  it('takes the sender of a browser’s event for the browser, that of a server’s for no visitor', () => {
    const userAgent = 'Googlebot/2.1'
    expect(filter({ crawlers: true }, { platform: 'javascript', message: 'x' }, { userAgent })).toBe(
      'filtered_crawlers',
    )
    expect(filter({ crawlers: true }, { platform: 'python', message: 'x' }, { userAgent })).toBeNull()
  })
})

describe('the filter of localhost', () => {
  const at = (url: string, user: object = {}) => ({ message: 'x', request: { url }, user }) as SentryEvent

  it.each([
    'http://localhost:3000/cart',
    'http://LOCALHOST/',
    'https://shop.localhost:5173/',
    'http://127.0.0.1:8000/',
    'http://127.3.2.1/',
    'http://[::1]:8080/x',
    'http://0.0.0.0:5000/',
    'http://user:secret@localhost/',
  ])('drops what happened at %s', (url) => {
    expect(filter({ localhost: true }, at(url))).toBe('filtered_localhost')
  })

  it.each([
    'https://shop.example.com/',
    'https://localhost.example.com/',
    'https://notlocalhost/',
    'https://example.com/?next=http://localhost/',
    'https://127.0.0.1.nip.io/',
    'http://10.0.0.1/',
    'http://localhost@example.com/',
  ])('keeps what happened at %s', (url) => {
    expect(filter({ localhost: true }, at(url))).toBeNull()
  })

  it('asks the Host header where there is no address, then the person’s address', () => {
    const hosted = { message: 'x', request: { url: '/cart', headers: { Host: 'localhost:3000' } } }
    expect(filter({ localhost: true }, hosted)).toBe('filtered_localhost')
    expect(filter({ localhost: true }, { message: 'x', user: { ip_address: '127.0.0.1' } })).toBe('filtered_localhost')
    expect(filter({ localhost: true }, { message: 'x', user: { ip_address: '::1' } })).toBe('filtered_localhost')
    expect(filter({ localhost: true }, { message: 'x', user: { ip_address: '203.0.113.7' } })).toBeNull()
    expect(filter({ localhost: true }, { message: 'x' })).toBeNull()
  })

  it('keeps what happened behind a proxy on the same machine', () => {
    expect(filter({ localhost: true }, at('https://shop.example.com/', { ip_address: '127.0.0.1' }))).toBeNull()
  })
})

describe('the filter of browser extensions', () => {
  const page = { abs_path: 'https://shop.example.com/app.js', function: 'f' }

  it.each([
    'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn/inpage.js',
    'moz-extension://6b1c5b1a-1111-2222-3333-444455556666/content.js',
    'safari-web-extension://ABCDEF01-2345/script.js',
    'safari-extension://com.example.adblock-XYZ/123/script.js',
    'webkit-masked-url://hidden/',
    'https://gc.kis.v2.scr.kaspersky-labs.com/FD126C42-EBFA-4E12-B309-BB3FDD723AC1/main.js',
    'resource://gre/modules/FormAutofill.jsm',
  ])('drops what %s threw', (source) => {
    const event = throwing('TypeError', 'x is undefined', [page, { abs_path: source, function: 'g' }])
    expect(filter({ browserExtensions: true }, event)).toBe('filtered_browser_extensions')
  })

  it.each([
    ['Error', 'Extension context invalidated.'],
    ['Error', 'Could not establish connection. Receiving end does not exist.'],
    [
      'UnhandledRejection',
      'Non-Error promise rejection captured with value: Object Not Found Matching Id:3, MethodName:update',
    ],
    ['TypeError', "undefined is not an object (evaluating 'window.__firefox__.reader')"],
    ['ReferenceError', "Can't find variable: _avast_submit"],
    ['ReferenceError', "Can't find variable: ZiteReader"],
    ['ReferenceError', 'conduitPage is not defined'],
  ])('drops %s: %s', (type, value) => {
    expect(filter({ browserExtensions: true }, throwing(type, value, [page]))).toBe('filtered_browser_extensions')
  })

  it('looks past frames that have no place', () => {
    const frames = [
      page,
      { abs_path: 'chrome-extension://abc/x.js', function: 'g' },
      { abs_path: '<anonymous>', function: 'h' },
    ]
    expect(filter({ browserExtensions: true }, throwing('Error', 'x', frames))).toBe('filtered_browser_extensions')
  })

  it('drops what a Content Security Policy kept an extension from', () => {
    for (const [name, address] of [
      ['source-file', 'chrome-extension'],
      ['blocked-uri', 'moz-extension://abc/x.css'],
    ] as const) {
      const event = { platform: 'javascript', message: "Blocked 'style'", contexts: { csp: { [name]: address } } }
      expect(filter({ browserExtensions: true }, event)).toBe('filtered_browser_extensions')
    }
    const own = {
      platform: 'javascript',
      message: "Blocked 'script'",
      contexts: { csp: { 'blocked-uri': 'https://x.test/' } },
    }
    expect(filter({ browserExtensions: true }, own)).toBeNull()
  })

  it('keeps the page’s own errors, also where an extension called it or the error speaks of one', () => {
    const called = throwing('TypeError', 'x is undefined', [
      { abs_path: 'chrome-extension://abc/x.js', function: 'g' },
      page,
    ])
    expect(filter({ browserExtensions: true }, called)).toBeNull()
    expect(filter({ browserExtensions: true }, throwing('Error', 'no chrome-extension:// allowed', [page]))).toBeNull()
    expect(filter({ browserExtensions: true }, throwing('Error', 'no stack'))).toBeNull()
  })

  it('is about browsers', () => {
    const event = { ...throwing('Error', 'x', [{ abs_path: 'chrome-extension://abc/x.js' }]), platform: 'node' }
    expect(filter({ browserExtensions: true }, event)).toBeNull()
  })
})

describe('the filter of releases', () => {
  const of = (release: string | null) => ({ message: 'x', release })

  it('drops those that a pattern names', () => {
    const releases = ['shop@1.*', '*-dev']
    expect(filter({ releases }, of('shop@1.4.2'))).toBe('filtered_releases')
    expect(filter({ releases }, of('Shop@1.0'))).toBe('filtered_releases')
    expect(filter({ releases }, of('2.0.0-dev'))).toBe('filtered_releases')
    expect(filter({ releases }, of('shop@2.0'))).toBeNull()
    expect(filter({ releases }, of(null))).toBeNull()
  })

  it.each([
    ['2.4.0', '2.3.9', true],
    ['2.4.0', 'shop@2.3.9', true],
    ['2.4.0', '2.4.0-rc.1', true],
    ['2.4.0', '2.4', false],
    ['2.4.0', '2.10.0', false],
    ['2.4.0', '9c7f19f96562', false],
    ['shop@2.4.0', 'shop@2.3.9', true],
    ['shop@2.4.0', 'admin@1.0.0', false],
    ['shop@2.4.0', '1.0.0', false],
  ])('older than %s: %s, %s', (releaseMin, release, isOld) => {
    expect(filter({ releaseMin }, of(release))).toBe(isOld ? 'filtered_releases' : null)
    // From memory, the second time.
    expect(filter({ releaseMin }, of(release))).toBe(isOld ? 'filtered_releases' : null)
  })
})

describe('the filter of error messages', () => {
  const chunk = throwing('ChunkLoadError', 'Loading chunk 12 failed.\n(error: https://cdn.test/12.js)')

  it.each([
    ['by its type', 'ChunkLoadError'],
    ['by its value', 'Loading chunk * failed*'],
    ['by both', 'ChunkLoadError: Loading*'],
    ['by a part, in any case', '*LOADING CHUNK*'],
  ])('drops an exception %s', (_, glob) => {
    expect(filter({ messages: [glob] }, chunk)).toBe('filtered_messages')
    expect(filter({ messages: ['other', glob] }, chunk)).toBe('filtered_messages')
  })

  it('drops a message', () => {
    expect(filter({ messages: ['*took too long*'] }, { message: 'The query took too long: 12 s' })).toBe(
      'filtered_messages',
    )
    expect(filter({ messages: ['user 7 is gone'] }, { logentry: { message: 'user %s is gone', params: [7] } })).toBe(
      'filtered_messages',
    )
  })

  it('takes texts as the page shows them, so that they can be copied from there', () => {
    const event = throwing('Error', 'refused: {"password": "hunter2"}')
    expect(filter({ messages: ['Error: refused: {"password": "[Filtered]"}'] }, event)).toBe('filtered_messages')
    expect(filter({ messages: ['*hunter2*'] }, event)).toBeNull()
  })

  it('goes by the error that was thrown, not by its causes', () => {
    const values = [
      { type: 'ConnectionResetError', value: 'reset' },
      { type: 'PaymentFailed', value: 'not paid' },
    ]
    expect(filter({ messages: ['ConnectionResetError*'] }, { exception: { values } })).toBeNull()
    expect(filter({ messages: ['PaymentFailed*'] }, { exception: { values } })).toBe('filtered_messages')
  })

  it('keeps everything else', () => {
    expect(filter({ messages: ['Loading chunk'] }, chunk)).toBeNull()
    expect(filter({ messages: ['ChunkLoadError?'] }, chunk)).toBeNull()
    expect(filter({ messages: ['x'] }, {})).toBeNull()
  })

  it('reads only so much of a long text', () => {
    const long = 'x'.repeat(8_000)
    expect(filter({ messages: ['x*'] }, { message: long })).toBe('filtered_messages')
    expect(filter({ messages: ['*needle*'] }, { message: `${long}needle` })).toBeNull()
  })
})

describe('the filter of addresses', () => {
  const addresses = ['203.0.113.7', '10.0.0.0/8', '2001:db8::/32']

  it.each(['203.0.113.7', '10.200.3.4', '::ffff:10.0.0.1', '2001:db8:1::5'])('drops what %s sent', (clientIp) => {
    expect(filter({ addresses }, { message: 'x' }, { clientIp })).toBe('filtered_addresses')
  })

  it.each(['203.0.113.8', '11.0.0.1', '2001:db9::1', 'unix', null])('keeps what %s sent', (clientIp) => {
    expect(filter({ addresses }, { message: 'x' }, { clientIp })).toBeNull()
  })

  it('is not about the person who met the error', () => {
    const event = { message: 'x', user: { ip_address: '203.0.113.7' } }
    expect(filter({ addresses }, event, { clientIp: '198.51.100.1' })).toBeNull()
  })
})

describe('several filters', () => {
  it('count an event once, for the first that drops it', () => {
    const filters = { crawlers: true, localhost: true, messages: ['*'], addresses: ['203.0.113.7'] }
    const event = { message: 'x', request: { url: 'http://localhost/', headers: { 'User-Agent': 'Googlebot' } } }
    expect(filter(filters, event, { clientIp: '203.0.113.7' })).toBe('filtered_addresses')
    expect(filter(filters, event)).toBe('filtered_crawlers')
    expect(filter({ ...filters, crawlers: false }, event)).toBe('filtered_localhost')
    expect(filter({ messages: ['*'] }, event)).toBe('filtered_messages')
  })
})
