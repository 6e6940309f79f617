// What happened on a developer's machine: the page or request was one of localhost. Where nothing tells the address, the
// person's own counts. It does not count against an address that is known: behind a proxy on the same machine, servers see
// every visitor as 127.0.0.1.

import type { NormalizedEvent } from '../../domain/event.ts'
import { findHeader } from '../normalize/normalize-contexts.ts'

/** `https://user@host:80/`; the path is not looked at. */
const HOST_OF_URL = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]*@)?(\[[^\]/]*\]|[^/:?#]*)/i

export function isLocalhost({ request, user }: NormalizedEvent): boolean {
  const host = findHost(request)
  if (host !== null) return isLocalHost(host)
  const address = user?.ipAddress ?? null
  return address !== null && isLocalHost(address)
}

function findHost(request: NormalizedEvent['request']): string | null {
  const ofUrl = HOST_OF_URL.exec(request?.url ?? '')?.[1]
  if (ofUrl) return ofUrl
  const header = findHeader(request, 'Host')
  return header === null || header === '' ? null : (HOST_OF_URL.exec(`host://${header}`)?.[1] ?? null)
}

function isLocalHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '0.0.0.0') return true
  return /^127(?:\.\d{1,3}){3}$/.test(name)
}
