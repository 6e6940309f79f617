// Where a request comes from. A proxy in front of us tells it in X-Forwarded-For, which anybody can send: it is believed
// as far as the addresses that told it are trusted, from the last to the first.

import type { IncomingMessage } from 'node:http'
import { isInRanges, parseIpAddress, type IpAddress, type IpRange } from '../domain/ip-range.ts'

/** An IP address; empty when the connection is gone already. */
export type ClientAddress = (request: IncomingMessage) => string

interface Address {
  parsed: IpAddress
  text: string
}

const HOPS_MAX = 20
/** The same few proxies and clients come again and again, and to read and write an address takes microseconds. */
const KNOWN_MAX = 5_000
const KNOWN_CHARS_MAX = 64
const known = new Map<string, Address | null>()

export function createClientAddress(trustedProxies: readonly IpRange[]): ClientAddress {
  return (request) => {
    let address = parseAddress(request.socket.remoteAddress ?? '')
    const forwarded = request.headers['x-forwarded-for']
    if (address === null || typeof forwarded !== 'string') return address?.text ?? ''
    for (const hop of forwarded.split(',').slice(-HOPS_MAX).reverse()) {
      if (!isInRanges(address.parsed, trustedProxies)) break
      const before = parseAddress(hop.trim())
      if (before === null) break
      address = before
    }
    return address.text
  }
}

function parseAddress(text: string): Address | null {
  const hit = known.get(text)
  if (hit !== undefined) return hit
  const parsed = parseNewAddress(text)
  const address = parsed === null ? null : { parsed, text: parsed.toString() }
  if (known.size >= KNOWN_MAX) known.clear()
  if (text.length <= KNOWN_CHARS_MAX) known.set(text, address)
  return address
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function parseNewAddress(text: string): IpAddress | null {
  const unbracketed = text.startsWith('[') ? text.slice(1, text.indexOf(']')) : text
  const bare =
    unbracketed.includes('.') && !unbracketed.includes('::') ? (unbracketed.split(':', 1)[0] ?? '') : unbracketed
  return parseIpAddress(bare)
}
