import { beforeEach, describe, expect, it } from 'vitest'
import { TooManyTries } from '../../server/auth/rate-limit.ts'
import { createSignInLimiter, type SignInLimiter } from '../../server/auth/sign-in-limiter.ts'

const minuteMs = 60_000
const account = 'owner@example.com'

let nowMs = 0
let limiter: SignInLimiter

beforeEach(() => {
  nowMs = 1_000_000
  limiter = createSignInLimiter(() => nowMs)
})

function fail(times: number, address: (index: number) => string, name: (index: number) => string): void {
  for (let index = 0; index < times; index += 1) limiter.countFailure(address(index), name(index))
}

describe('the sign-in limiter', () => {
  it('refuses the eleventh try for an account, from wherever it comes, and says how long to wait', () => {
    fail(
      9,
      (index) => `198.51.100.${index}`,
      () => account,
    )
    expect(() => limiter.check('203.0.113.1', account)).not.toThrow()
    limiter.countFailure('198.51.100.9', account)
    nowMs += minuteMs
    expect(() => limiter.check('203.0.113.1', account)).toThrow(
      expect.objectContaining({
        code: 'RATE_LIMITED',
        retryAfterSeconds: 240,
        message: 'Too many failed sign-ins. Try again in 4 minutes.',
      }),
    )
    expect(() => limiter.check('203.0.113.1', 'other@example.com')).not.toThrow()
  })

  it('refuses an address that tried twenty times, whatever the account', () => {
    fail(
      20,
      () => '198.51.100.1',
      (index) => `person${index}@example.com`,
    )
    expect(() => limiter.check('198.51.100.1', 'new@example.com')).toThrow(TooManyTries)
    expect(() => limiter.check('198.51.100.2', 'new@example.com')).not.toThrow()
  })

  it('takes the IPv6 addresses of one network for one address', () => {
    fail(
      20,
      (index) => `2001:db8:0:1::${index.toString(16)}`,
      (index) => `person${index}@example.com`,
    )
    expect(() => limiter.check('2001:db8:0:1:ffff::1', 'new@example.com')).toThrow(TooManyTries)
    expect(() => limiter.check('2001:db8:0:2::1', 'new@example.com')).not.toThrow()
  })

  it('takes an IPv4 address and its IPv6 form for one address', () => {
    fail(
      20,
      () => '::ffff:198.51.100.1',
      (index) => `person${index}@example.com`,
    )
    expect(() => limiter.check('198.51.100.1', 'new@example.com')).toThrow(TooManyTries)
    expect(() => limiter.check('::ffff:198.51.100.2', 'new@example.com')).not.toThrow()
  })

  it('lets in again when five minutes are over', () => {
    fail(
      10,
      () => '198.51.100.1',
      () => account,
    )
    nowMs += 5 * minuteMs - 1
    expect(() => limiter.check('203.0.113.1', account)).toThrow(TooManyTries)
    nowMs += 1
    expect(() => limiter.check('203.0.113.1', account)).not.toThrow()
  })

  it('forgets the failures of an account that was signed in to', () => {
    fail(
      9,
      () => '198.51.100.1',
      () => account,
    )
    limiter.countSuccess('203.0.113.1', account)
    limiter.countFailure('198.51.100.1', account)
    expect(() => limiter.check('198.51.100.3', account)).not.toThrow()
  })

  it('does not let strangers lock a person out where that person has signed in before', () => {
    limiter.countSuccess('203.0.113.1', account)
    fail(
      10,
      (index) => `198.51.100.${index}`,
      () => account,
    )
    expect(() => limiter.check('198.51.100.200', account)).toThrow(TooManyTries)
    expect(() => limiter.check('203.0.113.1', account)).not.toThrow()
  })

  it('keeps counting an address that has an account of its own', () => {
    fail(
      20,
      () => '198.51.100.1',
      (index) => `person${index}@example.com`,
    )
    limiter.countSuccess('198.51.100.1', 'attacker@example.com')
    expect(() => limiter.check('198.51.100.1', account)).toThrow(TooManyTries)
  })
})
