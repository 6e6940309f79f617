import { hkdfSync } from 'node:crypto'

/**
 * A key of its own for each purpose, so that what one of them lets slip (a cookie's signature, a link in a log) says
 * nothing about the others, nor about the secret itself.
 *
 * @returns 32 bytes.
 */
export function deriveKey(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'faultline', purpose, 32))
}
