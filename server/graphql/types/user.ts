import { builder } from '../builder.ts'
import { AccessTokenNode } from './access-token.ts'

const UserNode = builder.prismaNode('User', {
  id: { field: 'id' },
  fields: (t) => ({
    email: t.exposeString('email'),
    name: t.string({ nullable: true, resolve: (user) => user.name || null }),
    accessTokens: t.field({
      type: [AccessTokenNode],
      description: 'Personal access tokens, the newest first. Their secrets were shown once and are not kept.',
      complexity: { field: 5, multiplier: 20 },
      resolve: (user, _args, { database }) =>
        database.prisma.accessToken.findMany({
          where: { userId: user.id },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        }),
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: UserNode,
    nullable: true,
    description: 'Who asks; null for who is not signed in.',
    resolve: (_root, _args, { viewer, database }) =>
      viewer === null ? null : database.prisma.user.findUnique({ where: { id: viewer.userId } }),
  }),
)
