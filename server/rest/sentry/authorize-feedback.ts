// Who sends user feedback with a token instead of a DSN: whoever may change the project's issues.

import type { IncomingMessage } from 'node:http'
import { assertCan, assertMayTry } from '../../auth/can.ts'
import { readProjectSettings, type ProjectSettings } from '../../domain/project-settings.ts'
import { AppError } from '../../errors.ts'
import { findSentryProject } from './find-sentry-project.ts'
import type { SentryApiDeps } from './register-sentry-api.ts'

/** The cookie is not looked at, since any page may ask. @throws AppError */
export async function authorizeFeedback(
  { database, auth }: SentryApiDeps,
  { headers, url }: IncomingMessage,
  group: string,
  slug: string,
): Promise<{ projectId: number; settings: ProjectSettings }> {
  const { authorization, 'private-token': privateToken } = headers
  const viewer = await auth.authenticate({ headers: { authorization, 'private-token': privateToken }, url })
  if (viewer === null) {
    throw new AppError(
      'UNAUTHENTICATED',
      'Send the DSN, as "Authorization: DSN <dsn>", or a token, as "Authorization: Bearer <token>".',
    )
  }
  assertMayTry(viewer, 'changeIssue')
  const projectId = await findSentryProject(database.prisma, group, slug)
  assertCan(viewer, 'changeIssue', { projectId })
  const project = await database.prisma.project.findUniqueOrThrow({ where: { id: projectId } })
  if (!project.trackingEnabled || project.trackingHidden || project.backend !== 'INTEGRATED') {
    throw new AppError('FORBIDDEN', 'This project takes nothing: its error tracking is off, or on a Sentry server.')
  }
  return { projectId, settings: readProjectSettings(project.settings) }
}
