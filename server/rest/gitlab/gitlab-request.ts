// A request of a GitLab client, taken apart: who asks, which project it is about, and the parameters. In GitLab's order:
// first who (401, or a scope that is missing: 403), then the project (404), then the role (403), then the parameters (400),
// and then everything else.

import type { FastifyRequest } from 'fastify'
import { assertCan, assertMayTry, can, type ProjectAction } from '../../auth/can.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { parseProjectPath } from '../../domain/project.ts'
import { AppError } from '../../errors.ts'
import type { ChangeContext } from '../../projects/change-context.ts'
import { PROJECT_INCLUDE, type ProjectRow } from '../../projects/project-row.ts'
import { notFound } from './gitlab-error.ts'
import { readParameters, readText, type Parameters } from './parameters.ts'
import type { GitlabApiDeps } from './register-gitlab-api.ts'

export interface GitlabRequest {
  viewer: Viewer
  parameters: Parameters
  context: ChangeContext
}

/**
 * By token only, in a header, the query or the body. A cookie counts for nothing here, so that no page of somebody else's
 * can make a browser change anything.
 *
 * @throws AppError UNAUTHENTICATED
 */
export async function readGitlabRequest(
  { auth, database, publish, clientAddress, clock }: GitlabApiDeps,
  request: FastifyRequest,
): Promise<GitlabRequest> {
  const contentType = request.headers['content-type'] ?? ''
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const parameters = await readParameters(request.url, contentType, body)
  const { authorization, 'private-token': privateToken } = request.headers
  const viewer = await auth.authenticate({
    headers: {
      authorization,
      'private-token':
        privateToken ?? readText(parameters, 'private_token') ?? readText(parameters, 'access_token') ?? undefined,
    },
  })
  if (viewer === null) throw new AppError('UNAUTHENTICATED', 'Send an access token.')
  const actor = { viewer, address: clientAddress(request.raw) }
  return { viewer, parameters, context: { database, viewer, actor, publish, now: clock } }
}

/**
 * @param id a number or `group/name`, as GitLab's `:id`.
 * @throws AppError FORBIDDEN, GitlabError 404
 */
export async function findGitlabProject(
  { viewer, context }: GitlabRequest,
  id: string,
  action: ProjectAction,
): Promise<ProjectRow> {
  assertMayTry(viewer, action)
  const project = await findProject(context, id)
  if (project === null || !can(viewer, 'findProject', { projectId: project.id })) throw notFound('Project')
  assertCan(viewer, action, { projectId: project.id })
  return project
}

/** Of a project that is hidden from error tracking there are neither settings nor keys, whoever asks. */
export function assertTracked(project: ProjectRow): void {
  if (project.trackingHidden) throw notFound()
}

async function findProject({ database }: ChangeContext, id: string): Promise<ProjectRow | null> {
  if (/^\d{1,9}$/.test(id)) {
    return database.prisma.project.findUnique({ where: { id: Number(id) }, include: PROJECT_INCLUDE })
  }
  // Ours are lower-case; GitLab finds a path however it is written.
  const path = parseProjectPath(id.toLowerCase())
  if (path === null) return null
  const { group, name } = path
  return database.prisma.project.findFirst({ where: { slug: name, group: { name: group } }, include: PROJECT_INCLUDE })
}
