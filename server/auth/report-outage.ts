import { AppError } from '../errors.ts'

/** Prisma's own codes for a server that does not answer, a connection that was lost and a pool that is exhausted. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024'])

/** The same by the driver's names: with SQL of our own, Prisma's code says only that a raw query failed. */
const DRIVER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])

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
  if (!(error instanceof Error) || !('code' in error)) return false
  const { code, meta } = error as { code: unknown; meta?: { driverAdapterError?: { cause?: { kind?: string } } } }
  if (code === 'P2010') return DRIVER_KINDS.has(meta?.driverAdapterError?.cause?.kind ?? '')
  return typeof code === 'string' && (PRISMA_CODES.has(code) || /^E[A-Z]{2,20}$/.test(code))
}
