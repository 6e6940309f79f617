// `POST /api/0/projects/<group>/<project>/user-feedback/`: what a program's own form sends that asks its users, by Sentry's
// web API. Like the report dialog it needs a DSN and no account, and any page may use it that knows one.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readPage } from './authorize.ts'
import { parseEventJson } from './parse-json.ts'
import { isRefusal, type ReportDialog } from './report-dialog.ts'
import { serveToPages } from './serve-to-pages.ts'

const PATH = '/api/0/projects/:group/:project/user-feedback'
const FIELDS = ['event_id', 'name', 'email', 'comments']

interface Place {
  group: string
  project: string
}

/** @param findProject tells the project's number; rejects with `NOT_FOUND` where there is none. */
export function registerUserFeedback(
  fastify: FastifyInstance,
  dialog: ReportDialog,
  findProject: (group: string, project: string) => Promise<number>,
): void {
  serveToPages(fastify, 'user feedback could not be taken', (scope) => {
    for (const url of [PATH, `${PATH}/`]) {
      scope.options(url, async (_request, reply) =>
        reply
          .header('access-control-allow-methods', 'POST, OPTIONS')
          .header('access-control-allow-headers', 'authorization, content-type, sentry-trace, baggage, traceparent')
          .send(''),
      )
      scope.post<{ Params: Place }>(url, async (request, reply) => {
        const dsn = /^dsn (.{1,500})$/i.exec(request.headers.authorization ?? '')?.[1]
        if (dsn === undefined) return reply.code(401).send({ detail: 'Send the DSN: "Authorization: DSN <dsn>".' })
        const form = readForm(request)
        const query = new URLSearchParams({ dsn, eventId: form.get('event_id') ?? '' })
        const checked = await dialog.check(query, readPage(request.raw))
        if (isRefusal(checked)) {
          if (checked.status === 400) return reply.code(400).send({ event_id: ['Missing or invalid parameter.'] })
          return reply.code(401).send({ detail: 'This DSN may not send.' })
        }
        if ((await findProject(request.params.group, request.params.project)) !== checked.key.projectId) {
          return reply.code(404).send({ detail: 'The requested resource does not exist' })
        }
        const kept = await dialog.accept(checked, form)
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
