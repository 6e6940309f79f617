// Members of groups and projects: who, with which role, and where they have it from.

import { assertCan } from '../../auth/can.ts'
import { toMembersKey, type Member } from '../../auth/list-members.ts'
import { findVisibleUser } from '../../auth/list-people.ts'
import { removeMember, setMember } from '../../auth/members.ts'
import type { Place } from '../../domain/place.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { requireKey } from '../global-id.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { refreshViewer } from '../refresh-viewer.ts'
import { requirePlace } from '../require-place.ts'
import { GroupNode } from './group.ts'
import { PlacePayload } from './place.ts'
import { ProjectNode } from './project.ts'
import { RoleEnum } from './role.ts'
import { UserNode } from './user.ts'

const MemberSourceEnum = builder.enumType('MemberSource', { values: ['GROUP', 'PROJECT'] as const })

const MemberType = builder.objectRef<Member>('Member').implement({
  description: 'Somebody who is a member of both a group and its project is listed twice in the project.',
  fields: (t) => ({
    user: t.field({ type: UserNode, resolve: ({ user }) => user }),
    role: t.expose('role', { type: RoleEnum }),
    source: t.expose('source', {
      type: MemberSourceEnum,
      description: 'Where the membership lies, and is changed. A group’s holds for all its projects.',
    }),
    since: t.expose('since', { type: 'DateTime' }),
  }),
})
const MemberConnection = builder.connectionObject({ type: MemberType, name: 'MemberConnection' })

async function listMembersOf({ loaders }: Context, place: Place, page: Parameters<typeof readPageRequest>[0]) {
  const request = readPageRequest(page)
  return toConnection(await loaders.members.load(toMembersKey(place, request)), request)
}

const costOfMembers = (args: Parameters<typeof costOfPage>[0]) => ({ ...costOfPage(args), field: 10 })

builder.prismaObjectField(GroupNode, 'members', (t) =>
  t.field({
    type: MemberConnection,
    access: 'readGroupMembers',
    description: 'Ordered by e-mail address.',
    args: pageArguments,
    complexity: costOfMembers,
    resolve: ({ id }, page, context) => listMembersOf(context, { groupId: id }, page),
  }),
)
builder.prismaObjectField(ProjectNode, 'members', (t) =>
  t.field({
    type: MemberConnection,
    access: 'readMembers',
    description: 'Its own and those of its group, ordered by e-mail address.',
    args: pageArguments,
    complexity: costOfMembers,
    resolve: ({ id }, page, context) => listMembersOf(context, { projectId: id }, page),
  }),
)

const SetMemberInput = builder.inputType('SetMemberInput', {
  fields: (t) => ({
    group: t.id({ description: 'Either this or `project`.' }),
    project: t.id(),
    user: t.id({ required: true, description: 'Somebody whom you see. Others are invited.' }),
    role: t.field({ type: RoleEnum, required: true }),
  }),
})
const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  fields: (t) => ({
    group: t.id({ description: 'Either this or `project`.' }),
    project: t.id(),
    user: t.id({ required: true, description: 'Yourself, to leave.' }),
  }),
})

builder.mutationFields((t) => ({
  setMember: t.field({
    type: PlacePayload,
    access: 'manageMembers',
    description: 'Makes somebody a member, or gives a member another role. A group keeps an owner.',
    args: { input: t.arg({ type: SetMemberInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const place = requirePlace(input)
      assertCanManage(context, place)
      const userId = await requireUser(context, input.user)
      await setMember(membersDeps(context), context.actor, { place, userId }, input.role)
      await refreshViewer(context)
      return place
    },
  }),
  removeMember: t.field({
    type: PlacePayload,
    access: 'manageMembers',
    description: 'Ends what they read live, too. Everybody may leave; a group keeps an owner.',
    args: { input: t.arg({ type: RemoveMemberInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const place = requirePlace(input)
      const userId = requireKey(input.user, 'User')
      if (context.viewer?.userId === userId) assertCanLeave(context, place)
      else assertCanManage(context, place)
      await removeMember(membersDeps(context), context.actor, { place, userId })
      await refreshViewer(context)
      return place
    },
  }),
}))

function assertCanManage({ viewer }: Context, place: ReturnType<typeof requirePlace>): void {
  if ('groupId' in place) assertCan(viewer, 'manageGroupMembers', place)
  else assertCan(viewer, 'manageMembers', place)
}

function assertCanLeave({ viewer }: Context, place: ReturnType<typeof requirePlace>): void {
  if ('groupId' in place) assertCan(viewer, 'findGroup', place)
  else assertCan(viewer, 'findProject', place)
}

async function requireUser({ viewer, database }: Context, globalId: string): Promise<string> {
  const user = viewer && (await findVisibleUser(database.prisma, viewer, requireKey(globalId, 'User')))
  if (user === null) throw new AppError('NOT_FOUND', 'There is no such user.')
  return user.id
}

function membersDeps({ database, publish }: Context) {
  return { prisma: database.prisma, publish }
}
