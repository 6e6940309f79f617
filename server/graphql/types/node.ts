import { brandWithType } from '@pothos/core'
import { can } from '../../auth/can.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { decodeGlobalId, parseEventKey, parseIssueKey, parseSerial } from '../global-id.ts'
import { PROJECT_INCLUDE } from '../project-row.ts'

builder.queryField('node', (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'Whatever has this id; null when absent, or not yours to see.',
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => {
      const decoded = decodeGlobalId(id)
      const node = decoded && (await findNode(context, decoded.typename, decoded.id))
      if (decoded === null || node === null) return null
      brandWithType(node, decoded.typename as never)
      return node
    },
  }),
)

async function findNode(context: Context, typename: string, key: string): Promise<object | null> {
  const finder = FINDERS[typename as keyof typeof FINDERS]
  return finder === undefined ? null : finder(context, key)
}

// A map without a prototype: a type's name comes from the caller.
const FINDERS: Record<string, (context: Context, key: string) => Promise<object | null>> = Object.assign(
  Object.create(null),
  {
    Project: findProject,
    ClientKey: findClientKey,
    User: findUser,
    AccessToken: findAccessToken,
    Issue: findIssue,
    Event: findEvent,
  },
)

async function findProject({ viewer, database }: Context, key: string) {
  const projectId = parseSerial(key)
  if (projectId === null || !can(viewer, 'readProject', { projectId })) return null
  return database.prisma.project.findUnique({ where: { id: projectId }, include: PROJECT_INCLUDE })
}

async function findClientKey({ viewer, database }: Context, key: string) {
  const id = parseSerial(key)
  if (id === null || viewer === null) return null
  const clientKey = await database.prisma.clientKey.findUnique({ where: { id } })
  return clientKey !== null && can(viewer, 'readProject', { projectId: clientKey.projectId }) ? clientKey : null
}

/** Other people are not to be seen yet. */
async function findUser({ viewer, database }: Context, key: string) {
  return viewer?.userId === key ? database.prisma.user.findUnique({ where: { id: key } }) : null
}

async function findAccessToken({ viewer, database }: Context, key: string) {
  if (viewer === null || !/^[0-9a-f-]{36}$/.test(key)) return null
  return database.prisma.accessToken.findUnique({ where: { id: key, userId: viewer.userId } })
}

async function findIssue({ viewer, loaders }: Context, key: string) {
  const issueKey = parseIssueKey(key)
  return issueKey !== null && can(viewer, 'readProject', issueKey) ? loaders.issue.load(issueKey) : null
}

async function findEvent({ viewer, loaders }: Context, key: string) {
  const eventKey = parseEventKey(key)
  return eventKey !== null && can(viewer, 'readProject', eventKey) ? loaders.event.load(eventKey) : null
}
