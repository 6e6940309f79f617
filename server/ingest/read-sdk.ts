// Which SDK sent a request: what the envelope's header says, else `sentry_client`. For pages and counts, so that what
// does not look like a name and a version counts as not told.

import type { JsonObject } from '../domain/event.ts'
import { isObject } from './normalize/coerce.ts'

export interface SdkName {
  name: string
  /** Empty where it is not told. */
  version: string
}

const NAME = /^[\w.:@/-]{1,64}$/
const VERSION = /^[\w.+:-]{0,40}$/

/** @param fallback as `readClient` took it from the credentials. */
export function readSdk(
  envelopeHeader: JsonObject,
  fallback: { name: string; version: string | null } | null,
): SdkName | null {
  const sdk = envelopeHeader['sdk']
  return (isObject(sdk) ? checkSdk(sdk['name'], sdk['version']) : null) ?? checkSdk(fallback?.name, fallback?.version)
}

/** @returns `sentry.python/1.21.0`. */
export function formatSdk({ name, version }: SdkName): string {
  return version === '' ? name : `${name}/${version}`
}

function checkSdk(name: unknown, version: unknown): SdkName | null {
  if (typeof name !== 'string' || !NAME.test(name)) return null
  return { name, version: typeof version === 'string' && VERSION.test(version) ? version : '' }
}
