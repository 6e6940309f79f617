// The short names that events are filtered by. A wrong one is dropped rather than repaired: it would become a filter of its own.

import type { ProblemLog } from './problem-log.ts'
import { toTrimmedText } from './coerce.ts'
import type { Raw } from './coerce.ts'

const HEX_ID = /^[0-9a-f]{32}$/i
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const PLATFORM = /^[a-z0-9_-]{1,64}$/
const DIST = /^[a-zA-Z0-9_.-]+$/

/** @returns 32 lower-case hex digits, or null. */
export function parseEventId(raw: Raw): string | null {
  if (typeof raw !== 'string') return null
  if (raw.length === 32) return HEX_ID.test(raw) ? raw.toLowerCase() : null
  return raw.length === 36 && UUID.test(raw) ? raw.replaceAll('-', '').toLowerCase() : null
}

/** Sentry knows a fixed list and calls the rest `other`; new SDKs keep their own name here. */
export function parsePlatform(log: ProblemLog, raw: Raw): string {
  if (raw === undefined || raw === null || raw === '') return 'other'
  const platform = typeof raw === 'string' ? raw.trim().toLowerCase() : ''
  if (PLATFORM.test(platform)) return platform
  log.invalid('platform', raw)
  return 'other'
}

export function parseRelease(log: ProblemLog, raw: Raw): string | null {
  const release = toTrimmedText(log, raw, 'release', 200)
  if (release === null) return null
  const isReserved = release === '.' || release === '..' || release.toLowerCase() === 'latest'
  if (!isReserved && !hasControlOrSlash(release)) return release
  log.invalid('release', raw)
  return null
}

export function parseDist(log: ProblemLog, raw: Raw): string | null {
  const dist = toTrimmedText(log, raw, 'dist', 64)
  if (dist === null || DIST.test(dist)) return dist
  log.invalid('dist', raw)
  return null
}

export function parseEnvironment(log: ProblemLog, raw: Raw): string | null {
  const environment = toTrimmedText(log, raw, 'environment', 64)
  if (environment === null) return null
  if (environment.toLowerCase() !== 'none' && !hasControlOrSlash(environment)) return environment
  log.add('invalid_environment', 'environment', raw)
  return null
}

/** They stand in URLs and in lists with one name a line. */
function hasControlOrSlash(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code === 0x7f || code === 0x2f || code === 0x5c) return true
  }
  return false
}
