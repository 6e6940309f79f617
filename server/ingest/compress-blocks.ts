// Packs the events of a batch into blocks, which the database keeps instead of one value an event. Events of a project are
// much alike, so that together they take a fourth of the room and of the time that they take one by one: most of
// the time of a small call is its preparation.

import { randomUUID } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import { BLOCK_CHARS_MAX, BLOCK_EVENTS_MAX } from './limits.ts'
import type { EventLine, PreparedEvent } from './prepare-event.ts'

export interface EventBlock {
  projectId: number
  id: string
  /** The events' JSON, one a line, compressed with zstd. */
  payload: Buffer
}

export interface EventPlace {
  block: EventBlock
  /** Its line in the block, from 0. */
  slot: number
}

const NOTHING = Buffer.alloc(0)
const ZSTD_PARAMS = { [constants.ZSTD_c_compressionLevel]: 1 }
/** What a piece of compressed output has at least, as zlib's own. */
const OUTPUT_BYTES_MIN = 16 * 1024
const UTF8_BYTES_PER_CHAR_MAX = 3
const NEWLINE = 0x0a

/** Puts the events at `indexes` into blocks, each block of one project, and notes their places at the same indexes. */
export function compressBlocks(
  events: readonly PreparedEvent[],
  indexes: readonly number[],
  places: (EventPlace | undefined)[],
): void {
  const open = new Map<number, { block: EventBlock; lines: EventLine[]; chars: number }>()
  const all: { block: EventBlock; lines: EventLine[] }[] = []
  for (const index of indexes) {
    const { projectId, toJson } = events[index] as PreparedEvent
    const line = toJson()
    const chars = countChars(line)
    let current = open.get(projectId)
    const hasRoom =
      current !== undefined && current.lines.length < BLOCK_EVENTS_MAX && current.chars + chars < BLOCK_CHARS_MAX
    if (current === undefined || !hasRoom) {
      current = { block: { projectId, id: randomUUID(), payload: NOTHING }, lines: [], chars: 0 }
      open.set(projectId, current)
      all.push(current)
    }
    places[index] = { block: current.block, slot: current.lines.length }
    current.lines.push(line)
    current.chars += chars + 1
  }
  for (const { block, lines } of all) block.payload = compress(lines)
}

let scratch: Buffer | null = null

/**
 * The lines are put together outside of V8's heap, in room that is used again: a string of their length is one of its large
 * objects, which made the collector run through all the heap twice a second. And not in the thread pool: to hand over what takes a
 * tenth of a millisecond costs more than to do it.
 */
function compress(lines: readonly EventLine[]): Buffer {
  const text = joinLines(lines)
  return zstdCompressSync(text, {
    params: ZSTD_PARAMS,
    chunkSize: Math.max(OUTPUT_BYTES_MIN, text.length >> 2),
    pledgedSrcSize: text.length,
  })
}

/** @returns what holds until the next call. */
function joinLines(lines: readonly EventLine[]): Buffer {
  const [first] = lines
  if (lines.length === 1 && first !== undefined && countChars(first) > BLOCK_CHARS_MAX) {
    // An event that is larger than any block is a block of its own.
    return Buffer.concat([Buffer.from(first.own), first.shared ?? NOTHING])
  }
  scratch ??= Buffer.allocUnsafeSlow(BLOCK_CHARS_MAX * UTF8_BYTES_PER_CHAR_MAX)
  let at = 0
  for (const { own, shared } of lines) {
    if (at > 0) scratch[at++] = NEWLINE
    at += scratch.write(own, at)
    if (shared !== null) at += shared.copy(scratch, at)
  }
  return scratch.subarray(0, at)
}

/** As many at least: a character may be one byte of what is shared. */
function countChars({ own, shared }: EventLine): number {
  return own.length + (shared?.length ?? 0)
}
