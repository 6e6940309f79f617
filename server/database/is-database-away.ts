// A database that is away is no bug of ours. Who notices is Prisma, its driver or pg, and each has names of its own for it.

/** Node's, of a socket. */
const SOCKET_CODE = /^E(?:CONN|PIPE|NOENT|TIMEDOUT|HOST|NET|ADDR|NOTFOUND|AI_)/

/** PostgreSQL's: it is ending, has crashed, or is starting; too many connections; the class of what befalls a connection. */
const STATE = /^(?:57P0[1-3]|53300|08...)$/

/** Prisma's own, for a server that does not answer, a connection that was lost and a pool that is exhausted. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024'])

/** Prisma's where it has no name of its own, in our SQL and in its own: its driver's says more. */
const UNNAMED_CODES = new Set(['P2010', 'P2039'])
const DRIVER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])

interface PrismaFailure {
  code?: unknown
  meta?: { driverAdapterError?: { cause?: { kind?: unknown; originalCode?: unknown } } }
}

export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, meta } = error as PrismaFailure
  if (typeof code !== 'string') return /^(?:Connection terminated|timeout exceeded when trying)/.test(error.message)
  if (!UNNAMED_CODES.has(code)) return PRISMA_CODES.has(code) || SOCKET_CODE.test(code) || STATE.test(code)
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {}
  return DRIVER_KINDS.has(String(kind)) || STATE.test(String(originalCode))
}
