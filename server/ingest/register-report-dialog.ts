// `/api/embed/error-page/`: GET answers the script that shows the dialog, POST takes what was written. Any page may use
// it that knows a key, so its answers are readable from everywhere; no cookie is looked at.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readPage } from './authorize.ts'
import { isRefusal, type DialogRefusal, type ReportDialog } from './report-dialog.ts'
import { renderReportDialog } from './report-dialog-script.ts'
import { readQuery } from './read-credentials.ts'
import { serveToPages } from './serve-to-pages.ts'

/** The SDK builds the URL from its DSN, which may have one of GitLab's prefixes. */
const PATHS = ['', '/errortracking/api/v1/projects', '/api/v4/error_tracking/collector'].flatMap((prefix) => [
  `${prefix}/api/embed/error-page/`,
  `${prefix}/api/embed/error-page`,
])

export function registerReportDialog(fastify: FastifyInstance, dialog: ReportDialog): void {
  serveToPages(fastify, 'the report dialog failed', (scope) => {
    for (const url of PATHS) {
      scope.options(url, async (_request, reply) =>
        reply
          .header('access-control-allow-methods', 'GET, POST, OPTIONS')
          .header('access-control-allow-headers', 'content-type, sentry-trace, baggage, traceparent')
          .send(''),
      )
      scope.get(url, async (request, reply) => {
        const query = readQuery(request.url)
        const checked = await dialog.check(query, readPage(request.raw))
        if (isRefusal(checked)) return refuse(reply, checked)
        return reply.type('text/javascript; charset=utf-8').send(renderReportDialog(query))
      })
      scope.post(url, (request, reply) => acceptForm(request, reply, dialog))
    }
  })
}

async function acceptForm(request: FastifyRequest, reply: FastifyReply, dialog: ReportDialog): Promise<FastifyReply> {
  const checked = await dialog.check(readQuery(request.url), readPage(request.raw))
  if (isRefusal(checked)) return refuse(reply, checked)
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
  const kept = await dialog.accept(checked, form)
  return isRefusal(kept) ? refuse(reply, kept) : reply.send({})
}

function refuse(reply: FastifyReply, { status, body }: DialogRefusal): FastifyReply {
  return reply.code(status).send(body)
}
