import { assertCan } from '../../auth/can.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import { AccessTokenNode } from './access-token.ts'

const UserNode = builder.prismaNode('User', {
  id: { field: 'id' },
  access: { action: 'anybody' },
  fields: (t) => ({
    email: t.exposeString('email'),
    name: t.string({ nullable: true, resolve: (user) => user.name || null }),
    accessTokens: t.field({
      type: [AccessTokenNode],
      description: 'Personal access tokens, the newest first. Their secrets were shown once and are not kept.',
      complexity: { field: 5, multiplier: 20 },
      resolve: (user, _args, { viewer, database }) => {
        assertCan(viewer, 'readOwnAccount')
        if (viewer.userId !== user.id) throw new AppError('FORBIDDEN', 'These are somebody else’s.')
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
