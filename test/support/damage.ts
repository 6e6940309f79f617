// What happens to a body between an SDK and us, and what somebody does to it who means no good: values of other types, too deep,
// too large, cut off, with bytes of anything in it.

import fc from 'fast-check'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Json, JsonObject } from '../../server/domain/event.ts'

const HUGE_CHARS = 300_000

export const anyJson: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(null, true, 0, -1, 1e308, '', [], {}, [[]], [null], { values: null }, { '': '' }),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.integer({ min: 1, max: 140 }).map((depth) => nest(depth)),
  fc.constantFrom('x', '%s', '=', '{', '\u0000', '\ud800', 'a.b/').map((unit) => unit.repeat(HUGE_CHARS / unit.length)),
  fc.constantFrom<Json[]>(
    ...['__proto__', 'constructor', 'toString'].map((name) => JSON.parse(`{"${name}":{"a":1}}`) as Json),
  ),
)

function nest(depth: number): Json {
  let value: Json = 1
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** Replaces values somewhere in the tree. */
export function damageValues(tree: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const changes = fc.array(fc.tuple(fc.nat(), anyJson), { maxLength: 4 })
  return fc.tuple(tree, changes).map(([generated, list]) => {
    // A copy: what was generated is shared with other runs.
    const root = copy(generated)
    for (const [turn, value] of list) replaceOne(root, turn, copy(value))
    return root
  })
}

/** Unlike a structured clone, this keeps a name like `__proto__` a name. */
function copy(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

function replaceOne(root: Json, turn: number, value: Json): void {
  let node = root
  for (let left = turn; typeof node === 'object' && node !== null; left = Math.floor(left / 3) + 1) {
    const keys = Object.keys(node)
    const key = keys[left % keys.length]
    if (key === undefined) return
    const holder = node as JsonObject
    const child = holder[key] as Json
    if (typeof child !== 'object' || child === null || left % 4 === 0) {
      holder[key] = value
      return
    }
    node = child
  }
}

/** Cuts, repeats, swaps and overwrites bytes. */
export function damageBytes(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const cut = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.uint8Array({ maxLength: 40 }) })
  return fc
    .tuple(
      bytes,
      fc.array(fc.tuple(fc.constantFrom('end', 'insert', 'over', 'remove', 'twice'), cut), { maxLength: 3 }),
    )
    .map(([body, changes]) => {
      let damaged = body
      for (const [how, { from, bytes: piece }] of changes) {
        const at = Math.floor(from * damaged.length)
        if (how === 'end') damaged = damaged.subarray(0, at)
        else if (how === 'insert') damaged = Buffer.concat([damaged.subarray(0, at), piece, damaged.subarray(at)])
        else if (how === 'over')
          damaged = Buffer.concat([damaged.subarray(0, at), piece, damaged.subarray(at + piece.length)])
        else if (how === 'remove') damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + 7)])
        else damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(Math.floor(at / 2))])
      }
      return damaged
    })
}

export const CODINGS: readonly [coding: string, encode: (body: Buffer) => Buffer][] = [
  ['', (body) => body],
  ['gzip', (body) => gzipSync(body, { level: 1 })],
  ['deflate', (body) => deflateSync(body, { level: 1 })],
  ['deflate', (body) => deflateRawSync(body, { level: 1 })],
  ['br', (body) => brotliCompressSync(body, { params: { [1]: 1 } })],
  ['zstd', (body) => zstdCompressSync(body)],
]
