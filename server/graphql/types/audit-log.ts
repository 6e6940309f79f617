import { can } from '../../auth/can.ts'
import type { Place } from '../../domain/place.ts'
import { encodeGlobalId } from '../global-id.ts'
import { toAuditLogKey, type AuditEntryRow } from '../list-audit-entries.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { GroupNode } from './group.ts'
import { ProjectNode } from './project.ts'

const AuditActorKindEnum = builder.enumType('AuditActorKind', {
  values: {
    PERSON: { value: 'person' },
    PROJECT_TOKEN: { value: 'project_token', description: 'A project’s access token, which is nobody’s.' },
    OPERATOR: { value: 'operator', description: 'Who runs the server: its first start, the command line.' },
  } as const,
})

const AuditChange = builder.objectRef<{ field: string; from: unknown; to: unknown }>('AuditChange').implement({
  fields: (t) => ({
    field: t.exposeString('field'),
    from: t.field({ type: 'JSON', nullable: true, resolve: ({ from }) => from ?? null }),
    to: t.field({ type: 'JSON', nullable: true, resolve: ({ to }) => to ?? null }),
  }),
})

const AuditEntry = builder.objectRef<AuditEntryRow>('AuditEntry').implement({
  description: 'Somebody changed people, keys, settings or tokens.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeGlobalId('AuditEntry', id) }),
    at: t.expose('at', { type: 'DateTime' }),
    action: t.exposeString('action', { description: '`client_key.create`, `member.add`, ...' }),
    target: t.exposeString('target', { description: 'What it was done to: a path, an address, a token’s name.' }),
    actorKind: t.field({
      type: AuditActorKindEnum,
      resolve: ({ actorKind }) => actorKind as 'person' | 'project_token' | 'operator',
    }),
    actor: t.exposeString('actorName', { description: 'The person’s address, or the token’s name, as it was then.' }),
    withToken: t.boolean({ description: 'Not in the browser.', resolve: ({ actorTokenId }) => actorTokenId !== null }),
    project: t.field({
      type: ProjectNode,
      nullable: true,
      description: 'To which it was done; null where it is gone, or not yours to see.',
      resolve: ({ projectId }, _args, { viewer, loaders }) =>
        projectId !== null && can(viewer, 'findProject', { projectId }) ? loaders.project.load(projectId) : null,
    }),
    address: t.exposeString('address', { nullable: true, description: 'The client’s.' }),
    changes: t.field({
      type: [AuditChange],
      description: 'The values before and after; never a secret.',
      resolve: ({ changes }) => Object.entries(changes).map(([field, { from, to }]) => ({ field, from, to })),
    }),
  }),
})
const AuditLog = builder.connectionObject({ type: AuditEntry, name: 'AuditLogConnection' })

const costOfLog = (args: Parameters<typeof costOfPage>[0]) => ({ ...costOfPage(args), field: 10 })

async function readLog({ loaders }: Context, place: Place | null, page: Parameters<typeof readPageRequest>[0]) {
  const request = readPageRequest(page)
  return toConnection(await loaders.auditLog.load(toAuditLogKey(place, request)), request)
}

builder.queryField('auditLog', (t) =>
  t.field({
    type: AuditLog,
    access: 'readEverything',
    description: 'Of the whole instance, the newest first.',
    args: pageArguments,
    complexity: costOfLog,
    resolve: (_root, page, context) => readLog(context, null, page),
  }),
)
builder.prismaObjectField(GroupNode, 'auditLog', (t) =>
  t.field({
    type: AuditLog,
    access: 'readGroupAuditLog',
    description: 'Of the group and its projects, the newest first.',
    args: pageArguments,
    complexity: costOfLog,
    resolve: ({ id }, page, context) => readLog(context, { groupId: id }, page),
  }),
)
builder.prismaObjectField(ProjectNode, 'auditLog', (t) =>
  t.field({
    type: AuditLog,
    access: 'readAuditLog',
    description: 'The newest first.',
    args: pageArguments,
    complexity: costOfLog,
    resolve: ({ id }, page, context) => readLog(context, { projectId: id }, page),
  }),
)
