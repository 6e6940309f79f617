import { assertCan } from '../../auth/can.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import { requireKey } from '../global-id.ts'

export const AccessTokenNode = builder.prismaNode('AccessToken', {
  id: { field: 'id' },
  fields: (t) => ({
    name: t.exposeString('name'),
    scopes: t.exposeStringList('scopes'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
  }),
})

const CreateAccessTokenInput = builder.inputType('CreateAccessTokenInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    scopes: t.stringList({
      required: true,
      description: '`api` includes every other scope, `read_api` every reading one.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'Never, when it is not given.' }),
  }),
})

const RevokeAccessTokenInput = builder.inputType('RevokeAccessTokenInput', {
  fields: (t) => ({ accessToken: t.id({ required: true }) }),
})

type AccessTokenRow = typeof AccessTokenNode.$inferType

const CreateAccessTokenPayload = builder
  .objectRef<{ accessToken: AccessTokenRow; secret: string }>('CreateAccessTokenPayload')
  .implement({
    fields: (t) => ({
      accessToken: t.expose('accessToken', { type: AccessTokenNode }),
      secret: t.exposeString('secret', { description: 'Shown here once: only its hash is kept.' }),
    }),
  })

const RevokeAccessTokenPayload = builder
  .objectRef<{ accessToken: AccessTokenRow }>('RevokeAccessTokenPayload')
  .implement({
    fields: (t) => ({
      accessToken: t.expose('accessToken', { type: AccessTokenNode, description: 'As it was.' }),
    }),
  })

builder.mutationFields((t) => ({
  createAccessToken: t.field({
    type: CreateAccessTokenPayload,
    args: { input: t.arg({ type: CreateAccessTokenInput, required: true }) },
    resolve: (_root, { input }, { viewer, auth }) => {
      assertCan(viewer, 'manageOwnTokens')
      const { name, scopes, expiresAt } = input
      return auth.accessTokens.create({ userId: viewer.userId, name, scopes, expiresAt: expiresAt ?? null })
    },
  }),
  revokeAccessToken: t.field({
    type: RevokeAccessTokenPayload,
    args: { input: t.arg({ type: RevokeAccessTokenInput, required: true }) },
    resolve: async (_root, { input }, { viewer, auth }) => {
      assertCan(viewer, 'manageOwnTokens')
      const tokenId = requireKey(input.accessToken, 'AccessToken')
      const accessToken = await auth.accessTokens.revoke(viewer.userId, tokenId)
      if (accessToken === null) throw new AppError('NOT_FOUND', 'There is no such access token.')
      return { accessToken }
    },
  }),
}))
