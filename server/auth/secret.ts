import { hash, randomInt } from 'node:crypto'

const LENGTH = 40
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** @returns 40 letters and digits: 238 bits of chance, which nobody guesses and no slow hash has to protect. */
export function makeSecret(): string {
  return Array.from({ length: LENGTH }, () => BASE62[randomInt(62)]).join('')
}

/** @returns the SHA-256, which is all that is stored. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hash('sha256', secret, 'buffer'))
}
