/** What a caller can cause. Transports map the code: GraphQL to `extensions.code`, REST and ingest to a status. */
export type ErrorCode =
  'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'INVALID' | 'CONFLICT' | 'RATE_LIMITED' | 'UNAVAILABLE'

/** A failure that is told to the caller in its own words. Anything else that is thrown is a bug, and masked. */
export class AppError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
  }
}

/** Something that was filled in by somebody and cannot be taken: each mistake with its field, so that a form can show it there. */
export class InvalidFields extends AppError {
  readonly fields: readonly { field: string; message: string }[]

  constructor(fields: InvalidFields['fields']) {
    super('INVALID', fields.map(({ field, message }) => `${field}: ${message}`).join(' '))
    this.name = 'InvalidFields'
    this.fields = fields
  }
}

/** PostgreSQL's for a text, and for JSON, with NUL in it. */
const REFUSED_TEXT_CODES = new Set(['22021', '22P05'])

/**
 * What a transport may tell of an error; null for a bug. JSON, URLs and ids can hold NUL, which no text in the database can:
 * whoever sends one is told so, wherever it went.
 */
export function asAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error
  if (!(error instanceof Error) || !('code' in error)) return null
  const { code, meta } = error as { code: unknown; meta?: { driverAdapterError?: { cause?: { code?: unknown } } } }
  const isRefused = [code, meta?.driverAdapterError?.cause?.code].some((each) => REFUSED_TEXT_CODES.has(String(each)))
  return isRefused ? new AppError('INVALID', 'A text holds the character NUL.', { cause: error }) : null
}

/** A reason not to start, told to the operator as it is: one sentence that says what to do. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
  }
}

export function databaseWentAway(cause: unknown): StartError {
  return new StartError('The database went away while Faultline was starting: start it again.', { cause })
}
