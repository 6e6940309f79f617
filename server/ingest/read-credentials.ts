// Where SDKs put the key: `X-Sentry-Auth: Sentry sentry_key=...`, `Authorization` in the same form or as Basic, the query,
// or the `dsn` of the envelope's header (tunnels). The first that is there counts. Secrets are accepted and ignored.

import type { IncomingMessage } from 'node:http'
import { PUBLIC_KEY } from '../domain/client-key.ts'
import { IngestError } from './ingest-error.ts'
import { createRecentMap } from './recent-map.ts'

export interface Credentials {
  publicKey: string
  /** The SDK by its own words, `sentry.javascript.node/7.38.0`: used where the event does not say. */
  client: string | null
  /** The project the DSN names; null where the credentials name none. */
  projectId: number | null
}

/** The protocol's current version; nothing newer was ever sent. */
const VERSION_MAX = 7

/**
 * @param keyInPath of the endpoints that carry it there.
 * @returns null when the request carries no key. @throws IngestError 400 for a key or version that cannot be.
 */
export function readCredentials(request: IncomingMessage, url: string, keyInPath?: string): Credentials | null {
  const header = readSentryHeader(request.headers['x-sentry-auth']) ?? readSentryHeader(request.headers.authorization)
  if (header !== null) return checkCredentials(header)
  const inQuery = readQueryCredentials(url)
  if (inQuery !== null) return inQuery
  const key = keyInPath ?? readBasicKey(request.headers.authorization)
  return key === null ? null : checkCredentials(new Map([['sentry_key', key]]))
}

/** A client asks for the same URL each time. */
const KNOWN_MAX = 2_000
const KNOWN_CHARS_MAX = 256
const known = createRecentMap<Credentials | null>(KNOWN_MAX)

function readQueryCredentials(url: string): Credentials | null {
  if (!url.includes('sentry_')) return null
  const hit = url.length > KNOWN_CHARS_MAX ? undefined : known.get(url)
  if (hit !== undefined) return hit
  const query = readQuery(url)
  const credentials = query.has('sentry_key') ? checkCredentials(query) : null
  if (url.length <= KNOWN_CHARS_MAX) known.set(url, credentials)
  return credentials
}

/** @param url the request's target. */
export function readQuery(url: string): URLSearchParams {
  const queryAt = url.indexOf('?')
  return new URLSearchParams(queryAt === -1 ? '' : url.slice(queryAt + 1))
}

/** @param dsn the `dsn` of an envelope's header. @returns null when it is not one. */
export function readDsn(dsn: unknown): Credentials | null {
  if (typeof dsn !== 'string' || !URL.canParse(dsn)) return null
  const url = new URL(dsn)
  const projectId = /\/(\d{1,9})\/?$/.exec(url.pathname)?.[1]
  if (projectId === undefined || !PUBLIC_KEY.test(url.username)) return null
  return { publicKey: url.username, client: null, projectId: Number(projectId) }
}

interface Pairs {
  get(name: string): string | null | undefined
}

/** `Sentry a=b, c=d`: any order, blanks optional, unknown names ignored. Another scheme counts as absent. */
function readSentryHeader(value: string | string[] | undefined): Pairs | null {
  const text = Array.isArray(value) ? value[0] : value
  if (text === undefined || text.length < 7 || text.slice(0, 7).toLowerCase() !== 'sentry ') return null
  const pairs = new Map<string, string>()
  for (const pair of text.slice(7).split(',')) {
    const equalsAt = pair.indexOf('=')
    if (equalsAt > 0) pairs.set(pair.slice(0, equalsAt).trim(), pair.slice(equalsAt + 1).trim())
  }
  return pairs.has('sentry_key') ? pairs : null
}

function readBasicKey(value: string | undefined): string | null {
  const encoded = value !== undefined && /^basic /i.test(value) ? value.slice(6).trim() : ''
  if (encoded === '') return null
  const [publicKey] = Buffer.from(encoded, 'base64').toString('latin1').split(':')
  return publicKey === undefined || publicKey === '' ? null : publicKey
}

function checkCredentials(pairs: Pairs): Credentials {
  // Relay lets a flag follow the key, as in `<key>:no-cache`.
  const publicKey = (pairs.get('sentry_key') ?? '').split(':', 1)[0] as string
  if (!PUBLIC_KEY.test(publicKey)) throw new IngestError(400, 'bad sentry DSN public key', { code: 'invalid_key' })
  const version = Number.parseInt(pairs.get('sentry_version') ?? String(VERSION_MAX), 10)
  if (version > VERSION_MAX) throw new IngestError(400, `unsupported protocol version (${version})`)
  return { publicKey, client: pairs.get('sentry_client')?.slice(0, 128) ?? null, projectId: null }
}

/** @param client `sentry.go/0.20.0`, or `raven-go 0.2`. */
export function readClient(client: string | null): { name: string; version: string | null } | null {
  if (client === null) return null
  const [name, version] = client.split(/[/ ]/, 2)
  return name === undefined || name === '' ? null : { name, version: version ?? null }
}

/** raven-go, which GitLab Runner has, says in its User-Agent alone who it is. */
export function readOldClient(userAgent: string | undefined): string | null {
  return userAgent !== undefined && /^raven-[\w-]{1,32}\/[\w.]{1,32}$/.test(userAgent) ? userAgent : null
}
