// What one does to issues: set their status, delete them.

import { recordAudit } from '../../auth/audit.ts'
import { assertCan } from '../../auth/can.ts'
import type { Issue, IssueStatus } from '../../domain/issue.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { encodeGlobalId, formatIssueKey, parseIssueKey, requireKey } from '../global-id.ts'
import { PAGE_SIZE_MAX } from '../pages.ts'
import { IssueNode, IssueStatusEnum } from './issue.ts'

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
  for (const [projectId, issueIds] of projects) {
    const tracker = await context.loaders.trackerOf(projectId)
    const gone = await tracker.deleteIssues(projectId, issueIds)
    const groupId = (await context.loaders.project.load(projectId))?.groupId ?? null
    for (const id of gone) {
      const target = `issue ${id}`
      await recordAudit(context.database.prisma, context.actor, { action: 'issue.delete', target, groupId, projectId })
      deletedIds.push(encodeGlobalId('Issue', formatIssueKey({ projectId, id })))
    }
  }
  return deletedIds
}

/** @returns the issues that exist, project by project. All permissions are asked before anything is changed. */
async function setStatus(context: Context, globalIds: readonly string[], status: IssueStatus): Promise<Issue[]> {
  const projects = groupByProject(globalIds)
  for (const projectId of projects.keys()) assertCan(context.viewer, 'changeIssue', { projectId })
  const issues: Issue[] = []
  for (const [projectId, issueIds] of projects) {
    const tracker = await context.loaders.trackerOf(projectId)
    issues.push(...(await tracker.setStatus(projectId, issueIds, status)))
  }
  return issues
}

/** Each issue once. */
function groupByProject(globalIds: readonly string[]): Map<number, string[]> {
  const projects = new Map<number, Set<string>>()
  for (const globalId of globalIds) {
    const key = parseIssueKey(requireKey(globalId, 'Issue'))
    if (key === null) throw new AppError('NOT_FOUND', 'There is no such issue.')
    const issueIds = projects.get(key.projectId) ?? new Set()
    projects.set(key.projectId, issueIds.add(key.issueId))
  }
  return new Map([...projects].map(([projectId, issueIds]) => [projectId, [...issueIds]]))
}
