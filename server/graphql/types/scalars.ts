// Scalars of our own: a library for them costs more memory than the rest of the schema.

import { GraphQLError, Kind, valueFromASTUntyped } from 'graphql'
import type { Json } from '../../domain/event.ts'
import { builder } from '../builder.ts'

builder.scalarType('DateTime', {
  description: 'A moment in ISO 8601, UTC, with milliseconds: `2026-11-22T10:15:30.123Z`.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: (value) => {
    const time = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : null
    if (time === null || Number.isNaN(time.getTime())) throw new GraphQLError('DateTime must be in ISO 8601.')
    return time
  },
})

builder.scalarType('BigInt', {
  description: 'A whole number: a JSON number while that is exact, else a string.',
  serialize: (value) => {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  },
  parseValue: (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
    if (typeof value === 'string' && /^-?\d{1,40}$/.test(value)) return BigInt(value)
    throw new GraphQLError('BigInt must be a whole number.')
  },
  parseLiteral: (node) => {
    if (node.kind === Kind.INT || node.kind === Kind.STRING) {
      if (/^-?\d{1,40}$/.test(node.value)) return BigInt(node.value)
    }
    throw new GraphQLError('BigInt must be a whole number.')
  },
})

builder.scalarType('JSON', {
  description: 'Any JSON value, as it was received.',
  serialize: (value) => value,
  parseValue: (value) => value as Json,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables) as Json,
})
