// What a provider says of a person, made into what we understand. Everything in it is checked: it comes from outside.

import { z } from 'zod'
import type { MappedRole } from '../../domain/role-mapping.ts'

/** As they came, by name. */
export type Claims = Record<string, unknown>

export interface Identity {
  /** Of the provider; the same person for ever. */
  subject: string
  /** In lower case; null when the provider says none. */
  email: string | null
  /** The provider vouches for the address. */
  emailVerified: boolean
  name: string
}

const VALUES_MAX = 1000
const NAME_LENGTH_MAX = 100

export function readIdentity(claims: Claims): Identity {
  const email = z.email().max(254).safeParse(claims.email)
  return {
    subject: String(claims.sub),
    email: email.success ? email.data.toLowerCase() : null,
    // Amazon's says it as a text.
    emailVerified: claims.email_verified === true || claims.email_verified === 'true',
    name: readName(claims.name) || readName(claims.preferred_username),
  }
}

/** @param path a claim's name, or names joined by dots that lead into it: `realm_access.roles`. */
export function findClaim(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path.split('.').reduce<unknown>((value, name) => {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    return isObject ? (value as Claims)[name] : undefined
  }, claims)
}

/** A text, a list of texts, or an object whose names are meant, as providers have it. */
export function readClaimValues(claims: Claims, path: string): Set<string> {
  const value = findClaim(claims, path)
  if (typeof value === 'string') return new Set([value])
  if (typeof value !== 'object' || value === null) return new Set()
  const values = Array.isArray(value) ? value : Object.keys(value)
  return new Set(values.slice(0, VALUES_MAX).filter((each) => typeof each === 'string'))
}

export function selectRoles(mapping: readonly MappedRole[], values: ReadonlySet<string>): MappedRole[] {
  return mapping.filter(({ value }) => values.has(value))
}

function readName(value: unknown): string {
  if (typeof value !== 'string') return ''
  // PostgreSQL takes no NUL, and no page shows the others.
  return value
    .replaceAll(/[\x00-\x1f\x7f]/g, '')
    .trim()
    .slice(0, NAME_LENGTH_MAX)
}
