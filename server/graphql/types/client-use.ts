// Who sends to a project, what becomes of it, and what clients get wrong.

import { CLIENT_ERROR_CODES, NO_PROJECT } from '../../domain/client-error.ts'
import { builder } from '../builder.ts'
import type { OutcomeCount } from '../read-outcomes.ts'
import type { ClientErrorRow, ClientSdkRow } from '../read-client-use.ts'
import { FrequencyPeriodEnum, FrequencyPointType } from './issue.ts'
import { ProjectNode } from './project.ts'

const OutcomeCountType = builder.objectRef<OutcomeCount>('OutcomeCount').implement({
  description: 'How many items of one category had one outcome in a period.',
  fields: (t) => ({
    outcome: t.exposeString('outcome', {
      description:
        '`accepted`, `sampled` (counted, not kept whole), `unsupported`, `dropped`, or `client_discarded`: dropped by the SDK itself, as it reports.',
    }),
    reason: t.string({
      nullable: true,
      description: 'Why it was dropped; null where the outcome says all.',
      resolve: ({ reason }) => reason || null,
    }),
    category: t.exposeString('category', {
      description: "Sentry's data category (`error`, `transaction`, ...), or the item's type where that has none.",
    }),
    quantity: t.expose('quantity', { type: 'BigInt' }),
    points: t.expose('points', {
      type: [FrequencyPointType],
      description: '24 hours or 30 days, the current one last.',
      complexity: { field: 1, multiplier: 5 },
    }),
  }),
})

const ClientSdk = builder.objectRef<ClientSdkRow>('ClientSdk').implement({
  description: 'A version of an SDK that sends to the project.',
  fields: (t) => ({
    name: t.exposeString('name'),
    version: t.string({ nullable: true, resolve: ({ version }) => version || null }),
    eventCount: t.expose('eventCount', { type: 'BigInt' }),
    firstSeenAt: t.expose('firstSeenAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime' }),
  }),
})

const ClientErrorCodeEnum = builder.enumType('ClientErrorCode', {
  values: Object.fromEntries(CLIENT_ERROR_CODES.map((code) => [code.toUpperCase(), { value: code }])),
})

const ClientError = builder.objectRef<ClientErrorRow>('ClientError').implement({
  description: 'What a client got wrong. The same mistake of the same SDK is one, and counts.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Tells it from the others of its list.' }),
    status: t.exposeInt('status', {
      description: 'The HTTP status of the answer; 200 where only an item of an envelope was dropped.',
    }),
    code: t.field({ type: ClientErrorCodeEnum, resolve: ({ code }) => code }),
    message: t.exposeString('message', { description: 'What the client was told.' }),
    sdk: t.exposeString('sdk', { nullable: true, description: '`sentry.python/1.21.0`, or the User-Agent.' }),
    address: t.exposeString('address', { nullable: true, description: "The client's, of the last time." }),
    count: t.expose('count', { type: 'BigInt' }),
    firstAt: t.expose('firstAt', { type: 'DateTime' }),
    lastAt: t.expose('lastAt', { type: 'DateTime' }),
  }),
})

builder.prismaObjectFields(ProjectNode, (t) => ({
  outcomes: t.field({
    type: [OutcomeCountType],
    access: 'readProject',
    description: 'What became of everything received, the largest first. A second late at most.',
    args: { period: t.arg({ type: FrequencyPeriodEnum, defaultValue: 'LAST_24_HOURS' }) },
    complexity: { field: 20, multiplier: 20 },
    resolve: ({ id }, { period }, { loaders }) => loaders.outcomes[period ?? 'LAST_24_HOURS'].load(id),
  }),
  clientSdks: t.field({
    type: [ClientSdk],
    access: 'readProject',
    description: 'Those seen last, a hundred at most, the latest first. Some seconds late.',
    complexity: { field: 10, multiplier: 20 },
    resolve: ({ id }, _args, { loaders }) => loaders.clientSdks.load(id),
  }),
  clientErrors: t.field({
    type: [ClientError],
    access: 'readProject',
    description: 'The last mistakes of clients, ten of each kind at most, the latest first. A second late at most.',
    complexity: { field: 10, multiplier: 20 },
    resolve: ({ id }, _args, { loaders }) => loaders.clientErrors.load(id),
  }),
}))

builder.queryField('clientErrors', (t) =>
  t.field({
    type: [ClientError],
    access: 'readEverything',
    description: "Mistakes of clients that name no project of ours. For the instance's owner.",
    complexity: { field: 10, multiplier: 20 },
    resolve: (_root, _args, { loaders }) => loaders.clientErrors.load(NO_PROJECT),
  }),
)
