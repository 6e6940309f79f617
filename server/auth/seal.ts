// Secrets that must be read again, encrypted with a key that is not in the database: AES-256-GCM, a nonce for each. What a
// secret belongs to is authenticated with it, so that nobody who can write to the database puts one in another's place.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const BYTES = { nonce: 12, tag: 16 }

export interface Seal {
  /** @param owner what the secret belongs to: needed to open it. */
  seal(text: string, owner: string): Buffer
  /** @returns null for what was not sealed with this key and for this owner. */
  open(sealed: Uint8Array, owner: string): string | null
}

/** @param key 32 bytes: derive-key.ts */
export function createSeal(key: Buffer): Seal {
  return {
    seal(text, owner) {
      const nonce = randomBytes(BYTES.nonce)
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(owner))
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), encrypted])
    },

    open(sealed, owner) {
      const bytes = Buffer.from(sealed)
      if (bytes.length < BYTES.nonce + BYTES.tag) return null
      const nonce = bytes.subarray(0, BYTES.nonce)
      const tag = bytes.subarray(BYTES.nonce, BYTES.nonce + BYTES.tag)
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: BYTES.tag })
      decipher.setAAD(Buffer.from(owner)).setAuthTag(tag)
      try {
        const text = decipher.update(bytes.subarray(BYTES.nonce + BYTES.tag))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
  }
}
