// Codes of an authenticator app: RFC 6238 as all of them do it, with SHA-1, six digits and 30 seconds.

import { Secret, TOTP } from 'otpauth'

const PERIOD_SECONDS = 30
/** RFC 4226 asks for as much. */
const SECRET_BYTES = 20
/** Steps before and after the current one whose codes are taken: clocks differ, and people type slowly. */
const STEPS_AROUND = 1

/** @returns 32 characters of base32. */
export function makeTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32
}

/** @returns the otpauth address that a QR code holds. */
export function describeTotp(secret: string, account: string, host: string): string {
  return new TOTP({ issuer: `Faultline (${host})`, label: account, secret, period: PERIOD_SECONDS }).toString()
}

/** @returns the time step that the code is of; null when it is wrong. */
export function findTotpStep(secret: string, code: string, nowMs: number): number | null {
  // The library compares buffers, and throws for what has as many characters and more bytes.
  if (!/^\d{6}$/.test(code)) return null
  const delta = new TOTP({ secret, period: PERIOD_SECONDS }).validate({
    token: code,
    timestamp: nowMs,
    window: STEPS_AROUND,
  })
  return delta === null ? null : Math.floor(nowMs / 1000 / PERIOD_SECONDS) + delta
}
