// Takes the address of the person who met an error out of the event, for projects that want none kept: it is removed where
// it stands by itself, and hidden in headers and variables of servers that pass it on.

import type { JsonObject, NormalizedEvent } from '../domain/event.ts'
import { addRemarks } from './remarks.ts'
import { FILTERED } from './scrub-keys.ts'

/** Of headers, in lower case; servers put them into their environment as `HTTP_X_FORWARDED_FOR`. */
const NAMES = new Set([
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'forwarded',
  'forwarded-for',
  'remote-addr',
  'true-client-ip',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-forwarded',
  'x-forwarded-for',
  'x-original-forwarded-for',
  'x-real-ip',
  // What SDKs add to the user beside the address proper.
  'ip',
  'ip-address',
  'ipaddress',
])

/** In place. */
export function removeAddresses(event: NormalizedEvent): void {
  const { user, request } = event
  if (user !== null) {
    if (user.ipAddress !== null) {
      user.ipAddress = null
      addRemarks((event.meta ??= {}), ['user', 'ip_address'], { '': { rem: [['@ip:remove', 'x']] } })
    }
    if (user.data !== null) hideIn(event, user.data, 'user', 'data')
    if (Object.values(user).every((value) => value === null)) event.user = null
  }
  if (request === null) return
  for (const header of request.headers) {
    if (!isAddressName(header[0])) continue
    header[1] = FILTERED
    remarkHidden(event, ['request', 'headers', header[0]])
  }
  if (request.env !== null) hideIn(event, request.env, 'request', 'env')
}

function hideIn(event: NormalizedEvent, object: JsonObject, ...path: string[]): void {
  for (const key in object) {
    const value = object[key]
    if (value === null || value === undefined || value === '' || !isAddressName(key)) continue
    object[key] = FILTERED
    remarkHidden(event, [...path, key])
  }
}

function isAddressName(name: string): boolean {
  return NAMES.has(
    name
      .toLowerCase()
      .replaceAll('_', '-')
      .replace(/^http-/, ''),
  )
}

function remarkHidden(event: NormalizedEvent, path: readonly string[]): void {
  addRemarks((event.meta ??= {}), path, { '': { rem: [['@ip:filter', 's', 0, FILTERED.length]] } })
}
