import { builder } from '../builder.ts'

const Instance = builder.objectRef<{ ownerExists: boolean; version: string }>('Instance').implement({
  description: 'This installation. Nothing here needs a sign-in.',
  fields: (t) => ({
    version: t.exposeString('version'),
    ownerExists: t.exposeBoolean('ownerExists', { description: 'False until the one-time link was used.' }),
  }),
})

builder.queryField('instance', (t) =>
  t.field({
    type: Instance,
    resolve: async (_root, _args, { auth, version }) => ({ version, ownerExists: await auth.owner.exists() }),
  }),
)
