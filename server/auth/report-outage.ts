import { isDatabaseAway } from '../database/is-database-away.ts'
import { AppError } from '../errors.ts'

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
  return error instanceof Error && (isDatabaseAway(error) || isDatabaseAway(error.cause))
}
