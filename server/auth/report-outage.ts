import { AppError } from '../errors.ts'

/** Prisma's own codes for a server that does not answer, a connection that was lost and a pool that is exhausted. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024'])

/** A database that is away is no bug of ours, and the caller may try again: UNAVAILABLE instead of an internal error. */
export async function reportOutage<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work
  } catch (error) {
    throw isOutage(error)
      ? new AppError('UNAVAILABLE', 'The database is away. Try again in a moment.', { cause: error })
      : error
  }
}

/** better-auth wraps what Prisma threw, so the error's cause counts as well. */
export function isOutage(error: unknown): boolean {
  return error instanceof Error && (hasOutageCode(error) || hasOutageCode(error.cause))
}

function hasOutageCode(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && (PRISMA_CODES.has(code) || /^E[A-Z]{2,20}$/.test(code))
}
