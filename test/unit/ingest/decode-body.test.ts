import zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createBodyBudget } from '../../../server/ingest/body-budget.ts'
import { decodeBody } from '../../../server/ingest/decode-body.ts'
import { readStoreBody } from '../../../server/ingest/read-store-body.ts'
import { DECODED_BYTES_MAX, EVENT_BYTES_MAX } from '../../../server/ingest/limits.ts'

const JSON_BODY = Buffer.from('{"message":"x"}')

async function decode(body: Buffer, encoding: string | undefined, budgetBytes = 100 * 1024 * 1024) {
  return decodeBody(body, encoding, createBodyBudget(budgetBytes), { bytes: 0 })
}

const COMPRESS: [encoding: string, compress: (body: Buffer) => Buffer][] = [
  ['gzip', zlib.gzipSync],
  ['x-gzip', zlib.gzipSync],
  ['GZIP', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate', zlib.deflateRawSync],
  ['br', zlib.brotliCompressSync],
  ['zstd', zlib.zstdCompressSync],
]

describe('decodeBody', () => {
  it.each(COMPRESS)('decodes %s, small and large', async (encoding, compress) => {
    expect(await decode(compress(JSON_BODY), encoding)).toEqual(JSON_BODY)
    const large = Buffer.alloc(3 * 1024 * 1024, 'abcdefg')
    expect((await decode(compress(large), encoding)).equals(large)).toBe(true)
  })

  it('leaves bodies alone that are not encoded, whatever the header says for it', async () => {
    for (const encoding of [undefined, '', 'identity', 'utf-8']) {
      expect(await decode(JSON_BODY, encoding)).toBe(JSON_BODY)
    }
  })

  it('refuses an encoding it does not know with 415', async () => {
    await expect(decode(JSON_BODY, 'compress')).rejects.toMatchObject({ status: 415 })
  })

  it.each(COMPRESS)('refuses truncated and false %s with 400', async (encoding, compress) => {
    const whole = compress(Buffer.alloc(100_000, 'abc'))
    await expect(decode(whole.subarray(0, whole.length >> 1), encoding)).rejects.toMatchObject({ status: 400 })
    if (compress !== zlib.deflateRawSync) {
      await expect(decode(Buffer.from('no such thing, honestly'), encoding)).rejects.toMatchObject({ status: 400 })
    }
  })

  it.each(COMPRESS)('stops a bomb in %s at the limit with 413', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(DECODED_BYTES_MAX + 1))
    await expect(decode(bomb, encoding)).rejects.toMatchObject({ status: 413 })
  })

  it('refuses with 429 what does not fit beside the other bodies', async () => {
    const body = zlib.gzipSync(Buffer.alloc(5 * 1024 * 1024))
    await expect(decode(body, 'gzip', 1024 * 1024)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 5 })
  })
})

describe('readStoreBody', () => {
  const read = (body: Buffer) => readStoreBody(body, createBodyBudget(1e8), { bytes: 0 })

  it('hands garbage on to the JSON parser, which has the words for it', async () => {
    expect((await read(Buffer.from('not json'))).toString()).toBe('not json')
  })

  it('refuses an empty body with 400, and an event over its limit with 413', async () => {
    await expect(read(Buffer.alloc(0))).rejects.toMatchObject({ status: 400, message: 'empty request body' })
    await expect(read(Buffer.from(`{"a":"${'x'.repeat(EVENT_BYTES_MAX)}"}`))).rejects.toMatchObject({ status: 413 })
    const bomb = Buffer.from(zlib.deflateSync(Buffer.alloc(DECODED_BYTES_MAX + 1)).toString('base64'))
    await expect(read(bomb)).rejects.toMatchObject({ status: 413 })
  })
})
