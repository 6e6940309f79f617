import { can } from '../../auth/can.ts'
import { changeGroupCreators, GROUP_CREATORS, readGroupCreators } from '../../auth/instance-settings.ts'
import { builder } from '../builder.ts'

const GroupCreatorsEnum = builder.enumType('GroupCreators', { values: GROUP_CREATORS })

const Instance = builder.objectRef<object>('Instance').implement({
  description: 'This installation. What has no rule of its own needs no sign-in.',
  fields: (t) => ({
    version: t.string({ resolve: (_instance, _args, { version }) => version }),
    mail: t.boolean({
      description: 'Whether mail can be sent: SMTP_URL is set.',
      resolve: (_instance, _args, { mail }) => mail.isOn,
    }),
    signInProvider: t.string({
      nullable: true,
      description: 'Of the OpenID Connect provider by which people may sign in, its name; null where there is none.',
      resolve: (_instance, _args, { auth }) => auth.oidc?.name ?? null,
    }),
    ownerExists: t.boolean({
      description: 'False until the one-time link was used.',
      resolve: (_instance, _args, { auth }) => auth.owner.exists(),
    }),
    groupCreators: t.field({
      type: GroupCreatorsEnum,
      access: 'readInstance',
      description: 'Who may create groups, beside the instance’s owner.',
      resolve: (_instance, _args, { database }) => readGroupCreators(database.prisma),
    }),
    viewerMayCreateGroups: t.boolean({ resolve: (_instance, _args, { viewer }) => can(viewer, 'createGroup') }),
  }),
})

builder.queryField('instance', (t) => t.field({ type: Instance, access: 'anybody', resolve: () => ({}) }))

const UpdateInstanceInput = builder.inputType('UpdateInstanceInput', {
  fields: (t) => ({ groupCreators: t.field({ type: GroupCreatorsEnum, required: true }) }),
})
const UpdateInstancePayload = builder.objectRef<object>('UpdateInstancePayload').implement({
  fields: (t) => ({ instance: t.field({ type: Instance, resolve: () => ({}) }) }),
})

builder.mutationField('updateInstance', (t) =>
  t.field({
    type: UpdateInstancePayload,
    access: 'manageInstance',
    args: { input: t.arg({ type: UpdateInstanceInput, required: true }) },
    resolve: async (_root, { input }, { database, publish, actor }) => {
      await changeGroupCreators({ prisma: database.prisma, publish }, actor, input.groupCreators)
      return {}
    },
  }),
)
