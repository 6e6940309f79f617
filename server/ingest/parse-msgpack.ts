// MessagePack, as native SDKs write it beside a crash: what they knew when the program could write no JSON any more. Each
// byte is read once; lengths that promise more than there is end the reading. The usual library sets aside what lengths
// promise, at any depth: 90 kB of lists of 10,000 made @msgpack/msgpack 3.1 take 2.5 GB.

import type { Json } from '../domain/event.ts'

/** Less than an event's JSON may have, of which it becomes a part. */
const DEPTH_MAX = 100

interface Reader {
  bytes: Buffer
  at: number
}

/** @returns the values that stand one after the other, as far as they can be read. @param countMax how many at most. */
export function parseMsgpack(bytes: Buffer, countMax: number): Json[] {
  const reader: Reader = { bytes, at: 0 }
  const values: Json[] = []
  try {
    while (reader.at < bytes.length && values.length < countMax) values.push(readValue(reader, 0))
  } catch (error) {
    // A program that crashes may leave a file half written.
    if (!(error instanceof RangeError)) throw error
  }
  return values
}

function readValue(reader: Reader, depth: number): Json {
  if (depth > DEPTH_MAX) throw new RangeError('nested too deep')
  const { bytes } = reader
  const type = bytes.readUInt8(reader.at++)
  if (type < 0x80) return type
  if (type < 0x90) return readMap(reader, type & 0x0f, depth)
  if (type < 0xa0) return readList(reader, type & 0x0f, depth)
  if (type < 0xc0) return readText(reader, type & 0x1f)
  if (type >= 0xe0) return type - 0x100
  switch (type) {
    case 0xc2:
      return false
    case 0xc3:
      return true
    case 0xc4:
    case 0xc5:
    case 0xc6:
      // Bytes: nothing that a page could show.
      skip(reader, readLength(reader, type - 0xc4))
      return null
    case 0xc7:
    case 0xc8:
    case 0xc9:
      skip(reader, readLength(reader, type - 0xc7) + 1)
      return null
    case 0xca:
      return toNumber(bytes.readFloatBE(move(reader, 4)))
    case 0xcb:
      return toNumber(bytes.readDoubleBE(move(reader, 8)))
    case 0xcc:
    case 0xcd:
    case 0xce:
      return readLength(reader, type - 0xcc)
    case 0xcf:
      return toWhole(bytes.readBigUInt64BE(move(reader, 8)))
    case 0xd0:
      return bytes.readInt8(move(reader, 1))
    case 0xd1:
      return bytes.readInt16BE(move(reader, 2))
    case 0xd2:
      return bytes.readInt32BE(move(reader, 4))
    case 0xd3:
      return toWhole(bytes.readBigInt64BE(move(reader, 8)))
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      skip(reader, (1 << (type - 0xd4)) + 1)
      return null
    case 0xd9:
    case 0xda:
    case 0xdb:
      return readText(reader, readLength(reader, type - 0xd9))
    case 0xdc:
    case 0xdd:
      return readList(reader, readLength(reader, type - 0xdb), depth)
    case 0xde:
    case 0xdf:
      return readMap(reader, readLength(reader, type - 0xdd), depth)
    default:
      return null
  }
}

/** @param size 0: one byte, 1: two, 2: four. */
function readLength(reader: Reader, size: number): number {
  const { bytes } = reader
  if (size === 0) return bytes.readUInt8(move(reader, 1))
  return size === 1 ? bytes.readUInt16BE(move(reader, 2)) : bytes.readUInt32BE(move(reader, 4))
}

function readText(reader: Reader, length: number): string {
  const start = reader.at
  skip(reader, length)
  return reader.bytes.toString('utf8', start, reader.at)
}

function readList(reader: Reader, length: number, depth: number): Json[] {
  const list: Json[] = []
  for (let index = 0; index < length; index += 1) list.push(readValue(reader, depth + 1))
  return list
}

/** From entries, so that `__proto__` is a name like any other. */
function readMap(reader: Reader, length: number, depth: number): Json {
  const entries: [key: string, value: Json][] = []
  for (let index = 0; index < length; index += 1) {
    const key = readValue(reader, depth + 1)
    entries.push([typeof key === 'string' ? key : JSON.stringify(key), readValue(reader, depth + 1)])
  }
  return Object.fromEntries(entries)
}

/** @returns where it was. */
function move(reader: Reader, length: number): number {
  const before = reader.at
  reader.at += length
  return before
}

function skip(reader: Reader, length: number): void {
  reader.at += length
  if (reader.at > reader.bytes.length) throw new RangeError('the file ends before its value')
}

/** JSON has no NaN and no Infinity. */
function toNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** As a text where a number would lose digits. */
function toWhole(value: bigint): number | string {
  const whole = Number(value)
  return Number.isSafeInteger(whole) ? whole : value.toString()
}
