// May this key send to this project, now? One refusal for what is unknown, inactive and elsewhere: whoever guesses keys
// learns nothing, and whoever mistyped a DSN reads which one we saw.

import type { IncomingMessage } from 'node:http'
import { matchesOrigin } from '../domain/origin-pattern.ts'
import type { ClientErrorCode } from '../domain/client-error.ts'
import type { Credentials } from './read-credentials.ts'
import type { ClientKeyRecord, ClientKeys } from './client-keys.ts'
import { IngestError } from './ingest-error.ts'

/**
 * At once where the key is in memory.
 * @param projectId from the URL; null where the URL names none.
 * @param page that sends, as its browser says; null: no browser does.
 * @throws IngestError 403.
 */
export function authorize(
  keys: ClientKeys,
  credentials: Credentials,
  projectId: number | null,
  page: string | null,
  nowMs: number,
): ClientKeyRecord | Promise<ClientKeyRecord> {
  const found = keys.find(credentials.publicKey)
  return found instanceof Promise
    ? found.then((key) => check(key, credentials, projectId, page, nowMs))
    : check(found, credentials, projectId, page, nowMs)
}

function check(
  key: ClientKeyRecord | null,
  credentials: Credentials,
  projectId: number | null,
  page: string | null,
  nowMs: number,
): ClientKeyRecord {
  const isElsewhere = projectId !== null && key?.projectId !== projectId
  if (key === null || isElsewhere || !isUsable(key, nowMs)) {
    const asked = projectId === null ? 'any project' : `project ${projectId}`
    throw rejected(
      `the key ${credentials.publicKey} may not send to ${asked}: compare the DSN with the project's settings`,
      key === null ? 'unknown_key' : isElsewhere ? 'wrong_project' : 'inactive_key',
      key,
    )
  }
  if (!key.trackingEnabled) throw rejected('error tracking is turned off in this project', 'tracking_off', key)
  if (key.backend !== 'INTEGRATED') {
    throw rejected('this project uses a Sentry server: send events there', 'other_backend', key)
  }
  if (key.allowedOrigins !== null && page !== null && !matchesOrigin(key.allowedOrigins, page)) {
    throw rejected('this key may not be used from this origin', 'refused_origin', key)
  }
  return key
}

/** The `Origin` that a browser sends along, else the `Referer`. Programs send neither, and are not asked for one. */
export function readPage({ headers }: IncomingMessage): string | null {
  return headers.origin ?? headers.referer ?? null
}

function isUsable(key: ClientKeyRecord, nowMs: number): boolean {
  return key.active && (key.expiresAtMs === null || key.expiresAtMs > nowMs)
}

function rejected(reason: string, code: ClientErrorCode, key: ClientKeyRecord | null): IngestError {
  return new IngestError(403, `event submission rejected with_reason: ${reason}`, {
    code,
    projectId: key?.projectId,
    hidesAddress: key?.settings.scrubbing.removesAddresses,
  })
}
