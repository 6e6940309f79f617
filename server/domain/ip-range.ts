// An address or a range of addresses, as people write them: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.

import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6
/** An address and how many of its leading bits count. */
export type IpRange = [address: IpAddress, bits: number]

/** @returns null for what is neither. */
export function parseIpRange(text: string): IpRange | null {
  const [address = '', bits, ...rest] = text.split('/')
  // The library alone would also take `10` and `0x7f.1`.
  if (isIP(address) === 0 || rest.length > 0) return null
  if (bits !== undefined) return ipaddr.isValidCIDR(text) ? unwrap(ipaddr.parseCIDR(text)) : null
  const parsed = ipaddr.process(address)
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128]
}

/** `::ffff:10.0.0.0/104` is `10.0.0.0/8`. */
function unwrap([address, bits]: IpRange): IpRange {
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96
  return isMapped ? [address.toIPv4Address(), bits - 96] : [address, bits]
}

/** @returns null for what is none. One of IPv4 that is written as one of IPv6 is one of IPv4. */
export function parseIpAddress(text: string): IpAddress | null {
  return isIP(text) === 0 ? null : ipaddr.process(text)
}

export function isInRanges(address: IpAddress, ranges: readonly IpRange[]): boolean {
  return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))
}
