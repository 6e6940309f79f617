import { recordAudit } from '../../auth/audit.ts'
import { assertCan } from '../../auth/can.ts'
import type { Prisma } from '../../database/generated/client.ts'
import type { AuditedChange } from '../../domain/audit.ts'
import { abbreviateKey, buildDsn, makePublicKey } from '../../domain/client-key.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { parseSerial, requireKey } from '../global-id.ts'

export const ClientKeyNode = builder.prismaNode('ClientKey', {
  id: { field: 'id' },
  access: { action: 'readSettings', projectId: ({ projectId }) => projectId },
  description: 'A public key with which SDKs may send to one project.',
  fields: (t) => ({
    number: t.exposeInt('id'),
    publicKey: t.exposeString('publicKey'),
    dsn: t.string({
      resolve: ({ publicKey, projectId }, _args, { publicUrl }) => buildDsn(publicUrl(), publicKey, projectId),
    }),
    active: t.boolean({
      description: 'False also when it has expired.',
      resolve: ({ active, expiresAt }, _args, { now }) => active && (expiresAt === null || expiresAt.getTime() > now()),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'At most 10 seconds late.' }),
    lastUsedSdk: t.exposeString('lastUsedSdk', { nullable: true, description: '`sentry.python/1.21.0`' }),
    lastUsedAddress: t.exposeString('lastUsedAddress', { nullable: true, description: "The client's." }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
  }),
})

const GRACE_SECONDS_MAX = 365 * 24 * 60 * 60
/** A project with more than this has a script gone wild. */
const KEYS_MAX = 1_000

const CreateClientKeyInput = builder.inputType('CreateClientKeyInput', {
  fields: (t) => ({ project: t.id({ required: true }) }),
})
const RotateClientKeyInput = builder.inputType('RotateClientKeyInput', {
  fields: (t) => ({
    clientKey: t.id({ required: true }),
    graceSeconds: t.int({ defaultValue: 0, description: 'How long the old key still works; 0: it ends at once.' }),
  }),
})
const DeleteClientKeyInput = builder.inputType('DeleteClientKeyInput', {
  fields: (t) => ({ clientKey: t.id({ required: true }) }),
})

type ClientKeyRow = typeof ClientKeyNode.$inferType

const CreateClientKeyPayload = builder.objectRef<{ clientKey: ClientKeyRow }>('CreateClientKeyPayload').implement({
  fields: (t) => ({ clientKey: t.expose('clientKey', { type: ClientKeyNode }) }),
})
const RotateClientKeyPayload = builder
  .objectRef<{ newKey: ClientKeyRow; oldKey: ClientKeyRow }>('RotateClientKeyPayload')
  .implement({
    fields: (t) => ({
      newKey: t.expose('newKey', { type: ClientKeyNode }),
      oldKey: t.expose('oldKey', { type: ClientKeyNode }),
    }),
  })
const DeleteClientKeyPayload = builder.objectRef<{ clientKey: ClientKeyRow }>('DeleteClientKeyPayload').implement({
  fields: (t) => ({ clientKey: t.expose('clientKey', { type: ClientKeyNode, description: 'As it was.' }) }),
})

builder.mutationFields((t) => ({
  createClientKey: t.field({
    type: CreateClientKeyPayload,
    access: 'manageProject',
    args: { input: t.arg({ type: CreateClientKeyInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const projectId = parseSerial(requireKey(input.project, 'Project')) ?? 0
      assertCan(context.viewer, 'manageProject', { projectId })
      const { prisma } = context.database
      const project = await context.loaders.project.load(projectId)
      if (project === null) throw new AppError('NOT_FOUND', 'There is no such project.')
      if ((await prisma.clientKey.count({ where: { projectId } })) >= KEYS_MAX) {
        throw new AppError('CONFLICT', `A project can have ${KEYS_MAX} keys. Delete those that are not in use.`)
      }
      const clientKey = await prisma.$transaction(async (transaction) => {
        const created = await transaction.clientKey.create({ data: { projectId, publicKey: makePublicKey() } })
        await recordKeyChange(context, transaction, 'client_key.create', created)
        return created
      })
      context.publish([{ type: 'project', projectId }])
      return { clientKey }
    },
  }),
  rotateClientKey: t.field({
    type: RotateClientKeyPayload,
    access: 'manageProject',
    description: 'Makes a new key. The old one goes on for `graceSeconds`, so that every SDK can be changed in time.',
    args: { input: t.arg({ type: RotateClientKeyInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const graceSeconds = input.graceSeconds ?? 0
      if (graceSeconds < 0 || graceSeconds > GRACE_SECONDS_MAX) {
        throw new AppError('INVALID', `"graceSeconds" must be between 0 and ${GRACE_SECONDS_MAX}, a year.`)
      }
      const { id, projectId } = await requireManagedKey(context, input.clientKey)
      const payload = await context.database.prisma.$transaction(async (transaction) => {
        const now = new Date(context.now())
        const { count } = await transaction.clientKey.updateMany({
          where: { id, active: true, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
          data: { active: graceSeconds > 0, expiresAt: new Date(now.getTime() + graceSeconds * 1000) },
        })
        if (count === 0) throw new AppError('CONFLICT', 'This key is no longer active.')
        const newKey = await transaction.clientKey.create({ data: { projectId, publicKey: makePublicKey() } })
        const oldKey = await transaction.clientKey.findUniqueOrThrow({ where: { id } })
        await recordKeyChange(context, transaction, 'client_key.rotate', oldKey, {
          newKey: { to: abbreviateKey(newKey.publicKey) },
          graceSeconds: { to: graceSeconds },
        })
        return { newKey, oldKey }
      })
      context.publish([{ type: 'project', projectId }])
      return payload
    },
  }),
  deleteClientKey: t.field({
    type: DeleteClientKeyPayload,
    access: 'manageProject',
    args: { input: t.arg({ type: DeleteClientKeyInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const clientKey = await requireManagedKey(context, input.clientKey)
      const { id, projectId } = clientKey
      await context.database.prisma.$transaction(async (transaction) => {
        const { count } = await transaction.clientKey.deleteMany({ where: { id } })
        if (count === 0) throw new AppError('NOT_FOUND', 'There is no such key.')
        await recordKeyChange(context, transaction, 'client_key.delete', clientKey)
      })
      context.publish([{ type: 'project', projectId }])
      return { clientKey }
    },
  }),
}))

async function recordKeyChange(
  { loaders, actor }: Context,
  transaction: Prisma.TransactionClient,
  action: AuditedChange['action'],
  { projectId, publicKey }: ClientKeyRow,
  changes?: AuditedChange['changes'],
): Promise<void> {
  const groupId = (await loaders.project.load(projectId))?.groupId ?? null
  await recordAudit(transaction, actor, { action, target: abbreviateKey(publicKey), projectId, groupId, changes })
}

async function requireManagedKey({ viewer, database }: Context, globalId: string): Promise<ClientKeyRow> {
  const id = parseSerial(requireKey(globalId, 'ClientKey')) ?? 0
  const clientKey = await database.prisma.clientKey.findUnique({ where: { id } })
  if (clientKey === null) throw new AppError('NOT_FOUND', 'There is no such key.')
  assertCan(viewer, 'manageProject', clientKey)
  return clientKey
}
