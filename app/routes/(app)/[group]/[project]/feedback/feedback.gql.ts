import { FeedbackFields } from '#lib/domain/FeedbackList.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const ProjectFeedback = graphql(
  `
    query ProjectFeedback($path: String!, $after: String) {
      project(path: $path) {
        id
        feedback(first: 50, after: $after) {
          nodes {
            ...FeedbackList_feedback
            issue {
              shortId
              title
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [FeedbackFields],
)
