// Codes for who lost their authenticator app: ten, each good for one sign-in. The database has them hashed with a key that
// it does not know, so that a copy of it does not help to guess them.

import { createHmac, randomInt } from 'node:crypto'

const CODES = 10
/** Without letters that are taken for digits. 31^10 is 50 bits. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'
const HALF_LENGTH = 5

export function makeRecoveryCodes(): string[] {
  const half = () => Array.from({ length: HALF_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return Array.from({ length: CODES }, () => `${half()}-${half()}`)
}

/** Blanks, hyphens and capitals do not count. @param key 32 bytes: derive-key.ts */
export function hashRecoveryCode(key: Buffer, userId: string, code: string): Uint8Array<ArrayBuffer> {
  const plain = code.toLowerCase().replaceAll(/[\s-]/g, '')
  return Uint8Array.from(createHmac('sha256', key).update(`${userId} ${plain}`).digest())
}
