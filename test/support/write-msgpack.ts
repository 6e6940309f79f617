// MessagePack as native SDKs write it: each value in the shortest form that holds it.

import type { Json } from '../../server/domain/event.ts'

export function writeMsgpack(value: Json): Buffer {
  if (value === null) return Buffer.of(0xc0)
  if (typeof value === 'boolean') return Buffer.of(value ? 0xc3 : 0xc2)
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value === 'string') {
    const bytes = Buffer.from(value)
    return Buffer.concat([writeLength(bytes.length, [0xa0, 32], [0xd9, 0xda, 0xdb]), bytes])
  }
  const members = Array.isArray(value) ? value : Object.entries(value).flat()
  const head = Array.isArray(value)
    ? writeLength(members.length, [0x90, 16], [null, 0xdc, 0xdd])
    : writeLength(members.length / 2, [0x80, 16], [null, 0xde, 0xdf])
  return Buffer.concat([head, ...members.map(writeMsgpack)])
}

function writeNumber(value: number): Buffer {
  if (Number.isInteger(value) && value >= -32 && value < 128) return Buffer.of(value & 0xff)
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return writeLength(value, [0, 0], [0xcc, 0xcd, 0xce])
  const bytes = Buffer.alloc(9, Number.isSafeInteger(value) ? 0xd3 : 0xcb)
  if (Number.isSafeInteger(value)) bytes.writeBigInt64BE(BigInt(value), 1)
  else bytes.writeDoubleBE(value, 1)
  return bytes
}

/** @param fixed the byte that holds small lengths itself, and how many. @param sized those before one, two and four bytes. */
function writeLength(
  length: number,
  [fixed, below]: readonly [byte: number, below: number],
  [one, two, four]: readonly [one: number | null, two: number, four: number],
): Buffer {
  if (length < below) return Buffer.of(fixed | length)
  if (length < 2 ** 8 && one !== null) return Buffer.of(one, length)
  if (length < 2 ** 16) return Buffer.of(two, length >> 8, length & 0xff)
  const bytes = Buffer.alloc(5, four)
  bytes.writeUInt32BE(length, 1)
  return bytes
}
