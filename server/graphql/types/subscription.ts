// The subscriptions. What they send is read fresh, once for all subscribers of the process.

import { ISSUE_CHANGE_KINDS, type IssueChangeKind } from '../../domain/change.ts'
import type { Issue } from '../../domain/issue.ts'
import { AppError } from '../../errors.ts'
import { builder } from '../builder.ts'
import { encodeGlobalId, formatIssueKey, parseIssueKey, requireKey } from '../global-id.ts'
import { guardSubscription } from '../guard-subscription.ts'
import { requireProject } from '../require-project.ts'
import { EventNode } from './event.ts'
import { IssueNode } from './issue.ts'

const IssueChangeKindEnum = builder.enumType('IssueChangeKind', { values: ISSUE_CHANGE_KINDS })

interface IssueChange {
  kind: IssueChangeKind
  issue: Issue
}

const IssueChangeType = builder.objectRef<IssueChange>('IssueChange').implement({
  fields: (t) => ({
    kind: t.expose('kind', { type: IssueChangeKindEnum }),
    issue: t.expose('issue', { type: IssueNode }),
  }),
})

builder.subscriptionFields((t) => ({
  eventReceived: t.field({
    type: EventNode,
    access: 'readIssues',
    description: 'Each event that is stored. Who lags by more than 1,000 loses the oldest.',
    args: { project: t.arg.id({ required: true }), issue: t.arg.id() },
    subscribe: async (_root, args, context) => {
      const projectId = await requireProject(context, args.project, 'readIssues')
      const issue = args.issue ? parseIssueKey(requireKey(args.issue, 'Issue')) : null
      if (args.issue && issue?.projectId !== projectId) {
        throw new AppError('NOT_FOUND', 'There is no such issue in this project.')
      }
      const { event } = context.sharedLoaders
      const keys = context.realtime.subscribeEvents({
        projectId,
        issueId: issue?.issueId ?? null,
        // All events of a batch are read with one statement. Who is sent one meets its failure then.
        prepare: (key) => void event.load(key).catch(() => undefined),
      })
      return guardSubscription(context, projectId, keys, (key) => event.load(key))
    },
    resolve: (event) => event,
  }),
  issueChanged: t.field({
    type: IssueChangeType,
    access: 'readIssues',
    description:
      'UPDATED is merged, for each issue, to at most four a second; CREATED, STATUS and REGRESSED are always sent.',
    args: { project: t.arg.id({ required: true }) },
    subscribe: async (_root, args, context) => {
      const projectId = await requireProject(context, args.project, 'readIssues')
      const source = context.realtime.subscribeIssues({ projectId })
      return guardSubscription(context, projectId, source, async ({ issueId, kind }) => {
        const issue = await context.sharedLoaders.issue.load({ projectId, issueId })
        return issue && toChange(issue, kind)
      })
    },
    resolve: (change) => change,
  }),
  issueDeleted: t.id({
    access: 'readIssues',
    description: 'The id of each issue that is deleted, with all its events.',
    args: { project: t.arg.id({ required: true }) },
    subscribe: async (_root, args, context) => {
      const projectId = await requireProject(context, args.project, 'readIssues')
      return guardSubscription(context, projectId, context.realtime.subscribeDeletions({ projectId }), (id) =>
        // An object: what is made of a message is kept by it, for who else is sent the same.
        Promise.resolve({ deletedId: encodeGlobalId('Issue', formatIssueKey({ projectId, id })) }),
      )
    },
    resolve: ({ deletedId }) => deletedId,
  }),
}))

const changes = new WeakMap<Issue, Map<IssueChangeKind, IssueChange>>()

/** The same object for all subscribers, so that they can share what is made of it. */
function toChange(issue: Issue, kind: IssueChangeKind): IssueChange {
  let ofIssue = changes.get(issue)
  if (ofIssue === undefined) changes.set(issue, (ofIssue = new Map()))
  let change = ofIssue.get(kind)
  if (change === undefined) ofIssue.set(kind, (change = { kind, issue }))
  return change
}
