/** PostgreSQL's classes of errors that say nothing about what was asked: connection, resources, intervention, system. */
const OUTAGE_CLASSES = new Set(['08', '53', '57', '58'])

/** True when the database is away or not able to work, so that trying the same again later makes sense. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isOutage)
  const code = (error as { code?: unknown }).code
  // Before PostgreSQL's, since EPIPE has as many letters as those have.
  if (typeof code === 'string' && /^(E[A-Z]+|ERR_SOCKET.*)$/.test(code)) return true
  if (typeof code === 'string') return OUTAGE_CLASSES.has(code.slice(0, 2)) || code === '25006'
  return /connection (terminated|ended|error)|timeout exceeded when trying to connect|not queryable|pool after calling end/i.test(
    error.message,
  )
}
