import { assertCan, can } from '../../auth/can.ts'
import { buildDsn, buildLegacyDsn, isKeyUsable } from '../../domain/client-key.ts'
import type { ClientKeySettings } from '../../domain/client-key-settings.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { requireSerial } from '../global-id.ts'
import { FrequencyPeriodEnum, FrequencyPointType } from './issue.ts'
import {
  createClientKey,
  deleteClientKey,
  rotateClientKey,
  updateClientKey,
} from '../../projects/change-client-keys.ts'

export const ClientKeyNode = builder.prismaNode('ClientKey', {
  id: { field: 'id' },
  access: { action: 'readSettings', projectId: ({ projectId }) => projectId },
  description: 'A public key with which SDKs may send to one project.',
  fields: (t) => ({
    number: t.exposeInt('id'),
    name: t.exposeString('name', { description: 'What people call it; may be empty.' }),
    publicKey: t.exposeString('publicKey'),
    dsn: t.string({
      resolve: ({ publicKey, projectId }, _args, { publicUrl }) => buildDsn(publicUrl(), publicKey, projectId),
    }),
    legacyDsn: t.string({
      description: 'With a secret, which nobody checks: for raven clients such as GitLab Runner, which insist on one.',
      resolve: ({ publicKey, projectId }, _args, { publicUrl }) => buildLegacyDsn(publicUrl(), publicKey, projectId),
    }),
    active: t.boolean({
      description: 'False also when it has expired.',
      resolve: (clientKey, _args, { now }) => isKeyUsable(clientKey, now()),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'At most 10 seconds late.' }),
    lastUsedSdk: t.exposeString('lastUsedSdk', { nullable: true, description: '`sentry.python/1.21.0`' }),
    lastUsedAddress: t.exposeString('lastUsedAddress', { nullable: true, description: "The client's." }),
    eventCount: t.field({
      type: 'BigInt',
      description: 'Events that were sent with it, whatever became of them. Some seconds late.',
      args: { period: t.arg({ type: FrequencyPeriodEnum, defaultValue: 'LAST_24_HOURS' }) },
      complexity: { field: 5, multiplier: 1 },
      resolve: async ({ id }, { period }, { loaders }) => {
        const points = await loaders.keyEvents[period ?? 'LAST_24_HOURS'].load(id)
        return points.reduce((sum, { count }) => sum + count, 0n)
      },
    }),
    frequency: t.field({
      type: [FrequencyPointType],
      description: 'The same in time: 24 hours or 30 days, the current one last.',
      args: { period: t.arg({ type: FrequencyPeriodEnum, defaultValue: 'LAST_24_HOURS' }) },
      complexity: { field: 5, multiplier: 1 },
      resolve: ({ id }, { period }, { loaders }) => loaders.keyEvents[period ?? 'LAST_24_HOURS'].load(id),
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    rotatedAt: t.expose('rotatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when another key is to be used instead.',
    }),
    eventsPerMinute: t.exposeInt('eventsPerMinute', {
      nullable: true,
      description: 'Its own soft limit, beside the project’s; null: none.',
    }),
    allowedOrigins: t.exposeStringList('allowedOrigins', {
      description: 'Pages that may use it, as `*.example.com`; empty: any. Programs that are no page always may.',
    }),
  }),
})

const CreateClientKeyInput = builder.inputType('CreateClientKeyInput', {
  fields: (t) => ({
    project: t.id({ required: true }),
    name: t.string(),
    publicKey: t.string({
      description:
        'One that comes from GitLab (`glet_...`) or Sentry, so that what is deployed keeps its DSN; else one is made.',
    }),
    eventsPerMinute: t.int(),
    allowedOrigins: t.stringList(),
    expiresAt: t.field({ type: 'DateTime', description: 'In the future; never, when it is not given.' }),
  }),
})
const UpdateClientKeyInput = builder.inputType('UpdateClientKeyInput', {
  description: 'What is not given stays as it is.',
  fields: (t) => ({
    clientKey: t.id({ required: true }),
    name: t.string(),
    active: t.boolean(),
    eventsPerMinute: t.int({ description: 'null: no limit of its own.' }),
    allowedOrigins: t.stringList({ description: 'Empty: any page.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'In the future; null: never.' }),
  }),
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
const UpdateClientKeyPayload = builder.objectRef<{ clientKey: ClientKeyRow }>('UpdateClientKeyPayload').implement({
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
      const projectId = requireSerial(input.project, 'Project')
      assertCan(context.viewer, 'manageProject', { projectId })
      return { clientKey: await createClientKey(context, projectId, input.publicKey, readSettings(input)) }
    },
  }),
  updateClientKey: t.field({
    type: UpdateClientKeyPayload,
    access: 'manageProject',
    args: { input: t.arg({ type: UpdateClientKeyInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const clientKey = await requireManagedKey(context, input.clientKey)
      return { clientKey: await updateClientKey(context, clientKey, readSettings(input)) }
    },
  }),
  rotateClientKey: t.field({
    type: RotateClientKeyPayload,
    access: 'manageProject',
    description: 'Makes a new key. The old one goes on for `graceSeconds`, so that every SDK can be changed in time.',
    args: { input: t.arg({ type: RotateClientKeyInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const clientKey = await requireManagedKey(context, input.clientKey)
      return rotateClientKey(context, clientKey, input.graceSeconds ?? 0)
    },
  }),
  deleteClientKey: t.field({
    type: DeleteClientKeyPayload,
    access: 'manageProject',
    args: { input: t.arg({ type: DeleteClientKeyInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const clientKey = await requireManagedKey(context, input.clientKey)
      await deleteClientKey(context, clientKey)
      return { clientKey }
    },
  }),
}))

/** Of `null` and not given, which GraphQL tells apart, only the limit and the expiry know the difference. */
function readSettings(input: {
  name?: string | null
  active?: boolean | null
  eventsPerMinute?: number | null
  allowedOrigins?: readonly string[] | null
  expiresAt?: Date | null
}): ClientKeySettings {
  const { name, active, eventsPerMinute, allowedOrigins, expiresAt } = input
  return {
    ...(name == null ? {} : { name }),
    ...(active == null ? {} : { active }),
    ...(eventsPerMinute === undefined ? {} : { eventsPerMinute }),
    ...(allowedOrigins == null ? {} : { allowedOrigins: [...allowedOrigins] }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

async function requireManagedKey({ viewer, database }: Context, globalId: string): Promise<ClientKeyRow> {
  const id = requireSerial(globalId, 'ClientKey')
  const clientKey = await database.prisma.clientKey.findUnique({ where: { id } })
  // In the same words, so that they do not tell that another project has it.
  if (clientKey === null || !can(viewer, 'findProject', clientKey)) {
    throw new AppError('NOT_FOUND', 'There is no such key.')
  }
  assertCan(viewer, 'manageProject', clientKey)
  return clientKey
}
