// The ways in that Fastify serves, all but the dashboard's pages: who comes by them is signed in, or sends a token. What SDKs
// send comes in by ingest, which has no need of Fastify.

import type { FastifyInstance } from 'fastify'
import packageJson from '../package.json' with { type: 'json' }
import type { Auth } from './auth/auth.ts'
import { registerAuth } from './auth/register-auth.ts'
import type { GraphqlDeps } from './graphql/context.ts'
import { registerGraphql } from './graphql/serve.ts'
import { registerHealth } from './http/health.ts'
import type { Ingest } from './ingest/ingest.ts'
import { registerReportDialog } from './ingest/register-report-dialog.ts'
import { registerUserFeedback } from './ingest/register-user-feedback.ts'
import type { Metrics } from './metrics.ts'
import { registerGitlabApi } from './rest/gitlab/register-gitlab-api.ts'
import { authorizeFeedback } from './rest/sentry/authorize-feedback.ts'
import { findSentryProject } from './rest/sentry/find-sentry-project.ts'
import { registerSentryApi } from './rest/sentry/register-sentry-api.ts'
import { createTrackerChoice } from './trackers/choose-tracker.ts'
import { createIntegratedTracker } from './trackers/integrated/integrated-tracker.ts'

interface Parts extends Omit<GraphqlDeps, 'auth' | 'trackerOf' | 'version'> {
  auth: Auth
  /** Milliseconds since the epoch. */
  clock: () => number
  ingest: Pick<Ingest, 'reportDialog'>
  metrics: Metrics
}

/** @returns how to end what is open. */
export function registerWaysIn(fastify: FastifyInstance, parts: Parts): { stop: () => Promise<void> } {
  const { auth, database, ingest, metrics, publish, purge, realtime, clientAddress, publicUrl, clock } = parts
  const { pool } = database
  const { version } = packageJson
  registerHealth(fastify, { pool, metrics })
  registerAuth(fastify, { auth, clientAddress })
  registerReportDialog(fastify, ingest.reportDialog)
  registerUserFeedback(fastify, ingest.reportDialog, {
    findProject: (group, project) => findSentryProject(database.prisma, group, project),
    authorize: (request, group, project) => authorizeFeedback({ database, auth }, request, group, project),
  })
  registerSentryApi(fastify, { database, auth })
  registerGitlabApi(fastify, { database, auth, publish, clientAddress, publicUrl, version, clock })
  const integrated = createIntegratedTracker({ pool, publish, onChanges: realtime.onChanges, purge, clock })
  return registerGraphql(fastify, { ...parts, version, trackerOf: createTrackerChoice({ integrated }) })
}
