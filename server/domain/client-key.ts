import { randomBytes } from 'node:crypto'

/** What any of our keys may look like: our own are 32 hex digits, those brought along from elsewhere (`glet_...`) vary. */
export const PUBLIC_KEY = /^[A-Za-z0-9_]{8,64}$/

export function makePublicKey(): string {
  return randomBytes(16).toString('hex')
}

/** What a key is called where it is not to be copied: in the audit log. */
export function abbreviateKey(publicKey: string): string {
  return `${publicKey.slice(0, 8)}…`
}

/** @param publicUrl where SDKs reach us, with its scheme and possibly a path. */
export function buildDsn(publicUrl: string, publicKey: string, projectId: number): string {
  const url = new URL(publicUrl)
  return `${url.protocol}//${publicKey}@${url.host}${url.pathname.replace(/\/$/, '')}/${projectId}`
}

/**
 * The older form, for clients that insist on a secret (raven, as in GitLab Runner). Nobody checks the secret, so it says
 * nothing that the key does not.
 */
export function buildLegacyDsn(publicUrl: string, publicKey: string, projectId: number): string {
  return buildDsn(publicUrl, `${publicKey}:${publicKey}`, projectId)
}

/** Whether SDKs may send with it now: it was not turned off, and has not ended. */
export function isKeyUsable(key: { active: boolean; expiresAt: Date | null }, nowMs: number): boolean {
  return key.active && (key.expiresAt === null || key.expiresAt.getTime() > nowMs)
}
