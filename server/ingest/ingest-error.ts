/** A refusal, in the form that Sentry's SDKs know: a status, and `{"detail", "causes"}` as its body. */
export class IngestError extends Error {
  readonly status: number
  readonly causes: readonly string[]
  /** Set where trying again makes sense; SDKs wait that long. */
  readonly retryAfterSeconds: number | null

  constructor(status: number, detail: string, options: { causes?: string[]; retryAfterSeconds?: number } = {}) {
    super(detail)
    this.name = 'IngestError'
    this.status = status
    this.causes = options.causes ?? []
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
  }
}
