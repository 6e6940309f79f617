import { can, findRole } from '../../auth/can.ts'
import { TRACKER_BACKENDS } from '../../domain/project.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import { createProject } from '../../projects/create-project.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { listProjects } from '../../projects/list-projects.ts'
import { PROJECT_INCLUDE, type ProjectRow } from '../../projects/project-row.ts'
import { hideTracking, setTracking } from '../../projects/set-tracking.ts'
import { refreshViewer } from '../refresh-viewer.ts'
import { requireProject } from '../require-project.ts'
import { AccessTokenNode } from './access-token.ts'
import { ClientKeyNode } from './client-key.ts'
import { RoleEnum } from './role.ts'

const TrackerBackendEnum = builder.enumType('TrackerBackend', { values: TRACKER_BACKENDS })

type TrackingState = Pick<ProjectRow, 'trackingEnabled' | 'trackingHidden' | 'backend' | 'trackingConfiguredAt'>
const ErrorTracking = builder.objectRef<TrackingState>('ErrorTracking').implement({
  fields: (t) => ({
    configured: t.boolean({
      description: 'False until it is turned on for the first time: there are no settings.',
      resolve: ({ trackingConfiguredAt }) => trackingConfiguredAt !== null,
    }),
    hidden: t.exposeBoolean('trackingHidden', {
      description: 'The project has no error tracking at all, whatever `enabled` says: GitLab’s API finds no settings.',
    }),
    enabled: t.exposeBoolean('trackingEnabled', { description: 'While it is off, what SDKs send is refused.' }),
    backend: t.expose('backend', { type: TrackerBackendEnum, description: "Where the project's issues live." }),
  }),
})

export const ProjectNode = builder.prismaNode('Project', {
  id: { field: 'id' },
  access: { action: 'findProject', projectId: ({ id }) => id },
  include: PROJECT_INCLUDE,
  fields: (t) => ({
    number: t.exposeInt('id', { description: 'What DSNs and REST paths name the project by.' }),
    path: t.string({ description: '`group/name`', resolve: ({ group, slug }) => `${group.name}/${slug}` }),
    name: t.exposeString('name'),
    viewerRole: t.field({
      type: RoleEnum,
      nullable: true,
      description: 'Of who asks: the higher one of the group’s and the project’s.',
      resolve: ({ id }, _args, { viewer }) => viewer && findRole(viewer, { projectId: id }),
    }),
    errorTracking: t.field({ type: ErrorTracking, access: 'readProject', resolve: (project) => project }),
    clientKeys: t.relation('clientKeys', {
      type: ClientKeyNode,
      access: 'readSettings',
      description: 'In the order in which they were made.',
      complexity: { field: 5, multiplier: 20 },
      query: { orderBy: { id: 'asc' } },
    }),
    accessTokens: t.field({
      type: [AccessTokenNode],
      access: 'readTokens',
      description: 'Those that belong to the project, the newest first.',
      complexity: { field: 5, multiplier: 20 },
      resolve: ({ id }, _args, { loaders }) => loaders.accessTokens.load(id),
    }),
    lastEventAt: t.field({
      type: 'DateTime',
      access: 'readProject',
      nullable: true,
      description: 'null: no event yet.',
      resolve: async ({ id }, _args, { loaders }) => (await loaders.projectSummary.load(id)).lastEventAt,
    }),
    unresolvedCount: t.int({
      access: 'readProject',
      description: 'How many issues are unresolved, counted up to 1,000.',
      resolve: async ({ id }, _args, { loaders }) => (await loaders.projectSummary.load(id)).unresolvedCount,
    }),
  }),
})

export const ProjectConnection = builder.connectionObject({ type: ProjectNode, name: 'ProjectConnection' })

builder.queryFields((t) => ({
  projects: t.field({
    type: ProjectConnection,
    access: 'readInstance',
    description: 'Those that you may see, ordered by path.',
    args: { ...pageArguments, search: t.arg.string({ description: 'A part of the path or of the name.' }) },
    complexity: costOfPage,
    resolve: async (_root, { search, ...page }, { viewer, database, loaders }) => {
      const request = readPageRequest(page)
      const listed = await listProjects(database.prisma, viewer, search ?? '', request)
      for (const { node } of listed.items) loaders.project.keep(node.id, node)
      return toConnection(listed, request)
    },
  }),
  project: t.prismaField({
    type: ProjectNode,
    access: 'findProject',
    nullable: true,
    description: 'null when absent, or not yours to see.',
    args: { path: t.arg.string({ required: true, description: '`group/name`' }) },
    resolve: async (query, _root, { path }, { viewer, database, loaders }) => {
      const [group = '', slug = '', ...rest] = path.split('/')
      if (rest.length > 0) return null
      const project = await database.prisma.project.findFirst({ ...query, where: { slug, group: { name: group } } })
      if (project === null || !can(viewer, 'findProject', { projectId: project.id })) return null
      // The group is part of every query for this type.
      loaders.project.keep(project.id, project as ProjectRow)
      return project
    },
  }),
}))

const EnableErrorTrackingInput = builder.inputType('EnableErrorTrackingInput', {
  fields: (t) => ({
    project: t.id({ required: true }),
    backend: t.field({ type: TrackerBackendEnum, required: true }),
  }),
})
const DisableErrorTrackingInput = builder.inputType('DisableErrorTrackingInput', {
  fields: (t) => ({ project: t.id({ required: true }) }),
})

const HideErrorTrackingInput = builder.inputType('HideErrorTrackingInput', {
  fields: (t) => ({ project: t.id({ required: true }), hidden: t.boolean({ required: true }) }),
})

const EnableErrorTrackingPayload = builder.objectRef<{ project: ProjectRow }>('EnableErrorTrackingPayload').implement({
  fields: (t) => ({ project: t.field({ type: ProjectNode, resolve: ({ project }) => project }) }),
})
const DisableErrorTrackingPayload = builder
  .objectRef<{ project: ProjectRow }>('DisableErrorTrackingPayload')
  .implement({
    fields: (t) => ({ project: t.field({ type: ProjectNode, resolve: ({ project }) => project }) }),
  })
const HideErrorTrackingPayload = builder.objectRef<{ project: ProjectRow }>('HideErrorTrackingPayload').implement({
  fields: (t) => ({ project: t.field({ type: ProjectNode, resolve: ({ project }) => project }) }),
})

const CreateProjectInput = builder.inputType('CreateProjectInput', {
  fields: (t) => ({
    path: t.string({ required: true, description: '`group/name`; the group is made where it is new.' }),
    name: t.string({ description: 'What pages call it; as in the path, unless given.' }),
  }),
})
const CreateProjectPayload = builder.objectRef<{ project: ProjectRow }>('CreateProjectPayload').implement({
  fields: (t) => ({ project: t.field({ type: ProjectNode, resolve: ({ project }) => project }) }),
})

builder.mutationFields((t) => ({
  createProject: t.field({
    type: CreateProjectPayload,
    access: 'createProject',
    description: 'Error tracking is off, and there is no key, until it is turned on.',
    args: { input: t.arg({ type: CreateProjectInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const project = await createProject(context, input)
      await refreshViewer(context)
      return { project }
    },
  }),
  enableErrorTracking: t.field({
    type: EnableErrorTrackingPayload,
    access: 'manageProject',
    description: 'Also makes the first client key of a project that has none.',
    args: { input: t.arg({ type: EnableErrorTrackingInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const projectId = await requireProject(context, input.project, 'manageProject')
      if (input.backend === 'SENTRY') {
        throw new AppError('UNAVAILABLE', 'A Sentry server cannot keep the issues yet. Use the backend INTEGRATED.')
      }
      const { backend } = input
      return { project: await setTracking(context, projectId, { enabled: true, backend }) }
    },
  }),
  disableErrorTracking: t.field({
    type: DisableErrorTrackingPayload,
    access: 'manageProject',
    description: 'What SDKs send is refused from now on; issues, events and keys stay.',
    args: { input: t.arg({ type: DisableErrorTrackingInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const projectId = await requireProject(context, input.project, 'manageProject')
      return { project: await setTracking(context, projectId, { enabled: false }) }
    },
  }),
  hideErrorTracking: t.field({
    type: HideErrorTrackingPayload,
    access: 'hideErrorTracking',
    description: 'Hidden, the project takes nothing in, and GitLab’s API answers as if it had no error tracking.',
    args: { input: t.arg({ type: HideErrorTrackingInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const projectId = await requireProject(context, input.project, 'hideErrorTracking')
      return { project: await hideTracking(context, projectId, input.hidden) }
    },
  }),
}))
