// What a pass over the bytes of a JSON text goes by that does not parse it.

export const QUOTE = 0x22
const BACKSLASH = 0x5c

/** @param start where a text begins, with its quote. @returns where its other quote stands; not before `limit` where there is none. */
export function findTextEnd(bytes: Buffer, start: number, limit: number): number {
  let i = start + 1
  for (; i < limit; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) break
    if (byte === BACKSLASH) i++
  }
  return i
}

/** @returns by how much the byte changes the depth, outside of texts: 1 where a bracket opens, -1 where one closes. */
export function turnOf(byte: number): number {
  if (byte <= 0x5a) return 0
  // `[` and `{` differ from `]` and `}` by two, from each other by one bit.
  const bracket = byte & 0xdf
  return bracket === 0x5b ? 1 : bracket === 0x5d ? -1 : 0
}
