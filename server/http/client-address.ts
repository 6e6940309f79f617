// Where a request comes from. A proxy in front of us tells it in X-Forwarded-For, which anybody can send: it is believed
// as far as the addresses that told it are trusted, from the last to the first.

import type { IncomingMessage } from 'node:http'
import { isInRanges, parseIpAddress, type IpAddress, type IpRange } from '../domain/ip-range.ts'

/** An IP address; empty when the connection is gone already. */
export type ClientAddress = (request: IncomingMessage) => string

const HOPS_MAX = 20

export function createClientAddress(trustedProxies: readonly IpRange[]): ClientAddress {
  return (request) => {
    let address = parseAddress(request.socket.remoteAddress ?? '')
    const forwarded = request.headers['x-forwarded-for']
    if (address === null || typeof forwarded !== 'string') return address?.toString() ?? ''
    for (const hop of forwarded.split(',').slice(-HOPS_MAX).reverse()) {
      if (!isInRanges(address, trustedProxies)) break
      const before = parseAddress(hop.trim())
      if (before === null) break
      address = before
    }
    return address.toString()
  }
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function parseAddress(text: string): IpAddress | null {
  const unbracketed = text.startsWith('[') ? text.slice(1, text.indexOf(']')) : text
  const bare =
    unbracketed.includes('.') && !unbracketed.includes('::') ? (unbracketed.split(':', 1)[0] ?? '') : unbracketed
  return parseIpAddress(bare)
}
