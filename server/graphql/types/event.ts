import { formatDay } from '../../database/partitions.ts'
import type { EventBreadcrumb, EventProblem, Grouping, StoredEvent } from '../../domain/event.ts'
import { listRemarks, REMARK_KINDS, type EventRemark } from '../../domain/list-remarks.ts'
import { builder } from '../builder.ts'
import { formatEventKey } from '../global-id.ts'
import { EventRequest, EventUser } from './event-context.ts'
import { ExceptionType, Frame, Thread } from './exception.ts'
import { LevelEnum } from './level.ts'

const Tag = builder.objectRef<[key: string, value: string]>('Tag').implement({
  fields: (t) => ({
    key: t.string({ resolve: ([key]) => key }),
    value: t.string({ resolve: ([, value]) => value }),
  }),
})

const Sdk = builder.objectRef<NonNullable<StoredEvent['sdk']>>('Sdk').implement({
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true }),
    version: t.exposeString('version', { nullable: true }),
  }),
})

const Breadcrumb = builder.objectRef<EventBreadcrumb>('Breadcrumb').implement({
  fields: (t) => ({
    timestamp: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ timestampMs }) => (timestampMs === null ? null : new Date(timestampMs)),
    }),
    type: t.exposeString('type', { nullable: true }),
    category: t.exposeString('category', { nullable: true }),
    level: t.expose('level', { type: LevelEnum, nullable: true }),
    message: t.exposeString('message', { nullable: true }),
    data: t.expose('data', { type: 'JSON', nullable: true }),
  }),
})

const EventProblemType = builder.objectRef<EventProblem>('EventProblem').implement({
  description: 'What was wrong with the event as it was sent, and was cut, corrected or dropped.',
  fields: (t) => ({
    type: t.exposeString('type'),
    name: t.exposeString('name', { nullable: true, description: "The field's path, dotted." }),
    value: t.field({ type: 'JSON', nullable: true, resolve: ({ value }) => value ?? null }),
  }),
})

const EventRemarkType = builder.objectRef<EventRemark>('EventRemark').implement({
  description: 'A value that is not as it was sent, and the rule that changed it.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'In the payload as Sentry has it, dotted: `request.headers.X-Token`, `exception.values.0.value`.',
    }),
    rule: t.exposeString('rule', { description: '`@password:filter`, `strip-fields`, `!limit`, ... or an SDK’s own.' }),
    kind: t.expose('kind', { type: builder.enumType('EventRemarkKind', { values: REMARK_KINDS }) }),
    originalLength: t.exposeInt('originalLength', {
      nullable: true,
      description: 'Of a text in characters, of a list in members, where it was cut.',
    }),
  }),
})

const GroupingPart = builder.objectRef<Grouping['parts'][number]>('GroupingPart').implement({
  fields: (t) => ({ label: t.exposeString('label'), value: t.exposeString('value') }),
})

const EventGrouping = builder.objectRef<Grouping>('EventGrouping').implement({
  description: 'Why the event belongs to its issue.',
  fields: (t) => ({
    version: t.exposeInt('version'),
    strategy: t.exposeString('strategy'),
    hash: t.exposeString('hash'),
    otherHash: t.string({
      nullable: true,
      description:
        "Over all frames, where the hash is over the program's own. Events that have either in common are one issue.",
      resolve: ({ otherHash }) => otherHash ?? null,
    }),
    parts: t.expose('parts', { type: [GroupingPart], description: 'What was hashed, in its order.' }),
  }),
})

export const EventNode = builder.node(builder.objectRef<StoredEvent>('Event'), {
  access: { action: 'readIssues', projectId: ({ projectId }) => projectId },
  id: {
    resolve: ({ projectId, receivedAtMs, eventId }) =>
      formatEventKey({ projectId, day: formatDay(receivedAtMs), eventId }),
  },
  description: 'One occurrence of an error or message, as received.',
  fields: (t) => ({
    eventId: t.exposeString('eventId', { description: '32 hex digits.' }),
    timestamp: t.field({ type: 'DateTime', resolve: ({ timestampMs }) => new Date(timestampMs) }),
    receivedAt: t.field({ type: 'DateTime', resolve: ({ receivedAtMs }) => new Date(receivedAtMs) }),
    level: t.expose('level', { type: LevelEnum }),
    platform: t.exposeString('platform', { nullable: true }),
    environment: t.exposeString('environment', { nullable: true }),
    release: t.exposeString('release', { nullable: true }),
    dist: t.exposeString('dist', { nullable: true }),
    transaction: t.exposeString('transaction', { nullable: true }),
    serverName: t.exposeString('serverName', { nullable: true }),
    title: t.exposeString('title'),
    message: t.string({ nullable: true, resolve: ({ message }) => message?.formatted ?? null }),
    exceptions: t.field({
      type: [ExceptionType],
      complexity: { field: 1, multiplier: 2 },
      description: 'The thrown one first, then its causes.',
      resolve: ({ exceptions }) => exceptions.toReversed(),
    }),
    stacktrace: t.field({
      type: [Frame],
      complexity: { field: 1, multiplier: 5 },
      description: 'A stack that belongs to no exception and no thread, the innermost call first.',
      resolve: ({ stacktrace }) => stacktrace?.frames.toReversed() ?? [],
    }),
    threads: t.expose('threads', { type: [Thread], complexity: { field: 1, multiplier: 2 } }),
    breadcrumbs: t.expose('breadcrumbs', {
      type: [Breadcrumb],
      description: 'As they happened, oldest first.',
      complexity: { field: 1, multiplier: 5 },
    }),
    tags: t.expose('tags', { type: [Tag], complexity: { field: 1, multiplier: 5 } }),
    user: t.expose('user', { type: EventUser, nullable: true }),
    request: t.expose('request', { type: EventRequest, nullable: true }),
    contexts: t.expose('contexts', { type: 'JSON', nullable: true }),
    extra: t.expose('extra', { type: 'JSON', nullable: true }),
    modules: t.expose('modules', { type: 'JSON', nullable: true }),
    sdk: t.expose('sdk', { type: Sdk, nullable: true }),
    errors: t.expose('errors', { type: [EventProblemType] }),
    remarks: t.field({
      type: [EventRemarkType],
      description: 'What was hidden, removed or cut, in the order of the payload; 200 at most.',
      resolve: ({ meta }) => listRemarks(meta),
    }),
    grouping: t.expose('grouping', { type: EventGrouping }),
    json: t.field({ type: 'JSON', description: 'The stored event, whole.', resolve: (event) => event }),
  }),
})

builder.objectFields(EventNode, (t) => ({
  previous: t.field({
    type: EventNode,
    nullable: true,
    description: 'The event of the same issue that was received just before.',
    complexity: { field: 20, multiplier: 1 },
    resolve: async (event, _args, { loaders }) =>
      (await loaders.trackerOf(event.projectId)).neighbourEvent(event, 'previous'),
  }),
  next: t.field({
    type: EventNode,
    nullable: true,
    description: 'The event of the same issue that was received just after.',
    complexity: { field: 20, multiplier: 1 },
    resolve: async (event, _args, { loaders }) =>
      (await loaders.trackerOf(event.projectId)).neighbourEvent(event, 'next'),
  }),
}))
