// The form that a page shows its user when an error happened (`showReportDialog` of the browser SDK): who may use it, what
// it takes, and that what was written is kept. register-report-dialog.ts has its URLs, report-dialog-script.ts its looks.

import { AppError } from '../errors.ts'
import { authorize } from './authorize.ts'
import type { ClientKeyRecord, ClientKeys } from './client-keys.ts'
import type { FeedbackStore } from './feedback-store.ts'
import { IngestError } from './ingest-error.ts'
import type { Outcomes } from './outcomes.ts'
import { readEventId } from './parse-envelope.ts'
import { readDsn } from './read-credentials.ts'
import { makeUserReport, type ReceivedFeedback } from './read-feedback.ts'

/** Whose page it is, and which error it is about. */
export interface DialogTarget {
  key: Pick<ClientKeyRecord, 'projectId' | 'scrubbing'>
  eventId: string
}

export interface DialogRefusal {
  status: 400 | 404 | 429
  body: object
}

export interface ReportDialog {
  /** @param query of the dialog's URL. @param page that shows it, as its browser says. */
  check(query: URLSearchParams, page: string | null): Promise<DialogTarget | DialogRefusal>
  /** Resolves with what is kept, once it is. */
  accept(target: DialogTarget, form: URLSearchParams): Promise<DialogRefusal | ReceivedFeedback>
}

interface ReportDialogDependencies {
  keys: ClientKeys
  feedback: FeedbackStore
  outcomes: Outcomes
  clock(): number
}

const CATEGORY = 'user_report_v2'
const REQUIRED = 'This field is required.'
const NAME_CHARS_MAX = 128
const EMAIL_CHARS_MAX = 75

export function isRefusal(answer: object): answer is DialogRefusal {
  return 'status' in answer
}

export function createReportDialog({ keys, feedback, outcomes, clock }: ReportDialogDependencies): ReportDialog {
  return {
    async check(query, page) {
      const eventId = readEventId(query.get('eventId'))
      if (eventId === null) return { status: 400, body: { eventId: 'Missing or invalid parameter.' } }
      const dsn = readDsn(query.get('dsn'))
      const noDsn: DialogRefusal = { status: 404, body: { dsn: 'Missing or invalid parameter.' } }
      if (dsn === null) return noDsn
      try {
        return { key: await authorize(keys, dsn, dsn.projectId, page, clock()), eventId }
      } catch (error) {
        if (error instanceof IngestError) return noDsn
        throw error
      }
    },

    async accept({ key, eventId }, form) {
      const { projectId } = key
      const errors = checkForm(form)
      if (errors !== null) return { status: 400, body: { errors } }
      const raw = Object.fromEntries(['name', 'email', 'comments'].map((name) => [name, form.get(name) ?? '']))
      try {
        const report = makeUserReport(raw, { projectId, eventId, receivedAtMs: clock(), key })
        const fate = await feedback.keep(report)
        outcomes.count(projectId, fate.outcome, fate.outcome === 'dropped' ? fate.reason : '', CATEGORY)
        return fate.outcome === 'dropped'
          ? { status: 429, body: { detail: 'Too many reports: try again later.' } }
          : report
      } catch (error) {
        outcomes.count(projectId, 'dropped', error instanceof AppError ? 'invalid' : 'unavailable', CATEGORY)
        throw error
      }
    },
  }
}

/** @returns null when there is nothing to complain about; else each field's complaints. */
function checkForm(form: URLSearchParams): Record<string, string[]> | null {
  const read = (name: string): string => (form.get(name) ?? '').trim()
  const errors: Record<string, string[]> = {}
  for (const name of ['name', 'email', 'comments']) if (read(name) === '') errors[name] = [REQUIRED]
  if (read('name').length > NAME_CHARS_MAX) errors['name'] = [`At most ${NAME_CHARS_MAX} characters are allowed.`]
  const email = read('email')
  if (email.length > EMAIL_CHARS_MAX) errors['email'] = [`At most ${EMAIL_CHARS_MAX} characters are allowed.`]
  else if (email !== '' && !isEmail(email)) errors['email'] = ['Enter a valid email address.']
  return Object.keys(errors).length > 0 ? errors : null
}

/** One @ with something before it and a dot in what follows: whoever answers will see the rest. */
function isEmail(text: string): boolean {
  const at = text.indexOf('@')
  const host = text.slice(at + 1)
  return at > 0 && !/\s/.test(text) && !host.includes('@') && /^[^.].*\.[^.]+$/.test(host)
}
