// Between a key and the fields of its form.

import type { FragmentOf } from '#lib/graphql/graphql.ts'
import type { ClientKeyFields } from './settings.gql.ts'

type ClientKey = FragmentOf<typeof ClientKeyFields>

/** As the fields hold it: all texts. */
export interface ClientKeyValues {
  name: string
  active: boolean
  eventsPerMinute: string
  /** One a line. */
  allowedOrigins: string
  /** As `input type=datetime-local` writes it, in the browser's zone; empty: never. */
  expiresAt: string
}

export function toValues({ name, active, expiresAt, eventsPerMinute, allowedOrigins }: ClientKey): ClientKeyValues {
  return {
    name,
    active,
    eventsPerMinute: eventsPerMinute === null ? '' : String(eventsPerMinute),
    allowedOrigins: allowedOrigins.join('\n'),
    expiresAt: expiresAt === null ? '' : toLocalMinutes(new Date(expiresAt)),
  }
}

/** What was changed only, so that the seconds of an expiry that nobody touched stay. */
export function toChanges(before: ClientKeyValues, after: ClientKeyValues) {
  return {
    ...(after.name === before.name ? {} : { name: after.name }),
    ...(after.active === before.active ? {} : { active: after.active }),
    ...(String(after.eventsPerMinute ?? '') === before.eventsPerMinute ? {} : { eventsPerMinute: readLimit(after) }),
    ...(after.allowedOrigins === before.allowedOrigins ? {} : { allowedOrigins: after.allowedOrigins.split(/[\s,]+/) }),
    ...(after.expiresAt === before.expiresAt
      ? {}
      : { expiresAt: after.expiresAt === '' ? null : new Date(after.expiresAt).toISOString() }),
  }
}

function readLimit({ eventsPerMinute }: ClientKeyValues): number | null {
  // A field of numbers gives a number, or null where it is empty.
  const text = String(eventsPerMinute ?? '')
  return text === '' ? null : Number(text)
}

/** `2026-11-25T20:15`, in the browser's zone. */
function toLocalMinutes(time: Date): string {
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}
