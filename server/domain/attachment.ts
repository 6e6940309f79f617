// A file that belongs to an event: a log, a screenshot, a minidump. Its bytes lie apart, and are read only to be sent on.

export interface Attachment {
  projectId: number
  /** `YYYY-MM-DD`, UTC: when it was received. */
  day: string
  /** 32 lower-case hex digits. */
  id: string
  eventId: string
  /** Sentry's: `event.attachment`, `event.minidump`, `event.view_hierarchy`, ... */
  type: string
  /** Without a path, never empty. */
  name: string
  /** Without parameters. */
  contentType: string
  size: number
  /** Lower-case hex. */
  sha1: string
  receivedAt: Date
}

/** The bytes of one row. */
export const ATTACHMENT_CHUNK_BYTES = 1024 * 1024
/** An event's files, as far as they are listed. */
export const ATTACHMENTS_LISTED_MAX = 100
/** Of an event and its files either may be late; files that came longer before or after it are not found with it. */
export const ATTACHMENT_DAYS_BEFORE = 1
export const ATTACHMENT_DAYS_AFTER = 7
