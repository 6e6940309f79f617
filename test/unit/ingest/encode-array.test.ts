import { describe, expect, it } from 'vitest'
import { encodeColumns, type Column } from '../../../server/ingest/encode-array.ts'

/** As PostgreSQL writes them: `SELECT encode(array_send(ARRAY[...]), 'hex')`. */
const encode = (type: Column<unknown>[1], ...values: (number | string | null)[]) =>
  encodeColumns(values, [['value', type, (value) => value]])[0]?.toString('hex')
const header = (oid: string, count: string) => `0000000100000001${oid}${count}00000001`

describe('encodeColumns', () => {
  it.each([
    ['int2', [-1], header('00000015', '00000001') + '00000002ffff'],
    ['int4', [1, null, -2], header('00000017', '00000003') + '0000000400000001ffffffff00000004fffffffe'],
    ['int8', ['ffffffffffffffd6'], header('00000014', '00000001') + '00000008ffffffffffffffd6'],
    ['float8', [1.5], header('000002bd', '00000001') + '000000083ff8000000000000'],
    ['date', ['2000-01-02', '1999-12-31'], header('0000043a', '00000002') + '000000040000000100000004ffffffff'],
    ['uuid', ['0a'.repeat(16)], header('00000b86', '00000001') + '00000010' + '0a'.repeat(16)],
    ['int4', [], header('00000017', '00000000')],
  ] as const)('writes an array of the type %s as PostgreSQL does: %j', (type, values, hex) => {
    expect(encode(type, ...values)).toBe(hex)
  })

  it('makes a parameter of each column', () => {
    const rows = [{ a: 1, b: 2 }]
    const columns: Column<(typeof rows)[number]>[] = [
      ['a', 'int4', (row) => row.a],
      ['b', 'int2', (row) => row.b],
    ]
    expect(encodeColumns(rows, columns).map((parameter) => parameter.at(-1))).toEqual([1, 2])
  })
})
