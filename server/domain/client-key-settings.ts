// What people set of a client key, checked.

import { AppError } from '../errors.ts'
import { PUBLIC_KEY } from './client-key.ts'
import { ORIGIN_RULE, parseOriginPattern } from './origin-pattern.ts'

const NAME_LENGTH_MAX = 100
const ORIGINS_MAX = 50
const EVENTS_PER_MINUTE_MAX = 100_000_000

/** What is not given stays as it is. */
export interface ClientKeySettings {
  name?: string
  active?: boolean
  /** null: none of its own. */
  eventsPerMinute?: number | null
  /** Empty: any page. */
  allowedOrigins?: string[]
  /** null: never. */
  expiresAt?: Date | null
}

/** @returns what is to be stored. @throws AppError INVALID, naming the field. */
export function checkClientKeySettings(settings: ClientKeySettings): ClientKeySettings {
  const { name, eventsPerMinute, allowedOrigins } = settings
  return {
    ...settings,
    ...(name === undefined ? {} : { name: checkName(name) }),
    ...(eventsPerMinute === undefined ? {} : { eventsPerMinute: checkLimit(eventsPerMinute) }),
    ...(allowedOrigins === undefined ? {} : { allowedOrigins: checkOrigins(allowedOrigins) }),
  }
}

/** A key that comes from elsewhere, so that what is deployed keeps its DSN. @throws AppError INVALID */
export function checkPublicKey(publicKey: string): string {
  const key = publicKey.trim()
  if (PUBLIC_KEY.test(key)) return key
  throw new AppError('INVALID', '"publicKey" is 8 to 64 letters, digits and "_": the part of the DSN before the "@".')
}

function checkName(text: string): string {
  const name = text.trim()
  if (name.length <= NAME_LENGTH_MAX && !/[\x00-\x1f\x7f]/.test(name)) return name
  throw new AppError('INVALID', `"name" has at most ${NAME_LENGTH_MAX} characters, all of them visible.`)
}

function checkLimit(eventsPerMinute: number | null): number | null {
  if (eventsPerMinute === null || (eventsPerMinute >= 1 && eventsPerMinute <= EVENTS_PER_MINUTE_MAX))
    return eventsPerMinute
  throw new AppError('INVALID', `"eventsPerMinute" is 1 to ${EVENTS_PER_MINUTE_MAX}, or null for no limit of its own.`)
}

function checkOrigins(origins: readonly string[]): string[] {
  const texts = [...new Set(origins.map((origin) => origin.trim().toLowerCase()).filter((origin) => origin !== ''))]
  if (texts.length > ORIGINS_MAX) throw new AppError('INVALID', `"allowedOrigins" has at most ${ORIGINS_MAX} entries.`)
  const wrong = texts.find((text) => parseOriginPattern(text) === null)
  if (wrong !== undefined) throw new AppError('INVALID', `"${wrong}" in "allowedOrigins" is no origin. ${ORIGIN_RULE}`)
  return texts
}
