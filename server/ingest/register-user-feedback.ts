// `POST /api/0/projects/<group>/<project>/user-feedback/`: what a program's own form sends that asks its users, by Sentry's
// web API. Like the report dialog it needs a DSN and no account, and any page may use it that knows one. A program without a
// DSN sends a token.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { ProjectSettings } from '../domain/project-settings.ts'
import { readPage } from './authorize.ts'
import { readEventId } from './parse-envelope.ts'
import { parseEventJson } from './parse-json.ts'
import { isRefusal, type DialogTarget, type ReportDialog } from './report-dialog.ts'
import { compileScrubRules } from './scrub-rules.ts'
import { serveToPages } from './serve-to-pages.ts'

const PATH = '/api/0/projects/:group/:project/user-feedback'
const FIELDS = ['event_id', 'name', 'email', 'comments']

interface Place {
  group: string
  project: string
}

interface FeedbackPlaces {
  /** @throws AppError NOT_FOUND */
  findProject(group: string, project: string): Promise<number>
  /** The project that the request's token may write to. @throws AppError */
  authorize(
    request: IncomingMessage,
    group: string,
    project: string,
  ): Promise<{ projectId: number; settings: ProjectSettings }>
}

/** What is answered to who may not send, or says nothing of use. */
interface Refused {
  code: number
  body: object
}

const NO_EVENT: Refused = { code: 400, body: { event_id: ['Missing or invalid parameter.'] } }

export function registerUserFeedback(fastify: FastifyInstance, dialog: ReportDialog, places: FeedbackPlaces): void {
  async function checkDsn(dsn: string, request: FastifyRequest<{ Params: Place }>): Promise<DialogTarget | Refused> {
    const query = new URLSearchParams({ dsn, eventId: readForm(request).get('event_id') ?? '' })
    const checked = await dialog.check(query, readPage(request.raw))
    if (isRefusal(checked)) {
      return checked.status === 400 ? NO_EVENT : { code: 401, body: { detail: 'This DSN may not send.' } }
    }
    const projectId = await places.findProject(request.params.group, request.params.project)
    if (projectId === checked.key.projectId) return checked
    return { code: 404, body: { detail: 'The requested resource does not exist' } }
  }

  async function checkToken(request: FastifyRequest<{ Params: Place }>): Promise<DialogTarget | Refused> {
    const { group, project } = request.params
    const { projectId, settings } = await places.authorize(request.raw, group, project)
    const eventId = readEventId(readForm(request).get('event_id'))
    if (eventId === null) return NO_EVENT
    return { key: { projectId, scrubbing: compileScrubRules(settings.scrubbing) }, eventId }
  }

  serveToPages(fastify, 'user feedback could not be taken', (scope) => {
    for (const url of [PATH, `${PATH}/`]) {
      scope.options(url, async (_request, reply) =>
        reply
          .header('access-control-allow-methods', 'POST, OPTIONS')
          .header(
            'access-control-allow-headers',
            'authorization, private-token, content-type, sentry-trace, baggage, traceparent',
          )
          .send(''),
      )
      scope.post<{ Params: Place }>(url, async (request, reply) => {
        const dsn = /^dsn (.{1,500})$/i.exec(request.headers.authorization ?? '')?.[1]
        const target = await (dsn === undefined ? checkToken(request) : checkDsn(dsn, request))
        if ('code' in target) return reply.code(target.code).send(target.body)
        const kept = await dialog.accept(target, readForm(request))
        if (isRefusal(kept)) return reply.code(kept.status).send('errors' in kept.body ? kept.body.errors : kept.body)
        const { id, eventId, name, email, comments, receivedAtMs } = kept
        return reply.send({
          ...{ id, eventID: eventId, name, email, comments, dateCreated: new Date(receivedAtMs).toISOString() },
          ...{ event: { id: eventId, eventID: eventId }, issue: null, user: null },
        })
      })
    }
  })
}

/** A JSON object or a form. @throws AppError INVALID */
function readForm({ body, headers }: FastifyRequest): URLSearchParams {
  const text = typeof body === 'string' ? body : ''
  if ((headers['content-type'] ?? '').includes('urlencoded')) return new URLSearchParams(text)
  const json = parseEventJson(Buffer.from(text))
  const form = new URLSearchParams()
  for (const name of FIELDS) {
    const value = json[name]
    if (typeof value === 'string') form.set(name, value)
  }
  return form
}
