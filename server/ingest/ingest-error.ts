import type { ClientErrorCode } from '../domain/client-error.ts'

export interface IngestErrorOptions {
  causes?: string[]
  retryAfterSeconds?: number
  /** With 429, what it is about, as in Sentry's header: `<categories>:<scope>:<reason>`. */
  rateLimit?: string
  /** With 405: the methods that are allowed. */
  allow?: string
  /** Where the status does not tell enough. */
  code?: ClientErrorCode
  /** Whose people are to know of it, where that is not the project in the URL. */
  projectId?: number
  /** Nobody is to know where it came from. */
  hidesAddress?: boolean
}

/** A refusal, in the form that Sentry's SDKs know: a status, and `{"detail", "causes"}` as its body. */
export class IngestError extends Error {
  readonly status: number
  readonly causes: readonly string[]
  /** Set where trying again makes sense; SDKs wait that long. */
  readonly retryAfterSeconds: number | null
  /** Everything, unless it is told: then SDKs hold back nothing else. */
  readonly rateLimit: string
  readonly allow: string | null
  /** For the page that tells what clients got wrong; the client itself does not see it. */
  readonly code: ClientErrorCode
  readonly projectId: number | null
  readonly hidesAddress: boolean

  constructor(status: number, detail: string, options: IngestErrorOptions = {}) {
    super(detail)
    this.name = 'IngestError'
    this.status = status
    this.causes = options.causes ?? []
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
    this.allow = options.allow ?? null
    this.rateLimit = options.rateLimit ?? ':organization:queue_full'
    this.code = options.code ?? (options.rateLimit ? 'rate_limited' : CODES.get(status)) ?? 'invalid'
    this.projectId = options.projectId ?? null
    this.hidesAddress = options.hidesAddress ?? false
  }
}

const CODES: ReadonlyMap<number, ClientErrorCode> = new Map([
  [401, 'missing_key'],
  [403, 'refused'],
  [405, 'wrong_method'],
  [413, 'too_large'],
  [415, 'invalid_encoding'],
  [429, 'queue_full'],
  [500, 'internal'],
  [503, 'unavailable'],
])
