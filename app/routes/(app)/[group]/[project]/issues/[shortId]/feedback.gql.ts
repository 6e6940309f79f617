import { FeedbackFields } from '#lib/domain/FeedbackList.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const IssueFeedback = graphql(
  `
    query IssueFeedback($issue: ID!, $first: Int!) {
      issue(id: $issue) {
        id
        feedback(first: $first) {
          nodes {
            ...FeedbackList_feedback
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  `,
  [FeedbackFields],
)
