// What a project takes for a secret: Sentry's names, and its own. Compiled when its settings change; a project that sets
// nothing shares the default ones, with their memory of names.

import type { ScrubbingSettings } from '../domain/project-settings.ts'
import { isSecretCookie, isSecretKey } from './scrub-keys.ts'

export interface ScrubRules {
  /** Those that `secretRule` may tell. */
  byName: readonly string[]
  /** @returns the rule by which a value under this name is a secret; null when it is none. */
  secretRule(key: string): string | null
  /** The same for the name of a cookie. */
  cookieRule(name: string): string | null
  /** Whether what stands under this name is left as it is, with all that is in it. */
  isSafe(key: string): boolean
}

const BY_NAME = '@password:filter'
/** Sentry's name for the fields that a project adds. */
const BY_PROJECT = 'strip-fields'

export const DEFAULT_RULES: ScrubRules = {
  byName: [BY_NAME],
  secretRule: (key) => (isSecretKey(key) ? BY_NAME : null),
  cookieRule: (name) => (isSecretCookie(name) ? BY_NAME : null),
  isSafe: () => false,
}

/** Names that come again with every event. */
const CACHE_MAX = 10_000

/** @returns null where the project has turned scrubbing off. */
export function compileScrubRules({ enabled, sensitiveFields, safeFields }: ScrubbingSettings): ScrubRules | null {
  if (!enabled) return null
  if (sensitiveFields.length === 0 && safeFields.length === 0) return DEFAULT_RULES
  const sensitive = sensitiveFields.map((field) => field.toLowerCase())
  const safe = new Set(safeFields.map((field) => field.toLowerCase()))
  const isSafe = safe.size === 0 ? () => false : (key: string) => safe.has(key.toLowerCase())
  const findRule = (key: string, isDefault: (key: string) => boolean): string | null => {
    const lowered = key.toLowerCase()
    if (safe.has(lowered)) return null
    if (sensitive.some((field) => lowered.includes(field))) return BY_PROJECT
    return isDefault(key) ? BY_NAME : null
  }
  return {
    byName: sensitive.length === 0 ? [BY_NAME] : [BY_NAME, BY_PROJECT],
    secretRule: remember((key) => findRule(key, isSecretKey)),
    cookieRule: remember((name) => findRule(name, isSecretCookie)),
    isSafe: remember(isSafe),
  }
}

const CACHED_CHARS_MAX = 64

function remember<Answer>(find: (key: string) => Answer): (key: string) => Answer {
  const known = new Map<string, Answer>()
  return (key) => {
    if (key.length > CACHED_CHARS_MAX) return find(key)
    const before = known.get(key)
    if (before !== undefined) return before
    const answer = find(key)
    if (known.size >= CACHE_MAX) known.clear()
    known.set(key, answer)
    return answer
  }
}
