import { builder } from '../builder.ts'

const Instance = builder.objectRef<{ mail: boolean; ownerExists: boolean; version: string }>('Instance').implement({
  description: 'This installation. Nothing here needs a sign-in.',
  fields: (t) => ({
    version: t.exposeString('version'),
    mail: t.exposeBoolean('mail', { description: 'Whether mail can be sent: SMTP_URL is set.' }),
    ownerExists: t.exposeBoolean('ownerExists', { description: 'False until the one-time link was used.' }),
  }),
})

builder.queryField('instance', (t) =>
  t.field({
    type: Instance,
    access: 'anybody',
    resolve: async (_root, _args, { auth, mail, version }) => ({
      version,
      mail: mail.isOn,
      ownerExists: await auth.owner.exists(),
    }),
  }),
)
