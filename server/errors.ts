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
const NUL_CODES = new Set(['22021', '22P05'])
/** PostgreSQL's for what is no JSON. What we send it as JSON is such but for half of a surrogate pair, which JavaScript takes. */
const NO_JSON_CODE = '22P02'

/** Of Prisma's, which has the driver's within, and of the driver's own. */
interface DatabaseError extends Error {
  code: unknown
  meta?: { driverAdapterError?: { cause?: { code?: unknown; originalCode?: unknown; originalMessage?: unknown } } }
}

/**
 * What a transport may tell of an error; null for a bug. JSON, URLs and ids can hold NUL, which no text in the database can,
 * and halves of characters: whoever sends one is told so, wherever it went.
 */
export function asAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error
  if (!(error instanceof Error) || !('code' in error)) return null
  const { code, message, meta } = error as DatabaseError
  const cause = meta?.driverAdapterError?.cause
  const codes = [code, cause?.code, cause?.originalCode].map(String)
  if (codes.some((each) => NUL_CODES.has(each))) {
    return new AppError('INVALID', 'A text holds the character NUL.', { cause: error })
  }
  if (codes.includes(NO_JSON_CODE) && /\bjson\b/.test(String(cause?.originalMessage ?? message))) {
    return new AppError('INVALID', 'A text holds half of a character.', { cause: error })
  }
  return null
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
