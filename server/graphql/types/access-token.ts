import { assertCan, can } from '../../auth/can.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { isUuid, requireKey, requireSerial } from '../global-id.ts'
import { RoleEnum } from './role.ts'

export const AccessTokenNode = builder.prismaNode('AccessToken', {
  id: { field: 'id' },
  access: { action: 'readOwnAccount' },
  fields: (t) => ({
    name: t.exposeString('name'),
    role: t.expose('role', { type: RoleEnum, nullable: true, description: 'Of a project’s token.' }),
    scopes: t.exposeStringList('scopes'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    createdBy: t.exposeString('createdBy', {
      nullable: true,
      description:
        'Who made it, as the audit log names them; null for the first start’s, and those of before this was kept.',
    }),
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
    project: t.id({ description: 'Makes a token of this project, that is nobody’s and sees nothing else.' }),
    role: t.field({ type: RoleEnum, description: 'What a project’s token may do there; not for other tokens.' }),
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
    access: 'manageOwnTokens',
    description: 'A personal one, or with `project` and `role` one of the project, which its owners may make.',
    args: { input: t.arg({ type: CreateAccessTokenInput, required: true }) },
    resolve: (_root, { input }, context) => {
      const { name, scopes, expiresAt = null } = input
      return context.auth.accessTokens.create({ ...findHolder(context, input), name, scopes, expiresAt }, context.actor)
    },
  }),
  revokeAccessToken: t.field({
    type: RevokeAccessTokenPayload,
    access: 'manageOwnTokens',
    args: { input: t.arg({ type: RevokeAccessTokenInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const tokenId = requireKey(input.accessToken, 'AccessToken')
      const holder = await findHolderOf(context, tokenId)
      const accessToken = holder && (await context.auth.accessTokens.revoke(holder, tokenId, context.actor))
      if (accessToken === null) throw new AppError('NOT_FOUND', 'There is no such access token.')
      return { accessToken }
    },
  }),
}))

function findHolder({ viewer }: Context, input: typeof CreateAccessTokenInput.$inferInput) {
  if (input.project == null) {
    assertCan(viewer, 'manageOwnTokens')
    if (input.role != null) throw new AppError('INVALID', 'Only a project’s token has a role: name the project.')
    return { userId: viewer.userId }
  }
  const projectId = requireSerial(input.project, 'Project')
  assertCan(viewer, 'manageTokens', { projectId })
  if (input.role == null) throw new AppError('INVALID', 'A project’s token has a role: name one.')
  return { projectId, role: input.role }
}

/** @returns null for what is neither one's own nor of a project that one owns. */
async function findHolderOf({ viewer, database }: Context, tokenId: string) {
  if (viewer?.kind !== 'person' || !isUuid(tokenId)) return null
  const token = await database.prisma.accessToken.findUnique({ where: { id: tokenId } })
  if (token === null) return null
  if (token.projectId === null) return token.userId === viewer.userId ? { userId: viewer.userId } : null
  return can(viewer, 'manageTokens', { projectId: token.projectId }) ? { projectId: token.projectId } : null
}
