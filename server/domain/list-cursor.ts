// Where a page of a list ended: what its last row has in the columns that the list is ordered by, so that the next page
// begins right behind it whatever came or went meanwhile. Opaque to whoever asks, and hostile when it comes back: what a
// column cannot hold is no cursor, before the database is asked.

import { InvalidFields } from '../errors.ts'

/** An address, the longest text in any, takes 400. */
const CURSOR_LENGTH_MAX = 2_000
/** PostgreSQL's `int`. */
const INT_MAX = 2_147_483_647

export interface ListCursor<Values extends readonly unknown[]> {
  format(values: Values): string
  /** @throws InvalidFields for what is no cursor of this list. */
  parse(cursor: string): Values
}

interface CursorColumn<Value> {
  write: (value: Value) => string | number
  /** @returns null for what is no value of the column. */
  read: (written: unknown) => Value | null
}

/** PostgreSQL takes no NUL, and JSON for it no half of a surrogate pair. */
export const TEXT: CursorColumn<string> = {
  write: (text) => text,
  read: (written) =>
    typeof written === 'string' && !written.includes('\0') && written.isWellFormed() ? written : null,
}

export const INT: CursorColumn<number> = {
  write: (number) => number,
  read: (written) => (Number.isInteger(written) && Math.abs(Number(written)) <= INT_MAX ? Number(written) : null),
}

/** Not negative, as counts and serial numbers are. */
export const BIGINT: CursorColumn<bigint> = {
  write: String,
  read: (written) => (typeof written === 'string' && /^\d{1,18}$/.test(written) ? BigInt(written) : null),
}

/** To the millisecond, in a year of four digits. A day that is in no calendar, as 30 February, is none. */
export const TIME: CursorColumn<Date> = {
  write: (time) => time.toISOString(),
  read: (written) => {
    if (typeof written !== 'string' || !/^[1-9]\d{3}-/.test(written)) return null
    const time = new Date(written)
    return !Number.isNaN(time.getTime()) && time.toISOString() === written ? time : null
  },
}

/** 32 hex digits. */
export const UUID: CursorColumn<string> = {
  write: (id) => id,
  read: (written) => (typeof written === 'string' && /^[0-9a-f]{32}$/.test(written) ? written : null),
}

/** @param columns those of the list's order; the last ones tell rows apart that are equal in the first. */
export function defineCursor<Values extends readonly unknown[]>(
  ...columns: { [Index in keyof Values]: CursorColumn<Values[Index]> }
): ListCursor<Values> {
  return {
    format: (values) =>
      Buffer.from(JSON.stringify(columns.map(({ write }, index) => write(values[index])))).toString('base64url'),
    parse(cursor) {
      const written = cursor.length > CURSOR_LENGTH_MAX ? null : parseArray(cursor)
      if (written?.length !== columns.length) throw notACursor()
      const values = columns.map(({ read }, index) => read(written[index]))
      if (values.includes(null)) throw notACursor()
      return values as unknown as Values
    },
  }
}

function parseArray(cursor: string): unknown[] | null {
  try {
    const written: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(written) ? written : null
  } catch {
    return null
  }
}

/** The field's mistake, so that a page whose address holds it can begin with the list's first page. */
function notACursor(): InvalidFields {
  return new InvalidFields([{ field: 'after', message: 'It is not a cursor of this list.' }])
}
