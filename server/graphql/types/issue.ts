import { recordAudit } from '../../auth/audit.ts'
import { assertCan, can } from '../../auth/can.ts'
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
import {
  decodeGlobalId,
  encodeGlobalId,
  formatIssueKey,
  parseIssueKey,
  requireKey,
  type IssueKey,
} from '../global-id.ts'
import { costOfPage, PAGE_SIZE_MAX, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { EventNode } from './event.ts'
import { LevelEnum } from './level.ts'
import { ProjectNode } from './project.ts'

const IssueStatusEnum = builder.enumType('IssueStatus', { values: ISSUE_STATUSES })
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

const IssueInput = builder.inputType('IssueInput', { fields: (t) => ({ issue: t.id({ required: true }) }) })
const IssuePayload = builder.objectRef<{ issue: Issue }>('IssuePayload').implement({
  fields: (t) => ({ issue: t.expose('issue', { type: IssueNode }) }),
})
const UpdateIssuesInput = builder.inputType('UpdateIssuesInput', {
  fields: (t) => ({
    issues: t.idList({ required: true, description: `${PAGE_SIZE_MAX} at most.` }),
    status: t.field({ type: IssueStatusEnum, required: true }),
  }),
})
const UpdateIssuesPayload = builder.objectRef<{ issues: Issue[] }>('UpdateIssuesPayload').implement({
  fields: (t) => ({ issues: t.expose('issues', { type: [IssueNode], description: 'Those that exist.' }) }),
})

const STATUS_MUTATIONS = { resolveIssue: 'RESOLVED', ignoreIssue: 'IGNORED', unresolveIssue: 'UNRESOLVED' } as const

for (const [name, status] of Object.entries(STATUS_MUTATIONS)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: IssuePayload,
      access: 'changeIssue',
      args: { input: t.arg({ type: IssueInput, required: true }) },
      resolve: async (_root, { input }, context) => {
        const [issue] = await setStatus(context, [input.issue], status)
        if (issue === undefined) throw new AppError('NOT_FOUND', 'There is no such issue.')
        return { issue }
      },
    }),
  )
}

builder.mutationField('updateIssues', (t) =>
  t.field({
    type: UpdateIssuesPayload,
    access: 'changeIssue',
    description: 'Sets the status of several issues, of one project or of several.',
    args: { input: t.arg({ type: UpdateIssuesInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      if (input.issues.length > PAGE_SIZE_MAX) {
        throw new AppError('INVALID', `At most ${PAGE_SIZE_MAX} issues can be changed at once.`)
      }
      return { issues: await setStatus(context, input.issues, input.status) }
    },
  }),
)

const DeleteIssuesInput = builder.inputType('DeleteIssuesInput', {
  fields: (t) => ({ issues: t.idList({ required: true, description: `${PAGE_SIZE_MAX} at most.` }) }),
})
const DeleteIssuesPayload = builder.objectRef<{ deletedIds: string[] }>('DeleteIssuesPayload').implement({
  fields: (t) => ({
    deletedIds: t.idList({ description: 'Those that were there.', resolve: ({ deletedIds }) => deletedIds }),
  }),
})

builder.mutationField('deleteIssues', (t) =>
  t.field({
    type: DeleteIssuesPayload,
    access: 'deleteIssues',
    description: 'With all their events. The same error, when it comes again, is a new issue.',
    args: { input: t.arg({ type: DeleteIssuesInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      if (input.issues.length > PAGE_SIZE_MAX) {
        throw new AppError('INVALID', `At most ${PAGE_SIZE_MAX} issues can be deleted at once.`)
      }
      return { deletedIds: await deleteIssues(context, input.issues) }
    },
  }),
)

/** All permissions are asked before anything is deleted. */
async function deleteIssues(context: Context, globalIds: readonly string[]): Promise<string[]> {
  const projects = groupByProject(globalIds)
  for (const projectId of projects.keys()) assertCan(context.viewer, 'deleteIssues', { projectId })
  const deletedIds: string[] = []
  for (const [projectId, keys] of projects) {
    const tracker = await context.loaders.trackerOf(projectId)
    const gone = await tracker.deleteIssues(projectId, [...new Set(keys.map(({ issueId }) => issueId))])
    const groupId = (await context.loaders.project.load(projectId))?.groupId ?? null
    for (const id of gone) {
      const target = `issue ${id}`
      await recordAudit(context.database.prisma, context.actor, { action: 'issue.delete', target, groupId, projectId })
      deletedIds.push(encodeGlobalId('Issue', formatIssueKey({ projectId, id })))
    }
  }
  return deletedIds
}

/** @returns the issues that exist, in the order of `globalIds`. All permissions are asked before anything is changed. */
async function setStatus(context: Context, globalIds: readonly string[], status: IssueStatus): Promise<Issue[]> {
  const projects = groupByProject(globalIds)
  for (const projectId of projects.keys()) assertCan(context.viewer, 'changeIssue', { projectId })
  const changed = new Map<string, Issue>()
  for (const [projectId, ofProject] of projects) {
    const tracker = await context.loaders.trackerOf(projectId)
    const issueIds = [...new Set(ofProject.map(({ issueId }) => issueId))]
    for (const issue of await tracker.setStatus(projectId, issueIds, status)) changed.set(formatIssueKey(issue), issue)
  }
  return [...changed.values()]
}

function groupByProject(globalIds: readonly string[]): Map<number, IssueKey[]> {
  const keys = globalIds.map((globalId) => {
    const key = parseIssueKey(requireKey(globalId, 'Issue'))
    if (key === null) throw new AppError('NOT_FOUND', 'There is no such issue.')
    return key
  })
  return Map.groupBy(keys, ({ projectId }) => projectId)
}

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
