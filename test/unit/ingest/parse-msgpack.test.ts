import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../server/domain/event.ts'
import { parseMsgpack } from '../../../server/ingest/parse-msgpack.ts'
import { addNativeEvent } from '../../../server/ingest/read-native-event.ts'
import { writeMsgpack } from '../../support/write-msgpack.ts'

const parseHex = (hex: string) => parseMsgpack(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 100)

describe('MessagePack', () => {
  it.each<[string, string, Json]>([
    ['a small number', '7f', 127],
    ['a small negative number', 'e0', -32],
    ['8 bits', 'cc ff', 255],
    ['16 bits', 'cd 01 00', 256],
    ['32 bits', 'ce ff ff ff ff', 4_294_967_295],
    ['64 bits that no number holds', 'cf ff ff ff ff ff ff ff ff', '18446744073709551615'],
    ['8 bits with a sign', 'd0 80', -128],
    ['16 bits with a sign', 'd1 80 00', -32_768],
    ['32 bits with a sign', 'd2 80 00 00 00', -2_147_483_648],
    ['64 bits with a sign', 'd3 ff ff ff ff ff ff ff fe', -2],
    ['a float', 'ca 3f c0 00 00', 1.5],
    ['a double', 'cb 3f f8 00 00 00 00 00 00', 1.5],
    ['NaN', 'cb 7f f8 00 00 00 00 00 00', null],
    ['nothing', 'c0', null],
    ['no', 'c2', false],
    ['yes', 'c3', true],
    ['a text', 'a2 68 69', 'hi'],
    ['a longer text', 'd9 02 68 69', 'hi'],
    ['a long text', 'da 00 02 68 69', 'hi'],
    ['a very long text', 'db 00 00 00 02 68 69', 'hi'],
    ['bytes', '92 c4 02 68 69 01', [null, 1]],
    ['an extension', '92 d5 01 68 69 01', [null, 1]],
    ['an extension with its length', '92 c7 02 01 68 69 01', [null, 1]],
    ['a list', 'dc 00 02 01 02', [1, 2]],
    ['a map', 'df 00 00 00 01 a1 61 01', { a: 1 }],
    ['a map with numbers for names', '81 05 01', { 5: 1 }],
  ])('has %s', (_what, hex, expected) => {
    expect(parseHex(hex)).toEqual([expected])
  })

  it('has whatever JSON has', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const sent = JSON.parse(JSON.stringify(value)) as Json
        expect(parseMsgpack(writeMsgpack(sent), 1)).toEqual([sent])
      }),
    )
  })

  it('has names that every object has, and changes none of it', () => {
    const [parsed] = parseMsgpack(writeMsgpack(JSON.parse('{"__proto__": {"polluted": "yes"}}') as Json), 1)
    expect(JSON.stringify(parsed)).toBe('{"__proto__":{"polluted":"yes"}}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('is read as far as it goes, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        parseMsgpack(Buffer.from(bytes), 1_000)
      }),
    )
    const whole = writeMsgpack({ first: [1, 2, 3] })
    expect(parseMsgpack(Buffer.concat([whole, whole.subarray(0, 5)]), 100)).toEqual([{ first: [1, 2, 3] }])
    expect(parseHex('dd ff ff ff ff')).toEqual([])
    expect(parseMsgpack(Buffer.alloc(1_000_000, 0x91), 100)).toEqual([])
  })
})

describe('what sentry-native writes beside a minidump', () => {
  const makeFile = (type: string, ...values: Json[]) => ({
    ...{ type: 'attachment', header: { attachment_type: type } },
    payload: Buffer.concat(values.map(writeMsgpack)),
  })
  const makeCrumbs = (...minutes: number[]) =>
    makeFile(
      'event.breadcrumbs',
      ...minutes.map((minute) => ({ timestamp: `2026-11-26T05:0${minute}:00Z`, message: `${minute}` })),
    )

  it('goes before what the form says', () => {
    const event = makeFile('event.payload', { release: 'shop@1.4.2', extra: { level: 'cave' } })
    expect(addNativeEvent({ release: 'old', user: { id: '7' }, extra: { prod: 'Shop' } }, [event])).toEqual({
      ...{ release: 'shop@1.4.2', user: { id: '7' }, extra: { prod: 'Shop', level: 'cave' } },
    })
  })

  it('has the newest breadcrumbs of two files, as many as one may hold', () => {
    const read = (...files: ReturnType<typeof makeCrumbs>[]) =>
      (addNativeEvent({}, files)['breadcrumbs'] as { message: string }[]).map(({ message }) => message).join('')
    expect(read(makeCrumbs(1, 2, 3), makeCrumbs(4))).toBe('234')
    expect(read(makeCrumbs(4, 5), makeCrumbs(1, 2, 3))).toBe('345')
    expect(read(makeCrumbs(1, 2))).toBe('12')
    expect(addNativeEvent({}, [makeCrumbs()])).toEqual({})
  })

  it('says nothing where it cannot be read', () => {
    const file = { ...makeFile('event.payload'), payload: Buffer.from('no MessagePack') }
    expect(addNativeEvent({ release: 'shop@1' }, [file])).toEqual({ release: 'shop@1' })
  })
})
