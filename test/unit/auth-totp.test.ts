import { describe, expect, it } from 'vitest'
import { describeTotp, findTotpStep, makeTotpSecret } from '../../server/auth/totp.ts'

/** RFC 6238, appendix B: the secret "12345678901234567890", and the last six of its eight digits. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('codes of an authenticator app', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ])('at second %i: %s', (seconds, code) => {
    expect(findTotpStep(RFC_SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
  })

  it('are taken half a minute too early or too late, as what they are', () => {
    const step = Math.floor(1_234_567_890 / 30)
    for (const around of [-1, 0, 1]) {
      expect(findTotpStep(RFC_SECRET, '005924', (step - around) * 30_000)).toBe(step)
    }
    expect(findTotpStep(RFC_SECRET, '005924', (step - 2) * 30_000)).toBeNull()
    expect(findTotpStep(RFC_SECRET, '005924', (step + 2) * 30_000)).toBeNull()
  })

  it.each(['', '5924', '0059240', '00592４', 'abcdef', '-05924', '5.9e24'])('are not %j', (code) => {
    expect(findTotpStep(RFC_SECRET, code, 1_234_567_890_000)).toBeNull()
  })

  it('come from a secret of 160 bits, which the address for the QR code holds', () => {
    const secret = makeTotpSecret()
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(makeTotpSecret()).not.toBe(secret)
    const uri = new URL(describeTotp(secret, 'ada@example.com', 'errors.example.com:4000'))
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp'])
    expect(decodeURIComponent(uri.pathname)).toBe('/Faultline (errors.example.com:4000):ada@example.com')
    expect(uri.searchParams.get('secret')).toBe(secret)
  })
})
