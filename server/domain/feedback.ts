// What a user says about an error, or about anything: joined with an issue once its event is there.

export interface Feedback {
  projectId: number
  /** 32 lower-case hex digits. */
  id: string
  /** The event it is about; null where it is about none. */
  eventId: string | null
  /** Null while its event is not there, or was never stored. */
  issueId: string | null
  name: string | null
  email: string | null
  comments: string
  /** The page on which it was written. */
  url: string | null
  createdAt: Date
}
