// What nodemailer throws, cut to what may stand in a log. A server's answer may quote the message it refused, its links
// too, so that only the beginning without links is kept.

const REASON_LENGTH_MAX = 200

interface MailFailure {
  code?: string
  /** SMTP's status. */
  responseCode?: number
  response?: string
}

export function describeMailFailure(error: unknown): { code: string; reason: string } {
  const { code = 'UNKNOWN', response } = error as MailFailure
  const told = response ?? (error instanceof Error ? error.message : String(error))
  return { code, reason: told.replace(/\S+(?::\/\/|@)\S*/g, '[…]').slice(0, REASON_LENGTH_MAX) }
}

/** Another try would be answered the same: the server said no for good, or the sign-in there is wrong. */
export function isPermanent(error: unknown): boolean {
  const { code, responseCode = 0 } = error as MailFailure
  return responseCode >= 500 || code === 'EAUTH' || (code === 'EENVELOPE' && responseCode === 0)
}
