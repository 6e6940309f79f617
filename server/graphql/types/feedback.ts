// What users said, on their issue and on the project as a whole: feedback that is about no known event is found there.

import type { Feedback } from '../../domain/feedback.ts'
import type { Page } from '../../domain/tracker.ts'
import { builder } from '../builder.ts'
import { encodeGlobalId } from '../global-id.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { readFeedback } from '../read-feedback.ts'
import { IssueNode } from './issue.ts'
import { ProjectNode } from './project.ts'

const ISSUE_ID_MAX = 2_147_483_647

export const FeedbackType = builder.objectRef<Feedback>('Feedback').implement({
  description: 'What a user says about an error.',
  fields: (t) => ({
    id: t.id({ resolve: ({ projectId, id }) => encodeGlobalId('Feedback', `${projectId}.${id}`) }),
    name: t.exposeString('name', { nullable: true }),
    email: t.exposeString('email', { nullable: true }),
    comments: t.exposeString('comments'),
    url: t.exposeString('url', {
      nullable: true,
      description: 'The page on which it was written, as the client says.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    eventId: t.exposeString('eventId', { nullable: true, description: '32 hex digits; null: about no event.' }),
    issue: t.field({
      type: IssueNode,
      nullable: true,
      description: 'null until its event is there, or when it is about none.',
      resolve: ({ projectId, issueId }, _args, { loaders }) =>
        issueId === null ? null : loaders.issue.load({ projectId, issueId }),
    }),
  }),
})

const FeedbackConnection = builder.connectionObject({ type: FeedbackType, name: 'FeedbackConnection' })

builder.objectField(IssueNode, 'feedback', (t) =>
  t.field({
    type: FeedbackConnection,
    description: 'What users said about it, the newest first.',
    args: pageArguments,
    // Not batched: one statement for each issue.
    complexity: (args) => ({ ...costOfPage(args), field: 20 }),
    resolve: async ({ projectId, id }, page, { database }) => {
      const request = readPageRequest(page)
      const issueId = Number(id)
      // A Sentry server keeps its own.
      const isOurs = Number.isSafeInteger(issueId) && issueId <= ISSUE_ID_MAX
      const nothing: Page<Feedback> = { items: [], hasNextPage: false }
      const found = isOurs ? await readFeedback(database.prisma, { projectId, issueId }, request) : nothing
      return toConnection(found, request)
    },
  }),
)

builder.prismaObjectFields(ProjectNode, (t) => ({
  feedback: t.field({
    type: FeedbackConnection,
    access: 'readIssues',
    description: 'All that users said, also about no known event; the newest first.',
    args: pageArguments,
    complexity: (args) => ({ ...costOfPage(args), field: 20 }),
    resolve: async ({ id }, page, { database }) => {
      const request = readPageRequest(page)
      return toConnection(await readFeedback(database.prisma, { projectId: id }, request), request)
    },
  }),
}))
