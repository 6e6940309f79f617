// What the instance's owner does for who cannot sign in any more. How one signs in oneself is changed by cookie alone, below
// /-/auth: no access token can.

import { can } from '../../auth/can.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import { requireKey } from '../global-id.ts'
import { UserInput, UserNode, UserPayload } from './user.ts'

builder.prismaObjectField(UserNode, 'twoFactorEnabled', (t) =>
  t.boolean({
    nullable: true,
    description:
      'Whether signing in takes a second step; null for whose account it is not, but the instance’s owner’s.',
    resolve: ({ id }, _args, { viewer, loaders }) =>
      viewer?.userId === id || can(viewer, 'readEverything') ? loaders.twoFactorEnabled.load(id) : null,
  }),
)

const CreatePasswordLinkPayload = builder
  .objectRef<{ userId: string; link: string; expiresAt: Date }>('CreatePasswordLinkPayload')
  .implement({
    fields: (t) => ({
      link: t.exposeString('link', {
        description: 'Sets a new password, once. Shown here once: only its hash is kept.',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
      user: t.field({
        type: UserNode,
        resolve: ({ userId }, _args, { database }) => database.prisma.user.findUniqueOrThrow({ where: { id: userId } }),
      }),
    }),
  })

builder.mutationFields((t) => ({
  createPasswordLink: t.field({
    type: CreatePasswordLinkPayload,
    access: 'manageInstance',
    description: 'A one-time link for somebody who forgot their password, to be passed on to them.',
    args: { input: t.arg({ type: UserInput, required: true }) },
    resolve: async (_root, { input }, { auth, actor }) => {
      const userId = requireKey(input.user, 'User')
      return { userId, ...(await auth.passwordLinks.createFor(userId, actor)) }
    },
  }),
  disableTwoFactor: t.field({
    type: UserPayload,
    access: 'manageInstance',
    description: 'For somebody who lost their authenticator app and recovery codes: the password alone signs in again.',
    args: { input: t.arg({ type: UserInput, required: true }) },
    resolve: async (_root, { input }, { auth, actor, database }) => {
      const userId = requireKey(input.user, 'User')
      const user = await database.prisma.user.findUnique({ where: { id: userId } })
      if (user === null) throw new AppError('NOT_FOUND', 'There is no such user.')
      await auth.twoFactor.disable({ userId, email: user.email }, actor)
      return { userId }
    },
  }),
}))
