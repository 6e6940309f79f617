import { expect, it } from 'vitest'
import { isDatabaseAway } from '../../../server/database/is-database-away.ts'

function failWith(code: string, cause?: { kind: string; originalCode?: string }): Error {
  return Object.assign(new Error('x'), { code, ...(cause && { meta: { driverAdapterError: { cause } } }) })
}

it.each([
  ['a socket that nobody listens on', failWith('ECONNREFUSED')],
  ['a socket that is not there', failWith('ENOENT')],
  ['a PostgreSQL that ends, to pg', failWith('57P01')],
  ['a broken connection, to pg', failWith('08006')],
  ['a connection that ended, to pg', new Error('Connection terminated unexpectedly')],
  ['a server that does not answer, to Prisma', failWith('P1001')],
  ['a PostgreSQL that ends, to Prisma', failWith('P2039', { kind: 'postgres', originalCode: '57P01' })],
  ['a PostgreSQL that starts, to Prisma', failWith('P2039', { kind: 'postgres', originalCode: '57P03' })],
  ['a PostgreSQL that ends, to Prisma with our SQL', failWith('P2010', { kind: 'postgres', originalCode: '57P01' })],
  ['a lost connection, to Prisma with our SQL', failWith('P2010', { kind: 'ConnectionClosed' })],
])('knows %s', (_what, error) => {
  expect(isDatabaseAway(error)).toBe(true)
})

it.each([
  ['a mistake in SQL', failWith('42601')],
  ['the same, to Prisma', failWith('P2010', { kind: 'postgres', originalCode: '42601' })],
  ['a row that is there already', failWith('P2002')],
  ['a file that may not be read', failWith('EACCES')],
  ['a bug', new TypeError('x is undefined')],
  ['no error at all', 'ECONNREFUSED'],
])('does not take %s for it', (_what, error) => {
  expect(isDatabaseAway(error)).toBe(false)
})
