import { can } from '../../auth/can.ts'
import {
  FREQUENCY_PERIODS,
  ISSUE_SORTS,
  ISSUE_STATUSES,
  SORT_DIRECTIONS,
  type FrequencyPoint,
  type Issue,
  type IssueStatus,
} from '../../domain/issue.ts'
import type { TagFacet } from '../../domain/tracker.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { decodeGlobalId, formatIssueKey, parseIssueKey, type IssueKey } from '../global-id.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { EventNode } from './event.ts'
import { LevelEnum } from './level.ts'
import { ProjectNode } from './project.ts'

export const IssueStatusEnum = builder.enumType('IssueStatus', { values: ISSUE_STATUSES })
const IssueSortEnum = builder.enumType('IssueSort', { values: ISSUE_SORTS })
const SortDirectionEnum = builder.enumType('SortDirection', { values: SORT_DIRECTIONS })
export const FrequencyPeriodEnum = builder.enumType('FrequencyPeriod', { values: FREQUENCY_PERIODS })

export const FrequencyPointType = builder.objectRef<FrequencyPoint>('FrequencyPoint').implement({
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The start of the hour, or of the UTC day.' }),
    count: t.expose('count', { type: 'BigInt' }),
  }),
})

const TagFacetValue = builder.objectRef<TagFacet['values'][number]>('TagFacetValue').implement({
  fields: (t) => ({
    value: t.exposeString('value', { description: 'Empty for all values that are not told apart any more.' }),
    count: t.expose('count', { type: 'BigInt' }),
  }),
})

const TagFacetType = builder.objectRef<TagFacet>('TagFacet').implement({
  description: 'How often the values of one tag were seen in an issue.',
  fields: (t) => ({
    key: t.exposeString('key'),
    total: t.expose('total', { type: 'BigInt' }),
    values: t.expose('values', { type: [TagFacetValue], description: 'The ten most frequent ones.' }),
  }),
})

export const IssueNode = builder.node(builder.objectRef<Issue>('Issue'), {
  id: { resolve: formatIssueKey },
  access: { action: 'readIssues', projectId: ({ projectId }) => projectId },
  description: 'All events that are taken for the same problem.',
  fields: (t) => ({
    project: t.field({
      type: ProjectNode,
      resolve: ({ projectId }, _args, context) => requireProject(context, projectId),
    }),
    shortId: t.exposeString('shortId'),
    title: t.exposeString('title'),
    type: t.exposeString('type', { nullable: true, description: "The exception's type; null for messages." }),
    message: t.exposeString('message', { nullable: true }),
    culprit: t.string({ nullable: true, resolve: ({ culprit }) => culprit || null }),
    level: t.expose('level', { type: LevelEnum }),
    platform: t.exposeString('platform', { nullable: true }),
    status: t.expose('status', { type: IssueStatusEnum }),
    eventCount: t.expose('eventCount', { type: 'BigInt' }),
    userCount: t.expose('userCount', { type: 'BigInt' }),
    firstSeenAt: t.expose('firstSeenAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime' }),
    firstRelease: t.exposeString('firstRelease', { nullable: true }),
    lastRelease: t.exposeString('lastRelease', { nullable: true, description: 'That of the event received last.' }),
    regressed: t.exposeBoolean('regressed', { description: 'It was resolved, and happened again.' }),
    externalUrl: t.exposeString('externalUrl', {
      nullable: true,
      description: "The issue's page, on a Sentry server.",
    }),
    frequency: t.field({
      type: [FrequencyPointType],
      description: '24 hours or 30 days, the current one last; those without events have a 0.',
      args: { period: t.arg({ type: FrequencyPeriodEnum, defaultValue: 'LAST_24_HOURS' }) },
      complexity: { field: 5, multiplier: 1 },
      resolve: (issue, { period }, { loaders }) => loaders.frequency[period ?? 'LAST_24_HOURS'].load(toKey(issue)),
    }),
    tags: t.field({
      type: [TagFacetType],
      complexity: { field: 10, multiplier: 1 },
      resolve: (issue, _args, { loaders }) => loaders.tagFacets.load(toKey(issue)),
    }),
    latestEvent: t.field({
      type: EventNode,
      nullable: true,
      complexity: { field: 5, multiplier: 1 },
      resolve: (issue, _args, { loaders }) => loaders.latestEvent.load(toKey(issue)),
    }),
    oldestEvent: t.field({
      type: EventNode,
      nullable: true,
      description: 'Of those that are still kept.',
      complexity: { field: 20, multiplier: 1 },
      resolve: async ({ projectId, id }, _args, { loaders }) =>
        (await loaders.trackerOf(projectId)).oldestEvent(projectId, id),
    }),
    events: t.field({
      type: EventConnection,
      description: 'In the order in which they were received, the newest first.',
      args: pageArguments,
      // Not batched: a list of issues with their events is a statement or two for each issue.
      complexity: (args) => ({ ...costOfPage(args), field: 200 }),
      resolve: async ({ projectId, id }, page, { loaders }) => {
        const request = readPageRequest(page)
        return toConnection(await (await loaders.trackerOf(projectId)).listEvents(projectId, id, request), request)
      },
    }),
  }),
})

const EventConnection = builder.connectionObject({ type: EventNode, name: 'EventConnection' })
const IssueConnection = builder.connectionObject({ type: IssueNode, name: 'IssueConnection' })

const IssueCounts = builder.objectRef<Record<IssueStatus, number>>('IssueCounts').implement({
  fields: (t) => ({
    unresolved: t.exposeInt('UNRESOLVED'),
    resolved: t.exposeInt('RESOLVED'),
    ignored: t.exposeInt('IGNORED'),
  }),
})

builder.prismaObjectFields(ProjectNode, (t) => ({
  issues: t.field({
    type: IssueConnection,
    access: 'readIssues',
    args: {
      ...pageArguments,
      query: t.arg.string({ description: 'Words that must all occur in the title or culprit.' }),
      status: t.arg({ type: IssueStatusEnum, description: 'null: every status.' }),
      sort: t.arg({ type: IssueSortEnum, defaultValue: 'LAST_SEEN' }),
      direction: t.arg({ type: SortDirectionEnum, defaultValue: 'DESC' }),
    },
    complexity: costOfPage,
    resolve: async ({ id, backend }, { query, status, sort, direction, ...page }, { trackerOf }) => {
      const request = readPageRequest(page)
      const wanted = {
        search: query ?? null,
        status: status ?? null,
        sort: sort ?? 'LAST_SEEN',
        direction: direction ?? 'DESC',
      }
      return toConnection(await trackerOf(backend).listIssues(id, wanted, request), request)
    },
  }),
  issue: t.field({
    type: IssueNode,
    access: 'readIssues',
    nullable: true,
    args: {
      shortId: t.arg.string({
        required: true,
        description: 'In any letter case; also one from before the project was moved.',
      }),
    },
    resolve: ({ id, backend }, { shortId }, { trackerOf }) => trackerOf(backend).findIssueByShortId(id, shortId),
  }),
  issueCounts: t.field({
    type: IssueCounts,
    access: 'readIssues',
    complexity: { field: 5, multiplier: 1 },
    resolve: ({ id, backend }, _args, { trackerOf }) => trackerOf(backend).countIssues(id),
  }),
}))

builder.objectField(EventNode, 'issue', (t) =>
  t.field({
    type: IssueNode,
    resolve: async ({ projectId, issueId }, _args, { loaders }) => {
      const issue = await loaders.issue.load({ projectId, issueId })
      if (issue === null) throw new AppError('NOT_FOUND', "The event's issue is gone.")
      return issue
    },
  }),
)

builder.queryField('issue', (t) =>
  t.field({
    type: IssueNode,
    access: 'readIssues',
    nullable: true,
    description: 'null when absent, or not yours to see.',
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { viewer, loaders }) => {
      const key = findIssueKey(id)
      return key !== null && can(viewer, 'readIssues', key) ? loaders.issue.load(key) : null
    },
  }),
)

function findIssueKey(globalId: string): IssueKey | null {
  const decoded = decodeGlobalId(globalId)
  return decoded?.typename === 'Issue' ? parseIssueKey(decoded.id) : null
}

function toKey({ projectId, id }: Issue): IssueKey {
  return { projectId, issueId: id }
}

async function requireProject({ loaders }: Context, projectId: number) {
  const project = await loaders.project.load(projectId)
  if (project === null) throw new AppError('NOT_FOUND', 'There is no such project.')
  return project
}
