// What an event tells about who met the error, and doing what.

import type { NormalizedRequest, NormalizedUser } from '../../domain/event.ts'
import { builder } from '../builder.ts'

export const EventUser = builder.objectRef<NormalizedUser>('EventUser').implement({
  fields: (t) => ({
    id: t.exposeString('id', { nullable: true, description: "The application's own id of the person." }),
    email: t.exposeString('email', { nullable: true }),
    username: t.exposeString('username', { nullable: true }),
    name: t.exposeString('name', { nullable: true }),
    ipAddress: t.exposeString('ipAddress', { nullable: true }),
  }),
})

const RequestHeader = builder.objectRef<[name: string, value: string]>('RequestHeader').implement({
  fields: (t) => ({
    name: t.string({ resolve: ([name]) => name }),
    value: t.string({ resolve: ([, value]) => value }),
  }),
})

export const EventRequest = builder.objectRef<NormalizedRequest>('EventRequest').implement({
  fields: (t) => ({
    method: t.exposeString('method', { nullable: true }),
    url: t.exposeString('url', { nullable: true, description: 'Without query and fragment.' }),
    query: t.exposeString('query', { nullable: true }),
    headers: t.expose('headers', { type: [RequestHeader], complexity: { field: 1, multiplier: 5 } }),
    cookies: t.string({
      nullable: true,
      description: 'As in the header: `name=value; name=value`.',
      resolve: ({ cookies }) => cookies.map(([name, value]) => `${name}=${value}`).join('; ') || null,
    }),
    data: t.expose('data', { type: 'JSON', nullable: true }),
    env: t.expose('env', { type: 'JSON', nullable: true }),
  }),
})
