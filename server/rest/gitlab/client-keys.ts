// `/projects/:id/error_tracking/client_keys`. There is no changing one here, as in GitLab: that is GraphQL's, and a page's.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createClientKey, deleteClientKey } from '../../projects/change-client-keys.ts'
import { toGitlabKey } from './entities.ts'
import { badParameters, GitlabError } from './gitlab-error.ts'
import { assertTracked, findGitlabProject, readGitlabRequest } from './gitlab-request.ts'
import { readPageRequest, setPageHeaders } from './pages.ts'
import type { GitlabApiDeps } from './register-gitlab-api.ts'

const PATH = '/projects/:id/error_tracking/client_keys'

interface Route {
  Params: { id: string }
}

interface KeyRoute {
  Params: { id: string; key_id?: string }
}

export function registerClientKeys(fastify: FastifyInstance, deps: GitlabApiDeps): void {
  const { database, publicUrl, clock } = deps
  const { prisma } = database

  fastify.get<Route>(PATH, async (request, reply) => {
    const gitlabRequest = await readGitlabRequest(deps, request)
    const project = await findGitlabProject(gitlabRequest, request.params.id, 'readSettings')
    assertTracked(project)
    const page = readPageRequest(gitlabRequest.parameters)
    const where = { projectId: project.id }
    const [total, keys] = await Promise.all([
      prisma.clientKey.count({ where }),
      prisma.clientKey.findMany({
        where,
        orderBy: { id: 'asc' },
        skip: (page.page - 1) * page.perPage,
        take: page.perPage,
      }),
    ])
    setPageHeaders(reply, new URL(request.url.split('?', 1)[0] ?? '/', publicUrl()), page, total)
    return keys.map((key) => toGitlabKey(key, publicUrl(), clock()))
  })

  fastify.post<Route>(PATH, async (request, reply) => {
    const gitlabRequest = await readGitlabRequest(deps, request)
    const project = await findGitlabProject(gitlabRequest, request.params.id, 'manageProject')
    assertTracked(project)
    const created = await createClientKey(gitlabRequest.context, project.id)
    return reply.code(201).send(toGitlabKey(created, publicUrl(), clock()))
  })

  async function remove(request: FastifyRequest<KeyRoute>): Promise<object> {
    const gitlabRequest = await readGitlabRequest(deps, request)
    const project = await findGitlabProject(gitlabRequest, request.params.id, 'manageProject')
    assertTracked(project)
    const id = readKeyId(request.params.key_id ?? gitlabRequest.parameters.get('key_id'))
    const clientKey = await prisma.clientKey.findFirst({ where: { id, projectId: project.id } })
    // GitLab's own spelling, unlike that of its other refusals.
    if (clientKey === null) throw new GitlabError(404, { message: '404 Not found' })
    await deleteClientKey(gitlabRequest.context, clientKey)
    return toGitlabKey(clientKey, publicUrl(), clock())
  }
  fastify.delete<KeyRoute>(`${PATH}/:key_id`, remove)
  // As @gitbeaker/rest sends it, with `key_id` in the body.
  fastify.delete<KeyRoute>(PATH, remove)
}

/** @throws GitlabError 400 */
function readKeyId(value: unknown): number {
  if (value === undefined) throw badParameters(['key_id is missing'])
  const text = String(value)
  if (!/^\d+$/.test(text)) throw badParameters(['key_id is invalid'])
  // Longer ones are nobody's.
  return text.length > 9 ? 0 : Number(text)
}
