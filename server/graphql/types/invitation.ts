// Invitations: made and revoked by owners, looked at and accepted by whoever has the link.

import type { Invitation as InvitationRow } from '../../database/generated/client.ts'
import { assertCan } from '../../auth/can.ts'
import { describeInvitationMail } from '../../auth/invitation-mail.ts'
import { placeOf, type InvitationWithPlace } from '../../auth/invitations.ts'
import type { Place } from '../../domain/place.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { isUuid, requireKey } from '../global-id.ts'
import { refreshViewer } from '../refresh-viewer.ts'
import { requirePlace } from '../require-place.ts'
import { GroupNode } from './group.ts'
import { PlacePayload } from './place.ts'
import { ProjectNode } from './project.ts'
import { RoleEnum } from './role.ts'

const Invitation = builder.prismaNode('Invitation', {
  id: { field: 'id' },
  access: { action: 'anybody' },
  description: 'A link that makes its user a member, once.',
  fields: (t) => ({
    role: t.expose('role', { type: RoleEnum }),
    email: t.exposeString('email', { nullable: true, description: 'null: for whoever has the link.' }),
    invitedBy: t.exposeString('invitedBy'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
})

const OpenInvitation = builder.objectRef<InvitationWithPlace>('OpenInvitation').implement({
  description: 'What somebody with the link is told.',
  fields: (t) => ({
    path: t.string({
      description: '`group`, or `group/name`.',
      resolve: ({ group, project }) => group?.name ?? `${project?.group.name}/${project?.slug}`,
    }),
    role: t.expose('role', { type: RoleEnum }),
    email: t.exposeString('email', { nullable: true, description: 'Whose it is; null: for whoever has the link.' }),
    invitedBy: t.exposeString('invitedBy'),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
})

builder.queryField('invitation', (t) =>
  t.field({
    type: OpenInvitation,
    access: 'anybody',
    nullable: true,
    description: 'null for a link that was used or revoked, or has expired.',
    args: { token: t.arg.string({ required: true, description: 'What stands in the link behind the #.' }) },
    complexity: 10,
    resolve: (_root, { token }, { auth }) => auth.invitations.find(token),
  }),
)

builder.prismaObjectField(GroupNode, 'invitations', (t) =>
  t.field({
    type: [Invitation],
    access: 'manageGroupMembers',
    description: 'Those that are open, the newest first.',
    complexity: { field: 5, multiplier: 20 },
    resolve: ({ id }, _args, { loaders }) => loaders.invitations.load({ groupId: id }),
  }),
)
builder.prismaObjectField(ProjectNode, 'invitations', (t) =>
  t.field({
    type: [Invitation],
    access: 'manageMembers',
    description: 'Those that are open, the newest first.',
    complexity: { field: 5, multiplier: 20 },
    resolve: ({ id }, _args, { loaders }) => loaders.invitations.load({ projectId: id }),
  }),
)

const CreateInvitationInput = builder.inputType('CreateInvitationInput', {
  fields: (t) => ({
    group: t.id({ description: 'Either this or `project`.' }),
    project: t.id(),
    role: t.field({ type: RoleEnum, required: true }),
    email: t.string({ description: 'Only for who has this address; sent there, where mail is on.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'In a week, unless given; in 30 days at most.' }),
  }),
})
const RevokeInvitationInput = builder.inputType('RevokeInvitationInput', {
  fields: (t) => ({ invitation: t.id({ required: true }) }),
})
const AcceptInvitationInput = builder.inputType('AcceptInvitationInput', {
  fields: (t) => ({ token: t.string({ required: true, description: 'What stands in the link behind the #.' }) }),
})

interface CreatedInvitation {
  invitation: InvitationRow
  link: string
  isMailed: boolean
}
const CreateInvitationPayload = builder.objectRef<CreatedInvitation>('CreateInvitationPayload').implement({
  fields: (t) => ({
    invitation: t.field({ type: Invitation, resolve: ({ invitation }) => invitation }),
    link: t.exposeString('link', { description: 'Shown here once: only its hash is kept.' }),
    mailed: t.exposeBoolean('isMailed', { description: 'Whether it is on its way to the address.' }),
  }),
})
const RevokeInvitationPayload = builder.objectRef<{ invitation: InvitationRow }>('RevokeInvitationPayload').implement({
  fields: (t) => ({
    invitation: t.field({ type: Invitation, description: 'As it was.', resolve: ({ invitation }) => invitation }),
  }),
})

builder.mutationFields((t) => ({
  createInvitation: t.field({
    type: CreateInvitationPayload,
    access: 'manageMembers',
    args: { input: t.arg({ type: CreateInvitationInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const place = requirePlace(input)
      assertCanInvite(context, place)
      const { role, email = null, expiresAt = null } = input
      const { auth, mail, publicUrl, actor } = context
      const { invitation, token } = await auth.invitations.create({ place, role, email, expiresAt }, actor)
      // Behind the #, so that no server and no proxy on the way writes it down.
      const link = `${new URL(publicUrl()).origin}/-/invitation#${token}`
      const isMailed = invitation.email !== null && mail.isOn
      if (isMailed) {
        const found = await auth.invitations.find(token)
        if (found !== null) mail.send(describeInvitationMail(found, link))
      }
      return { invitation, link, isMailed }
    },
  }),
  revokeInvitation: t.field({
    type: RevokeInvitationPayload,
    access: 'manageMembers',
    args: { input: t.arg({ type: RevokeInvitationInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const id = requireKey(input.invitation, 'Invitation')
      const { prisma } = context.database
      const found = isUuid(id) ? await prisma.invitation.findUnique({ where: { id } }) : null
      if (found === null) throw notFound()
      assertCanInvite(context, placeOf(found), notFound)
      const invitation = await context.auth.invitations.revoke(id, context.actor)
      if (invitation === null) throw notFound()
      return { invitation }
    },
  }),
  acceptInvitation: t.field({
    type: PlacePayload,
    access: 'acceptInvitation',
    description: 'For who is signed in. A membership that is there already is raised to the invitation’s role.',
    args: { input: t.arg({ type: AcceptInvitationInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { viewer, auth, actor } = context
      assertCan(viewer, 'acceptInvitation')
      const place = await auth.invitations.accept(input.token, viewer, actor)
      await refreshViewer(context)
      return place
    },
  }),
}))

/** @param absent what is thrown where the place may not be seen: that of an invitation is not to be told. */
function assertCanInvite({ viewer }: Context, place: Place, absent?: () => AppError): void {
  try {
    if ('groupId' in place) assertCan(viewer, 'manageGroupMembers', place)
    else assertCan(viewer, 'manageMembers', place)
  } catch (error) {
    throw absent !== undefined && error instanceof AppError && error.code === 'NOT_FOUND' ? absent() : error
  }
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such invitation.')
}
