import { AppError } from '../../errors.ts'
import { disableAccount, enableAccount } from '../../auth/accounts.ts'
import { listUsers } from '../../auth/list-people.ts'
import { builder } from '../builder.ts'
import { requireKey } from '../global-id.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { AccessTokenNode } from './access-token.ts'

export const UserNode = builder.prismaNode('User', {
  id: { field: 'id' },
  access: { action: 'anybody' },
  fields: (t) => ({
    email: t.exposeString('email'),
    isOwner: t.exposeBoolean('isOwner', { description: 'Of the whole instance: sees and may do everything.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    disabledAt: t.expose('disabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when they may not sign in, nor use their tokens.',
    }),
    name: t.string({ nullable: true, resolve: (user) => user.name || null }),
    accessTokens: t.field({
      type: [AccessTokenNode],
      access: 'readOwnAccount',
      description: 'Personal access tokens, the newest first. Their secrets were shown once and are not kept.',
      complexity: { field: 5, multiplier: 20 },
      resolve: (user, _args, { viewer, database }) => {
        if (viewer?.userId !== user.id) throw new AppError('FORBIDDEN', 'These are somebody else’s.')
        return database.prisma.accessToken.findMany({
          where: { userId: user.id },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        })
      },
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: UserNode,
    access: 'anybody',
    nullable: true,
    description: 'Who asks; null for who is not signed in, and for a project’s token.',
    resolve: (_root, _args, { viewer, database }) =>
      viewer?.kind === 'person' ? database.prisma.user.findUnique({ where: { id: viewer.userId } }) : null,
  }),
)

const UserConnection = builder.connectionObject({ type: UserNode, name: 'UserConnection' })

builder.queryField('users', (t) =>
  t.field({
    type: UserConnection,
    access: 'readEverything',
    description: 'All accounts, ordered by e-mail address. For the instance’s owner.',
    args: { ...pageArguments, search: t.arg.string({ description: 'A part of the address or of the name.' }) },
    complexity: costOfPage,
    resolve: async (_root, { search, ...page }, { database }) => {
      const request = readPageRequest(page)
      return toConnection(await listUsers(database.prisma, search ?? '', request), request)
    },
  }),
)

export const UserInput = builder.inputType('UserInput', { fields: (t) => ({ user: t.id({ required: true }) }) })
export const UserPayload = builder.objectRef<{ userId: string }>('UserPayload').implement({
  fields: (t) => ({
    user: t.field({
      type: UserNode,
      resolve: ({ userId }, _args, { database }) => database.prisma.user.findUniqueOrThrow({ where: { id: userId } }),
    }),
  }),
})

const SWITCHES = { disableUser: disableAccount, enableUser: enableAccount }

for (const [name, change] of Object.entries(SWITCHES)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: UserPayload,
      access: 'manageInstance',
      description:
        name === 'disableUser'
          ? 'Signs them out everywhere and refuses their tokens, until they are enabled. The instance keeps an owner.'
          : 'Lets them sign in again; their tokens work again.',
      args: { input: t.arg({ type: UserInput, required: true }) },
      resolve: async (_root, { input }, { database, publish, actor }) => {
        const userId = requireKey(input.user, 'User')
        await change({ prisma: database.prisma, publish }, actor, userId)
        return { userId }
      },
    }),
  )
}
