import { GraphQLError } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../../../server/errors.ts'
import { toPublicError } from '../../../server/graphql/public-error.ts'

function show(error: unknown) {
  const log = pino({ level: 'silent' })
  const logged = vi.spyOn(log, 'error')
  const { message, extensions } = toPublicError(error, log)
  return { message, code: extensions.code, logged: logged.mock.calls.length }
}

describe('what a caller is told of an error', () => {
  it('is an AppError’s own words and code, however often it was wrapped', () => {
    const error = new AppError('CONFLICT', 'It is taken.')
    const wrapped = new GraphQLError('x', { originalError: new GraphQLError('y', { originalError: error }) })
    expect(show(error)).toEqual({ message: 'It is taken.', code: 'CONFLICT', logged: 0 })
    expect(show(wrapped)).toEqual({ message: 'It is taken.', code: 'CONFLICT', logged: 0 })
  })

  it('is what graphql finds wrong with the operation', () => {
    expect(show(new GraphQLError('No such field.'))).toEqual({ message: 'No such field.', code: 'INVALID', logged: 0 })
  })

  it('is that the database is away', () => {
    for (const error of [
      Object.assign(new Error('connect ECONNREFUSED /secret/path'), { code: 'ECONNREFUSED' }),
      Object.assign(new Error('shutting down'), { code: '57P01' }),
      new Error('Connection terminated unexpectedly'),
    ]) {
      expect(show(new GraphQLError('x', { originalError: error }))).toMatchObject({ code: 'UNAVAILABLE', logged: 0 })
      expect(show(error).message).not.toContain('secret')
    }
  })

  it('is nothing of a bug, which is logged', () => {
    for (const bug of [new Error('password is hunter2'), new TypeError('x is undefined'), 'hunter2', null]) {
      expect(show(bug)).toEqual({ message: expect.not.stringContaining('hunter2'), code: 'INTERNAL', logged: 1 })
    }
  })
})
