/** A transaction in short: enough to tell what an error of the same trace happened in. Its spans are not kept. */
export interface TransactionSummary {
  projectId: number
  /** 32 lower-case hex digits, as the trace's id is. */
  eventId: string
  traceId: string | null
  /** 16 lower-case hex digits: the transaction's own span, under which all others lie. */
  spanId: string | null
  name: string
  /** What kind of work it was: `http.server`, `pageload`, `queue.process`. */
  op: string | null
  /** `ok`, `internal_error`, `not_found`, ... */
  status: string | null
  durationMs: number | null
  /** When it ended. */
  timestampMs: number
  release: string | null
  environment: string | null
}
