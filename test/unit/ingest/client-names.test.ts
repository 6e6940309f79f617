// Who sends, and how much of it is kept.

import { describe, expect, it } from 'vitest'
import type { Json } from '../../../server/domain/event.ts'
import { createMinuteLimit } from '../../../server/ingest/minute-limit.ts'
import { formatSdk, readSdk } from '../../../server/ingest/read-sdk.ts'

describe('readSdk', () => {
  const fallback = { name: 'sentry.python', version: '1.21.0' }

  it("prefers the envelope's header to the credentials", () => {
    const sdk = { name: 'sentry.javascript.node', version: '11.12.0', packages: [] }
    expect(readSdk({ sdk }, fallback)).toEqual({ name: 'sentry.javascript.node', version: '11.12.0' })
    expect(readSdk({}, fallback)).toEqual(fallback)
    expect(readSdk({}, null)).toBeNull()
  })

  it.each<Json>([
    {},
    [],
    'text',
    { name: '' },
    { name: 'a b' },
    { name: '<b>' },
    { name: 'x'.repeat(65) },
    { name: 5 },
  ])('takes %j for no SDK', (sdk) => {
    expect(readSdk({ sdk }, null)).toBeNull()
  })

  it('leaves out a version that is none', () => {
    expect(readSdk({ sdk: { name: 'raven-go', version: 'x y' } }, null)).toEqual({ name: 'raven-go', version: '' })
    expect(formatSdk({ name: 'raven-go', version: '' })).toBe('raven-go')
    expect(formatSdk({ name: 'sentry.go', version: '0.20.0' })).toBe('sentry.go/0.20.0')
  })
})

describe('createMinuteLimit', () => {
  it('gives each project its share, and a new one with each minute', () => {
    const limit = createMinuteLimit(2)
    expect([limit.take(1, 0), limit.take(1, 1), limit.take(1, 59_999)]).toEqual([true, true, false])
    expect(limit.take(2, 59_999)).toBe(true)
    expect(limit.take(1, 60_000)).toBe(true)
  })
})
