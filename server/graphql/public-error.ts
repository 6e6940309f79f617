// What a caller is told of an error. An AppError speaks for itself; what graphql finds wrong with an operation is the
// caller's mistake; anything else is a bug of ours, logged in full and masked.

import { GraphQLError } from 'graphql'
import { isDatabaseAway } from '../database/is-database-away.ts'
import { asAppError, InvalidFields } from '../errors.ts'
import type { Logger } from '../log.ts'

export function toPublicError(error: unknown, log: Logger): GraphQLError {
  const cause = findCause(error)
  const place =
    error instanceof GraphQLError
      ? { nodes: error.nodes, source: error.source, positions: error.positions, path: error.path }
      : {}
  const told = asAppError(cause)
  if (told !== null) {
    const fields = told instanceof InvalidFields ? { fields: told.fields } : {}
    return new GraphQLError(told.message, { ...place, extensions: { code: told.code, ...fields } })
  }
  if (cause instanceof GraphQLError) {
    return new GraphQLError(cause.message, { ...place, extensions: { ...cause.extensions, code: 'INVALID' } })
  }
  if (isDatabaseAway(cause)) {
    log.warn({ err: cause, path: place.path }, 'the database was away for an operation')
    return new GraphQLError('The database is away for a moment. Try again.', {
      ...place,
      extensions: { code: 'UNAVAILABLE' },
    })
  }
  log.error({ err: cause, path: place.path }, 'an operation failed')
  return new GraphQLError('Something went wrong. The log of the server says more.', {
    ...place,
    extensions: { code: 'INTERNAL' },
  })
}

/** graphql wraps what a resolver throws, some libraries again. */
function findCause(error: unknown): unknown {
  let cause = error
  for (let depth = 0; depth < 5 && cause instanceof GraphQLError; depth += 1) {
    const inner = cause.originalError ?? cause.cause
    if (inner === undefined || inner === null || inner === cause) break
    cause = inner
  }
  return cause
}
