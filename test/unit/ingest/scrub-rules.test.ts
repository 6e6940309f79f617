// What a project sets for scrubbing: off, names of its own, names that are safe, and no addresses of people.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../server/domain/event.ts'
import { readProjectSettings, type ScrubbingSettings } from '../../../server/domain/project-settings.ts'
import { prepareEvent } from '../../../server/ingest/prepare-event.ts'
import { compileRules } from '../../../server/ingest/project-rules.ts'
import { readUserReport } from '../../../server/ingest/read-feedback.ts'
import { DEFAULT_RULES } from '../../../server/ingest/scrub-rules.ts'
import { summarizeTransaction } from '../../../server/ingest/summarize-transaction.ts'
import { makeKey } from '../../support/make-key.ts'

const CONTEXT = {
  receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
  eventId: null,
  clockDriftMs: 0,
  sdkFallback: null,
  clientIp: '203.0.113.7',
  userAgent: null,
}

const readRules = (scrubbing: Partial<ScrubbingSettings>) => compileRules(readProjectSettings({ scrubbing }))

function prepare(scrubbing: Partial<ScrubbingSettings>, raw: JsonObject) {
  const prepared = prepareEvent(1, Buffer.from(JSON.stringify(raw)), CONTEXT, readRules(scrubbing), () => false)
  if (prepared === null || 'filteredBy' in prepared) throw new Error('it was not prepared')
  return { userHash: prepared.userHash, event: JSON.parse(prepared.toJson().own) as JsonObject }
}

const scrub = (scrubbing: Partial<ScrubbingSettings>, raw: JsonObject) => prepare(scrubbing, raw).event
const scrubExtra = (scrubbing: Partial<ScrubbingSettings>, extra: JsonObject) => scrub(scrubbing, { extra }).extra

describe('a project’s own sensitive fields', () => {
  it('are hidden whatever they hold, wherever the name holds them, beside those that always are', () => {
    const extra = { iban: 'DE02', customer_IBAN_2: 7, tax: { id: 1 }, password: 'x', name: 'Ada' }
    expect(scrubExtra({ sensitiveFields: ['iban', 'Tax'] }, extra)).toEqual({
      iban: '[Filtered]',
      customer_IBAN_2: '[Filtered]',
      tax: '[Filtered]',
      password: '[Filtered]',
      name: 'Ada',
    })
  })

  it('are found in headers, cookies, tags, contexts, pairs and texts', () => {
    const event = scrub(
      { sensitiveFields: ['x-tenant'] },
      {
        message: 'called with {"x-tenant": "acme"}',
        request: {
          url: 'https://a.test/?x-tenant=acme',
          query_string: 'x-tenant=acme&page=2',
          headers: { 'X-Tenant': 'acme' },
          cookies: 'x-tenant=acme; theme=dark',
          data: [['x-tenant', 'acme']],
        },
        tags: { 'x-tenant': 'acme' },
        contexts: { 'x-tenant': { name: 'acme' }, app: { 'x-tenant-id': 'acme' } },
      },
    )
    expect(JSON.stringify(event)).not.toContain('acme')
    expect(event.request).toMatchObject({ query: 'x-tenant=[Filtered]&page=2', headers: [['X-Tenant', '[Filtered]']] })
  })

  it('leave a remark that says whose rule it was', () => {
    const { meta } = scrub({ sensitiveFields: ['iban'] }, { extra: { iban: 'DE02', password: 'x' } })
    expect(meta).toEqual({
      extra: {
        iban: { '': { rem: [['strip-fields', 's', 0, 10]] } },
        password: { '': { rem: [['@password:filter', 's', 0, 10]] } },
      },
    })
  })

  it('leave it for what is hidden inside of a text, too', () => {
    const { meta } = scrub(
      { sensitiveFields: ['iban'] },
      { extra: { first: '?iban=DE02&a=1', second: '{"iban": "DE02"}', third: '?token=x&iban=DE02&password=y' } },
    )
    expect(meta).toEqual({
      extra: {
        first: { '': { rem: [['strip-fields', 's', 6, 16]] } },
        second: { '': { rem: [['strip-fields', 's', 10, 20]] } },
        third: {
          '': {
            rem: [
              ['@password:filter', 's', 7, 17],
              ['strip-fields', 's', 23, 33],
              ['@password:filter', 's', 43, 53],
            ],
          },
        },
      },
    })
  })
})

describe('safe fields', () => {
  it('are left as they are, with all that is in them, in either case', () => {
    const extra = { auth_method: 'saml', Token_Count: 12, card: '4242 4242 4242 4242', secret: { password: 'x' } }
    const safeFields = ['AUTH_METHOD', 'token_count', 'card', 'secret']
    expect(scrubExtra({ safeFields }, structuredClone(extra))).toEqual(extra)
  })

  it('are whole names: what only holds one is still a secret', () => {
    expect(scrubExtra({ safeFields: ['token'] }, { token: 'a', api_token: 'b' })).toEqual({
      token: 'a',
      api_token: '[Filtered]',
    })
  })

  it('win over sensitive ones', () => {
    expect(scrubExtra({ sensitiveFields: ['id'], safeFields: ['order_id'] }, { order_id: 1, user_id: 2 })).toEqual({
      order_id: 1,
      user_id: '[Filtered]',
    })
  })

  it('hold for headers, contexts, pairs and what stands in a text', () => {
    const event = scrub(
      { safeFields: ['x-auth-kind', 'token', 'auth'] },
      {
        request: {
          url: 'https://a.test/',
          query_string: 'token=abc',
          headers: { 'X-Auth-Kind': 'saml', Authorization: 'Basic x' },
          data: [['token', 'abc']],
        },
        contexts: { auth: { secret: 'kept' } },
      },
    )
    expect(event.request).toMatchObject({
      query: 'token=abc',
      headers: [
        ['Authorization', '[Filtered]'],
        ['X-Auth-Kind', 'saml'],
      ],
      data: [['token', 'abc']],
    })
    expect(event.contexts).toMatchObject({ auth: { secret: 'kept' } })
  })
})

describe('scrubbing that is off', () => {
  it('keeps everything as it was sent: events, transactions, what users say', () => {
    const text = 'Bearer abc of /home/ada, 4242 4242 4242 4242'
    const event = scrub({ enabled: false, sensitiveFields: ['x'] }, { message: text, extra: { password: 'x' } })
    expect(event).toMatchObject({ message: { formatted: text }, extra: { password: 'x' }, meta: null })
    const key = makeKey({ settings: readRules({ enabled: false }).settings })
    const transaction = Buffer.from('{"transaction":"/pay?token=abc"}')
    expect(summarizeTransaction(1, transaction, { ...CONTEXT, key }).name).toBe('/pay?token=abc')
    const report = Buffer.from(JSON.stringify({ event_id: 'a'.repeat(32), comments: text }))
    expect(readUserReport(report, { ...CONTEXT, projectId: 1, key }).comments).toBe(text)
  })

  it('is on unless a project says so, with rules that all projects share', () => {
    expect(readProjectSettings({ scrubbing: { enabled: 'no', sensitiveFields: ['', 'x', 7] } }).scrubbing).toEqual({
      enabled: true,
      sensitiveFields: [],
      safeFields: [],
      removesAddresses: false,
    })
    expect(readRules({}).scrubbing).toBe(DEFAULT_RULES)
  })
})

describe('addresses of people', () => {
  const raw = {
    platform: 'javascript',
    user: { id: '7', ip_address: '198.51.100.1', ip: '198.51.100.1' },
    request: {
      headers: { 'X-Forwarded-For': '198.51.100.1', 'X-Real-IP': '198.51.100.1', Accept: '*/*' },
      env: { REMOTE_ADDR: '198.51.100.1', HTTP_X_FORWARDED_FOR: '198.51.100.1', SERVER_NAME: 'web-1' },
    },
  }

  it('are kept by default', () => {
    expect(scrub({}, raw).user).toMatchObject({ ipAddress: '198.51.100.1' })
  })

  it('are nowhere in the event where the project keeps none, with remarks in their place', () => {
    const { event } = prepare({ removesAddresses: true }, raw)
    expect(JSON.stringify(event)).not.toContain('198.51.100.1')
    expect(event.user).toEqual({
      id: '7',
      email: null,
      username: null,
      name: null,
      ipAddress: null,
      data: { ip: '[Filtered]' },
    })
    expect(event.request).toMatchObject({
      headers: [
        ['Accept', '*/*'],
        ['X-Forwarded-For', '[Filtered]'],
        ['X-Real-Ip', '[Filtered]'],
      ],
      env: { REMOTE_ADDR: '[Filtered]', HTTP_X_FORWARDED_FOR: '[Filtered]', SERVER_NAME: 'web-1' },
    })
    expect(event.meta).toMatchObject({
      user: { ip_address: { '': { rem: [['@ip:remove', 'x']] } } },
      request: { headers: { 'X-Real-Ip': { '': { rem: [['@ip:filter', 's', 0, 10]] } } } },
    })
  })

  it('are removed with scrubbing off, too', () => {
    const { event } = prepare({ enabled: false, removesAddresses: true }, raw)
    expect(JSON.stringify(event)).not.toContain('198.51.100.1')
  })

  it('count nobody then: a hash of an address can be turned back', () => {
    const anonymous = { platform: 'javascript', user: { ip_address: '{{auto}}' } }
    expect(prepare({}, anonymous).userHash).not.toBeNull()
    const removed = prepare({ removesAddresses: true }, anonymous)
    expect(removed.userHash).toBeNull()
    expect(removed.event.user).toBeNull()
    // Whoever has an id is counted by it, as ever.
    expect(prepare({ removesAddresses: true }, raw).userHash).toBe(prepare({}, raw).userHash)
  })
})
