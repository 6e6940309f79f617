// Cursors of lists that Prisma pages: the values that its order rests on.

import { AppError } from '../errors.ts'

export function formatCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws AppError INVALID for what is no cursor of `length` values. */
export function parseCursor(cursor: string, length: number): string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(values) && values.length === length && values.every(isText)) return values
  } catch {
    // As below.
  }
  throw new AppError('INVALID', '"after" is not a cursor of this list.')
}

/** PostgreSQL takes no NUL. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0')
}
