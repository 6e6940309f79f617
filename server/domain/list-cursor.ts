// Cursors of lists that Prisma pages: the values that its order rests on.

import { InvalidFields } from '../errors.ts'

export function formatCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws InvalidFields for what is no cursor of `length` values. */
export function parseCursor(cursor: string, length: number): string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(values) && values.length === length && values.every(isText)) return values
  } catch {
    // As below.
  }
  throw notACursor()
}

/** The field's mistake, so that a page whose address holds it can begin with the list's first page. */
export function notACursor(): InvalidFields {
  return new InvalidFields([{ field: 'after', message: 'It is not a cursor of this list.' }])
}

/** PostgreSQL takes no NUL. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0')
}
