// What a user wrote, in any of its forms: a `user_report` (about one event), a `feedback` event, or the dialog's form.
// Texts are cut and lose secrets like an event's message does, the page's address like a URL; name and address are kept, so
// that one can answer.

import { hash, randomUUID } from 'node:crypto'
import type { Json, JsonObject } from '../domain/event.ts'
import { AppError } from '../errors.ts'
import { cutText, isObject } from './normalize/coerce.ts'
import { readEventId } from './parse-envelope.ts'
import { cleanText, parseEventJson } from './parse-json.ts'
import type { ProjectRules } from './project-rules.ts'
import { PAIRS, PROSE, scrubText } from './scrub-text.ts'

export interface ReceivedFeedback {
  projectId: number
  id: string
  eventId: string | null
  name: string | null
  email: string | null
  comments: string
  url: string | null
  receivedAtMs: number
}

interface FeedbackContext {
  projectId: number
  /** The envelope's. */
  eventId: string | null
  receivedAtMs: number
  key: Pick<ProjectRules, 'scrubbing'>
}

const COMMENTS_CHARS_MAX = 4096
const NAME_CHARS_MAX = 200
const URL_CHARS_MAX = 1000

/** @throws AppError INVALID without an event, or with nothing in it. */
export function readUserReport(payload: Buffer, context: FeedbackContext): ReceivedFeedback {
  const raw = parseEventJson(payload)
  return makeUserReport(raw, { ...context, eventId: readEventId(raw['event_id']) ?? context.eventId })
}

/** There is one for each event: a second one takes its place. @throws AppError INVALID */
export function makeUserReport(
  raw: JsonObject,
  { projectId, eventId, receivedAtMs, key }: FeedbackContext,
): ReceivedFeedback {
  if (eventId === null) throw new AppError('INVALID', 'A user report needs the id of its event.')
  const texts = { name: readText(raw['name'], NAME_CHARS_MAX), email: readText(raw['email'], NAME_CHARS_MAX) }
  const comments = readClean(raw['comments'], COMMENTS_CHARS_MAX, key, PROSE)
  if (comments === null && texts.name === null && texts.email === null) {
    throw new AppError('INVALID', 'The user report is empty.')
  }
  const id = hash('md5', `user_report\0${eventId}`)
  return { projectId, id, eventId, ...texts, comments: comments ?? '', url: null, receivedAtMs }
}

/** @throws AppError INVALID without a message. */
export function readFeedback(
  payload: Buffer,
  { projectId, eventId, receivedAtMs, key }: FeedbackContext,
): ReceivedFeedback {
  const raw = parseEventJson(payload)
  const contexts = raw['contexts']
  const feedback = isObject(contexts) ? contexts['feedback'] : undefined
  const comments = isObject(feedback) ? readClean(feedback['message'], COMMENTS_CHARS_MAX, key, PROSE) : null
  if (!isObject(feedback) || comments === null) throw new AppError('INVALID', 'The feedback has no message.')
  return {
    projectId,
    id: eventId ?? readEventId(raw['event_id']) ?? randomUUID().replaceAll('-', ''),
    eventId: readEventId(feedback['associated_event_id']),
    name: readText(feedback['name'], NAME_CHARS_MAX),
    email: readText(feedback['contact_email'], NAME_CHARS_MAX),
    comments,
    url: readClean(feedback['url'], URL_CHARS_MAX, key, PAIRS),
    receivedAtMs,
  }
}

function readText(value: Json | undefined, charsMax: number): string | null {
  if (typeof value !== 'string') return null
  // Cut before anything is looked for in it.
  const text = cutText(cleanText(value.slice(0, charsMax * 4)), charsMax).trim()
  return text === '' ? null : text
}

/** @param mode what secrets are looked for in: words that somebody wrote, or an address with its query. */
function readClean(
  value: Json | undefined,
  charsMax: number,
  { scrubbing }: FeedbackContext['key'],
  mode: typeof PROSE | typeof PAIRS,
): string | null {
  const text = readText(value, charsMax)
  return text === null || scrubbing === null ? text : scrubText(text, mode, scrubbing)
}
