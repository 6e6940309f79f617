import { brandWithType } from '@pothos/core'
import { assertMayTry, can } from '../../auth/can.ts'
import { placeOf } from '../../auth/invitations.ts'
import { findVisibleUser } from '../../auth/list-people.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { decodeGlobalId, isUuid, parseEventKey, parseIssueKey, parseMonitorKey, parseSerial } from '../global-id.ts'
import { findMonitor } from '../read-monitors.ts'
import { PROJECT_INCLUDE } from '../../projects/project-row.ts'

builder.queryField('node', (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    access: 'anybody',
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
  return finder === undefined || context.viewer === null ? null : finder(context, key)
}

// A map without a prototype: a type's name comes from the caller.
const FINDERS: Record<string, (context: Context, key: string) => Promise<object | null>> = Object.assign(
  Object.create(null),
  {
    Project: findProject,
    ClientKey: findClientKey,
    Group: findGroup,
    Invitation: findInvitation,
    User: findUser,
    AccessToken: findAccessToken,
    Issue: findIssue,
    Event: findEvent,
    Monitor: findMonitorNode,
  },
)

async function findProject({ viewer, database }: Context, key: string) {
  const projectId = parseSerial(key)
  assertMayTry(viewer, 'findProject')
  if (projectId === null || !can(viewer, 'findProject', { projectId })) return null
  return database.prisma.project.findUnique({ where: { id: projectId }, include: PROJECT_INCLUDE })
}

async function findClientKey({ viewer, database }: Context, key: string) {
  assertMayTry(viewer, 'readSettings')
  const id = parseSerial(key)
  const clientKey = id && (await database.prisma.clientKey.findUnique({ where: { id } }))
  return clientKey && can(viewer, 'readSettings', { projectId: clientKey.projectId }) ? clientKey : null
}

async function findGroup({ viewer, database }: Context, key: string) {
  assertMayTry(viewer, 'findGroup')
  const groupId = parseSerial(key)
  if (groupId === null || !can(viewer, 'findGroup', { groupId })) return null
  return database.prisma.group.findUnique({ where: { id: groupId } })
}

async function findUser({ viewer, database }: Context, key: string) {
  assertMayTry(viewer, 'readMembers')
  return findVisibleUser(database.prisma, viewer, key)
}

async function findAccessToken({ viewer, database }: Context, key: string) {
  assertMayTry(viewer, 'readTokens')
  const token = isUuid(key) ? await database.prisma.accessToken.findUnique({ where: { id: key } }) : null
  if (token === null || token.projectId === null) return token?.userId === viewer.userId ? token : null
  return can(viewer, 'readTokens', { projectId: token.projectId }) ? token : null
}

async function findInvitation({ viewer, database }: Context, key: string) {
  assertMayTry(viewer, 'manageMembers')
  const invitation = isUuid(key) ? await database.prisma.invitation.findUnique({ where: { id: key } }) : null
  if (invitation === null) return null
  const place = placeOf(invitation)
  const isAllowed = 'groupId' in place ? can(viewer, 'manageGroupMembers', place) : can(viewer, 'manageMembers', place)
  return isAllowed ? invitation : null
}

async function findIssue({ viewer, loaders }: Context, key: string) {
  assertMayTry(viewer, 'readIssues')
  const issueKey = parseIssueKey(key)
  return issueKey !== null && can(viewer, 'readIssues', issueKey) ? loaders.issue.load(issueKey) : null
}

async function findEvent({ viewer, loaders }: Context, key: string) {
  assertMayTry(viewer, 'readIssues')
  const eventKey = parseEventKey(key)
  return eventKey !== null && can(viewer, 'readIssues', eventKey) ? loaders.event.load(eventKey) : null
}

async function findMonitorNode({ viewer, database }: Context, key: string) {
  assertMayTry(viewer, 'readIssues')
  const monitorKey = parseMonitorKey(key)
  return monitorKey !== null && can(viewer, 'readIssues', monitorKey) ? findMonitor(database.pool, monitorKey) : null
}
