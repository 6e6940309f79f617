// Where a page ended: the sort value and the id of its last row, so that the next page begins right behind it whatever
// came or went meanwhile.

import { notACursor } from '../../domain/list-cursor.ts'

const CURSOR_LENGTH_MAX = 200

export function formatCursor(sortValue: string | number, id: string | number): string {
  return Buffer.from(`${sortValue} ${id}`).toString('base64url')
}

/** @throws InvalidFields for what does not have the two forms. */
export function parseCursor(cursor: string, sortValue: RegExp, id: RegExp): [sortValue: string, id: string] {
  const text = cursor.length > CURSOR_LENGTH_MAX ? '' : Buffer.from(cursor, 'base64url').toString()
  const [value = '', key = '', ...rest] = text.split(' ')
  if (rest.length > 0 || !sortValue.test(value) || !id.test(key)) throw notACursor()
  return [value, key]
}
