// What API clients ask to find their way: the version, who they are, and the projects.

import type { FastifyInstance } from 'fastify'
import { assertMayTry } from '../../auth/can.ts'
import { matchSearch, matchVisible } from '../../projects/match-projects.ts'
import { PROJECT_INCLUDE } from '../../projects/project-row.ts'
import { toGitlabProject, toGitlabUser } from './entities.ts'
import { findGitlabProject, readGitlabRequest } from './gitlab-request.ts'
import { readPageRequest, setPageHeaders } from './pages.ts'
import { readText } from './parameters.ts'
import type { GitlabApiDeps } from './register-gitlab-api.ts'

export function registerInstance(fastify: FastifyInstance, deps: GitlabApiDeps): void {
  const { database, publicUrl, version } = deps
  const { prisma } = database

  fastify.get('/version', async (request) => {
    await readGitlabRequest(deps, request)
    return { version, revision: `faultline-${version}`, enterprise: false }
  })

  fastify.get('/user', async (request) => {
    const { viewer } = await readGitlabRequest(deps, request)
    if (viewer.kind === 'project_token') return toGitlabUser(viewer, viewer.projectId, publicUrl())
    assertMayTry(viewer, 'readOwnAccount')
    const { number } = await prisma.user.findUniqueOrThrow({ where: { id: viewer.userId }, select: { number: true } })
    return toGitlabUser(viewer, number, publicUrl())
  })

  fastify.get('/projects', async (request, reply) => {
    const { viewer, parameters } = await readGitlabRequest(deps, request)
    assertMayTry(viewer, 'readInstance')
    const search = readText(parameters, 'search') ?? ''
    const sort = readText(parameters, 'sort') === 'asc' ? 'asc' : 'desc'
    const page = readPageRequest(parameters)
    const where = { AND: [matchVisible(viewer), matchSearch(search)] }
    const [total, projects] = await Promise.all([
      prisma.project.count({ where }),
      prisma.project.findMany({
        where,
        include: PROJECT_INCLUDE,
        orderBy: { id: sort },
        skip: (page.page - 1) * page.perPage,
        take: page.perPage,
      }),
    ])
    const url = new URL('/api/v4/projects', publicUrl())
    if (search !== '') url.searchParams.set('search', search)
    if (sort === 'asc') url.searchParams.set('sort', sort)
    setPageHeaders(reply, url, page, total)
    return projects.map((project) => toGitlabProject(project, publicUrl()))
  })

  fastify.get<{ Params: { id: string } }>('/projects/:id', async (request) => {
    const project = await findGitlabProject(await readGitlabRequest(deps, request), request.params.id, 'findProject')
    return toGitlabProject(project, publicUrl())
  })
}
