import { can, findRole } from '../../auth/can.ts'
import { builder } from '../builder.ts'
import { listGroups } from '../list-groups.ts'
import { toGroupProjectsKey } from '../../projects/list-group-projects.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { ProjectConnection, ProjectNode } from './project.ts'
import { RoleEnum } from './role.ts'

export const GroupNode = builder.prismaNode('Group', {
  id: { field: 'id' },
  access: { action: 'findGroup', groupId: ({ id }) => id },
  description: 'What projects lie in: Sentry calls it an organization.',
  fields: (t) => ({
    path: t.exposeString('name', { description: 'The first half of its projects’ paths.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    viewerRole: t.field({
      type: RoleEnum,
      nullable: true,
      description: 'Of who asks; null for who is a member of projects in it only.',
      resolve: ({ id }, _args, { viewer }) => viewer && findRole(viewer, { groupId: id }),
    }),
    viewerMayCreateProjects: t.boolean({
      resolve: ({ id }, _args, { viewer }) => can(viewer, 'createProject', { groupId: id }),
    }),
    projects: t.field({
      type: ProjectConnection,
      access: 'readInstance',
      description: 'Those that you may see, ordered by path.',
      args: { ...pageArguments, search: t.arg.string({ description: 'A part of the path or of the name.' }) },
      complexity: (args) => ({ ...costOfPage(args), field: 10 }),
      resolve: async ({ id }, { search, ...page }, { viewer, loaders }) => {
        const request = readPageRequest(page)
        const listed = await loaders.groupProjects.load(toGroupProjectsKey(id, viewer, search ?? '', request))
        for (const { node } of listed.items) loaders.project.keep(node.id, node)
        return toConnection(listed, request)
      },
    }),
  }),
})

const GroupConnection = builder.connectionObject({ type: GroupNode, name: 'GroupConnection' })

builder.queryFields((t) => ({
  groups: t.field({
    type: GroupConnection,
    access: 'readInstance',
    description: 'Those of which you are a member or may see a project, ordered by path.',
    args: { ...pageArguments, search: t.arg.string({ description: 'A part of the path.' }) },
    complexity: costOfPage,
    resolve: async (_root, { search, ...page }, { viewer, database }) => {
      const request = readPageRequest(page)
      return toConnection(await listGroups(database.prisma, viewer, search ?? '', request), request)
    },
  }),
  group: t.field({
    type: GroupNode,
    access: 'findGroup',
    nullable: true,
    description: 'null when absent, or not yours to see.',
    args: { path: t.arg.string({ required: true }) },
    resolve: async (_root, { path }, { viewer, database }) => {
      const group = await database.prisma.group.findUnique({ where: { name: path } })
      return group !== null && can(viewer, 'findGroup', { groupId: group.id }) ? group : null
    },
  }),
}))

builder.prismaObjectField(ProjectNode, 'group', (t) => t.relation('group', { type: GroupNode }))
