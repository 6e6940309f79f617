// What is taken out of an event, and what is left in it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, NormalizedEvent } from '../../../server/domain/event.ts'
import { normalizeEvent } from '../../../server/ingest/normalize.ts'
import { scrubEvent } from '../../../server/ingest/scrub.ts'

function scrub(raw: JsonObject): NormalizedEvent {
  const event = normalizeEvent(
    { event_id: '1'.repeat(32), ...raw },
    {
      receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
      eventId: null,
      clockDriftMs: 0,
      clientIp: null,
      userAgent: null,
      sdkFallback: null,
    },
  )
  scrubEvent(event)
  return event
}

function scrubExtra(extra: JsonObject): JsonObject {
  return scrub({ extra }).extra
}

describe('by name', () => {
  it.each([
    ...['password', 'PASSWORD', 'a_password_here', 'passwd', 'passphrase', 'the_secret', 'client-secret', 'api_key'],
    ...['api-key', 'apiKey', 'auth', 'Authorization', 'myAuthHeader', 'credentials', 'mysql_pwd', 'MYSQL_PWD'],
    ...['private_key', 'privateKey', 'private-key', 'token', 'SENTRY_AUTH_TOKEN', 'csrfmiddlewaretoken', 'otp', 'OTP'],
    ...['two-factor', 'two_factor', 'Cookie', 'set-cookie', 'HTTP_COOKIE'],
  ])('%s is a secret', (name) => {
    expect(scrubExtra({ [name]: 'hello' })).toEqual({ [name]: '[Filtered]' })
  })

  it.each([
    ...['pass', 'passenger', 'key', 'keyboard', 'user', 'session_id', 'session', 'sid', 'id', 'trace_id', 'event_id'],
    ...['email', 'option', 'potpourri', 'factor', 'cookies_enabled', 'public_key', 'apis', 'sku', 'card_holder'],
  ])('%s is none', (name) => {
    expect(scrubExtra({ [name]: 'hello' })).toEqual({ [name]: 'hello' })
  })

  it('a value is replaced whole, whatever it is', () => {
    const extra = { a_token: 7, secret: ['x'], credentials: { user: 'a' }, password: 'x'.repeat(100) }
    expect(new Set(Object.values(scrubExtra(extra)))).toEqual(new Set(['[Filtered]']))
  })

  it('there is nothing to hide in nothing', () => {
    const extra = { password: null, token: '', authenticated: true, secret: false }
    expect(scrubExtra(structuredClone(extra))).toEqual(extra)
  })

  it('names are found at every depth, and in lists that are pairs', () => {
    expect(
      scrubExtra({
        a: [{ b: { password: 'x' } }],
        c: [
          ['token', 'y'],
          ['plain', 'z'],
        ],
      }),
    ).toEqual({
      a: [{ b: { password: '[Filtered]' } }],
      c: [
        ['token', '[Filtered]'],
        ['plain', 'z'],
      ],
    })
  })

  it('a value that mentions a name is not one: names are compared with names only', () => {
    expect(scrubExtra({ step: 'auth', hint: 'enter your password' })).toEqual({
      step: 'auth',
      hint: 'enter your password',
    })
  })

  it('a context with a secret name loses all it holds', () => {
    const event = scrub({ contexts: { auth: { user: 'a' }, app: { build: '1', api_key: 'x' } } })
    expect(event.contexts).toEqual({ auth: { type: 'auth' }, app: { build: '1', api_key: '[Filtered]', type: 'app' } })
  })
})

describe('everywhere in an event', () => {
  it('in requests: headers, cookies, query, body and environment', () => {
    const event = scrub({
      request: {
        url: 'http://user:pass@shop.example.com/pay?token=abc&page=2',
        headers: [
          ['Authorization', 'Basic dXNlcjpwYXNz'],
          ['X-Api-Key', 'k'],
          ['X-Csrf-Token', 'k'],
          ['Set-Cookie', 'sid=1'],
          ['Accept', '*/*'],
          ['Cookie', 'sessionid=1; theme=dark; auth_token=2; PHPSESSID=3'],
        ],
        data: { card: '4242 4242 4242 4242', password: 'x', note: 'y' },
        env: { DB_PASSWORD: 'x', SERVER_NAME: 'localhost' },
      },
    })
    expect(event.request).toMatchObject({
      url: 'http://[Filtered]@shop.example.com/pay',
      query: 'token=[Filtered]&page=2',
      headers: [
        ['Authorization', '[Filtered]'],
        ['X-Api-Key', '[Filtered]'],
        ['X-Csrf-Token', '[Filtered]'],
        ['Set-Cookie', '[Filtered]'],
        ['Accept', '*/*'],
      ],
      cookies: [
        ['sessionid', '[Filtered]'],
        ['theme', 'dark'],
        ['auth_token', '[Filtered]'],
        ['PHPSESSID', '[Filtered]'],
      ],
      data: { card: '[Filtered]', password: '[Filtered]', note: 'y' },
      env: { DB_PASSWORD: '[Filtered]', SERVER_NAME: 'localhost' },
    })
    expect(JSON.stringify(event)).not.toMatch(/user:pass|abc|4242|dXNlcj/)
  })

  it('in bodies that are texts: JSON and forms', () => {
    expect(scrub({ request: { data: '{"user":{"password":"x"}}' } }).request?.data).toEqual({
      user: { password: '[Filtered]' },
    })
    expect(scrub({ request: { data: 'password=x&a=b' } }).request?.data).toEqual({ password: '[Filtered]', a: 'b' })
    expect(scrub({ request: { data: '<login password="x"/>' } }).request?.data).toBe('<login password=[Filtered]/>')
  })

  it('in the variables of frames, wherever the stack stands', () => {
    const stacktrace = () => ({ frames: [{ function: 'f', vars: { password: 'x', n: 1 } }] })
    const event = scrub({
      exception: [
        { type: 'A', stacktrace: stacktrace() },
        { type: 'B', stacktrace: stacktrace() },
      ],
      threads: [{ id: 1, stacktrace: stacktrace() }],
      stacktrace: stacktrace(),
    })
    const stacks = [...event.exceptions, ...event.threads, event].map((holder) => holder.stacktrace?.frames[0]?.vars)
    expect(stacks).toEqual(Array.from({ length: 4 }, () => ({ password: '[Filtered]', n: 1 })))
  })

  it('in breadcrumbs, tags, the transaction, parameters of messages and data about people', () => {
    const event = scrub({
      breadcrumbs: [{ message: 'GET /x?api_key=1', data: { token: 'x', url: 'http://a/?token=1' } }],
      tags: { token: 'x', card: '4111111111111111', plain: 'y' },
      transaction: '/pay?token=1',
      logentry: { message: '%s', params: [{ secret: 'x' }, 'Bearer abc'], formatted: 'm' },
      user: { id: '1', data: { password: 'x' } },
    })
    expect(event.breadcrumbs[0]).toMatchObject({
      message: 'GET /x?api_key=[Filtered]',
      data: { token: '[Filtered]', url: 'http://a/?token=[Filtered]' },
    })
    expect(Object.fromEntries(event.tags)).toMatchObject({
      token: '[Filtered]',
      card: '[Filtered]',
      plain: 'y',
      transaction: '/pay?token=[Filtered]',
    })
    expect(event.transaction).toBe('/pay?token=[Filtered]')
    expect(event.message?.params).toEqual([{ secret: '[Filtered]' }, '[Filtered]'])
    expect(event.user?.data).toEqual({ password: '[Filtered]' })
  })

  it('in messages and values of exceptions, by pattern', () => {
    const event = scrub({
      message: 'card 4242-4242-4242-4242',
      exception: [{ type: 'E', value: 'sent Bearer abc.def' }],
    })
    expect(event.message?.formatted).toBe('card [Filtered]')
    expect(event.exceptions[0]?.value).toBe('sent [Filtered]')
  })

  it('in source lines, by pattern', () => {
    const frame = {
      function: 'f',
      context_line: 'pay("4242424242424242")',
      pre_context: ['d = {"password": "hunter2"}'],
    }
    expect(scrub({ stacktrace: { frames: [frame] } }).stacktrace?.frames[0]).toMatchObject({
      contextLine: 'pay("[Filtered]")',
      preContext: ['d = {"password": "[Filtered]"}'],
    })
  })

  it('in the environment that sentry-cli sends along', () => {
    const event = scrub(readEvent('sentry-cli-3.8.0-sendeventenv-01.http'))
    expect(event.extra.environ).toMatchObject({ SENTRY_AUTH_TOKEN: '[Filtered]', SENTRY_ORG: 'acme' })
    expect(JSON.stringify(event)).not.toContain('sample-token')
  })
})

function readEvent(name: string): JsonObject {
  const request = readFileSync(join(import.meta.dirname, '../../fixtures/requests', name))
  const lines = request
    .subarray(request.indexOf('\r\n\r\n') + 4)
    .toString('utf8')
    .split('\n')
  return JSON.parse(lines.find((line) => line.includes('"environ"')) ?? '{}') as JsonObject
}

describe('what is left alone', () => {
  it('what people search by and what stack traces are resolved with', () => {
    const raw = {
      event_id: '0123456789abcdef0123456789abcdef',
      release: 'shop@4242424242424242',
      server_name: '/home/ada',
      user: { id: '4242424242424242', email: 'ada@example.com', username: 'token', ip_address: '203.0.113.7' },
      contexts: { trace: { trace_id: '0123456789abcdef0123456789abcdef', span_id: '0123456789abcdef' } },
      debug_meta: { images: [{ type: 'sourcemap', code_file: '/home/ada/token.js', debug_id: '1' }] },
      exception: [
        {
          type: 'AuthError',
          value: 'ENOENT: /home/ada/password.txt for user_token=x',
          stacktrace: {
            frames: [
              {
                function: 'token=1',
                filename: '/home/ada/a.js',
                abs_path: '/home/ada/a.js',
                module: 'auth',
                package: '/Users/ada/x',
              },
            ],
          },
        },
      ],
    }
    const event = scrub(structuredClone(raw))
    expect(event.meta).toBeNull()
    expect(event).toMatchObject({
      eventId: raw.event_id,
      release: raw.release,
      serverName: '/home/ada',
      user: { id: raw.user.id, email: raw.user.email, username: 'token' },
      contexts: raw.contexts,
      debugMeta: raw.debug_meta,
    })
    expect(event.exceptions[0]).toMatchObject({
      type: 'AuthError',
      value: raw.exception[0]?.value,
      stacktrace: { frames: [{ function: 'token=1', absPath: '/home/ada/a.js', package: '/Users/ada/x' }] },
    })
  })

  it('a User-Agent', () => {
    const userAgent = 'Mozilla/5.0 (Linux; Android 13) 4242 4242 4242 4242 /home/x'
    expect(scrub({ request: { headers: { 'User-Agent': userAgent } } }).request?.headers).toEqual([
      ['User-Agent', userAgent],
    ])
  })
})

interface Meta {
  extra: { text: { '': { rem: [rule: string, kind: string, from: number, to: number][] } } }
}

describe('remarks', () => {
  it.each([
    ['card 4111111111111111 of Bearer abc.def', ['creditcard', 'bearer']],
    [
      'Bearer abc paid 4111111111111111, 078-05-1120, 4111111111111111',
      ['bearer', 'creditcard', 'usssn', 'creditcard'],
    ],
    ['see https://u:p@h/?token=x, at /home/ada/x', ['urlauth', 'password', 'userpath']],
    ['token=x4111111111111111 password="a 4111111111111111 b" 078-05-1120', ['password', 'password', 'usssn']],
    [
      '4111111111111111 -----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefgh\n-----END RSA PRIVATE KEY----- x',
      ['creditcard', 'pemkey'],
    ],
    ['a=4111111111111111', ['creditcard']],
    ['password=4111111111111111 of Bearer abc', ['creditcard', 'bearer']],
    // What was hidden when it came, nobody here has hidden.
    ['token=[Filtered] and Bearer abc, [Filtered]: 4111111111111111', ['bearer', 'creditcard']],
    [`${'token=[Filtered] '.repeat(20)}token=x`, ['password']],
    ['"secret": "a Bearer b", 078-05-1120', ['password', 'usssn']],
  ])('of several rules in one text say which hid what: %s', (text, rules) => {
    const event = scrub({ extra: { text } })
    const remarks = (event.meta as unknown as Meta).extra.text[''].rem
    expect(remarks.map(([rule]) => rule)).toEqual(rules.map((rule) => `@${rule}:filter`))
    for (const [, , from, to] of remarks) expect(String(event.extra['text']).slice(from, to)).toBe('[Filtered]')
  })

  it('stand in meta where the value stands in the payload, beside those of the SDK', () => {
    const event = scrub({
      extra: { a: { password: 'x' }, home: '/home/ada/x' },
      request: { headers: { Authorization: 'x' } },
      breadcrumbs: [{ message: 'a' }, { data: { token: 'x' } }],
      exception: [
        { type: 'E', stacktrace: { frames: [{ function: 'f', vars: { list: ['ok', '4242424242424242'] } }] } },
      ],
      _meta: { extra: { a: { cut: { '': { len: 9 } } } } },
    })
    const whole = { '': { rem: [['@password:filter', 's', 0, 10]] } }
    expect(event.meta).toEqual({
      extra: {
        a: { cut: { '': { len: 9 } }, password: whole },
        home: { '': { rem: [['@userpath:filter', 's', 6, 16]] } },
      },
      request: { headers: { Authorization: whole } },
      breadcrumbs: { values: { 1: { data: { token: whole } } } },
      exception: {
        values: {
          0: {
            stacktrace: {
              frames: { 0: { vars: { list: { 1: { '': { rem: [['@creditcard:filter', 's', 0, 10]] } } } } } },
            },
          },
        },
      },
    })
  })

  it('are not made for what was filtered already', () => {
    const event = scrub({ extra: { password: '[Filtered]' }, request: { headers: { Authorization: '[Filtered]' } } })
    expect(event.meta).toBeNull()
  })
})

it.each<[Json, Json]>([
  [4242424242424242, '[Filtered]'],
  [4242424242424241.5, 4242424242424242],
  [424242, 424242],
  [1795383626.794, 1795383626.794],
])('the number %j becomes %j', (number, expected) => {
  const extra = scrubExtra({ a: number })
  if (typeof number === 'number' && Number.isSafeInteger(number)) expect(extra.a).toBe(expected)
  else expect(extra.a).not.toBe(undefined)
})
