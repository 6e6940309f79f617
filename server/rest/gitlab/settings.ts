// `/projects/:id/error_tracking/settings`: absent until PUT, or a page, makes them.

import type { FastifyInstance } from 'fastify'
import type { ProjectRow } from '../../projects/project-row.ts'
import { setTracking } from '../../projects/set-tracking.ts'
import { toGitlabSettings } from './entities.ts'
import { notFound } from './gitlab-error.ts'
import { assertTracked, findGitlabProject, readGitlabRequest, type GitlabRequest } from './gitlab-request.ts'
import { readBooleans } from './parameters.ts'
import type { GitlabApiDeps } from './register-gitlab-api.ts'

const PATH = '/projects/:id/error_tracking/settings'

interface Route {
  Params: { id: string }
}

export function registerSettings(fastify: FastifyInstance, deps: GitlabApiDeps): void {
  fastify.get<Route>(PATH, async (request) => {
    const project = await findGitlabProject(await readGitlabRequest(deps, request), request.params.id, 'readSettings')
    assertConfigured(project)
    return toGitlabSettings(project)
  })

  fastify.patch<Route>(PATH, async (request) => {
    const gitlabRequest = await readGitlabRequest(deps, request)
    const project = await findGitlabProject(gitlabRequest, request.params.id, 'manageProject')
    const values = readBooleans(gitlabRequest.parameters, { active: 'required, not blank', integrated: 'optional' })
    assertConfigured(project)
    return change(project, gitlabRequest, values)
  })

  fastify.put<Route>(PATH, async (request) => {
    const gitlabRequest = await readGitlabRequest(deps, request)
    const project = await findGitlabProject(gitlabRequest, request.params.id, 'manageProject')
    const values = readBooleans(gitlabRequest.parameters, { active: 'required, not blank', integrated: 'required' })
    assertTracked(project)
    return change(project, gitlabRequest, values)
  })
}

/** A project whose issues are to be on a Sentry server says so before one is connected, as `integrated` alone can do here. */
async function change(
  project: ProjectRow,
  { context }: GitlabRequest,
  { active, integrated }: { active?: boolean; integrated?: boolean },
): Promise<object> {
  const backend = integrated === undefined ? project.backend : integrated ? 'INTEGRATED' : 'SENTRY'
  const enabled = active ?? project.trackingEnabled
  return toGitlabSettings(await setTracking(context, project.id, { enabled, backend, makesSettings: true }))
}

/** @throws GitlabError 404 */
function assertConfigured(project: ProjectRow): void {
  assertTracked(project)
  if (project.trackingConfiguredAt === null) throw notFound('Error Tracking Setting')
}
