import { describe, expect, it } from 'vitest'
import { isOutage } from '../../../server/ingest/is-outage.ts'

const withCode = (code: string) => Object.assign(new Error('failed'), { code })

describe('isOutage', () => {
  it.each(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ENOENT', 'ETIMEDOUT', '57P01', '57P03', '53100', '08006', '25006'])(
    'takes %s for the database being away: the same event can be sent again',
    (code) => expect(isOutage(withCode(code))).toBe(true),
  )

  it.each(['22P05', '23505', '22003', '40001', '42P01', 'XX000'])('takes %s for a fault of what was asked', (code) =>
    expect(isOutage(withCode(code))).toBe(false),
  )

  it('looks into what several attempts to connect failed with', () => {
    expect(isOutage(new AggregateError([withCode('ECONNREFUSED')]))).toBe(true)
  })
})
