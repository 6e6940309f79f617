import { graphql } from '#lib/graphql/graphql.ts'
import { AttachmentFields } from './event/AttachmentList.gql.ts'

export const FeedbackFields = graphql(
  `
    fragment FeedbackList_feedback on Feedback @_unmask {
      id
      name
      email
      comments
      url
      createdAt
      eventId
      attachments {
        ...AttachmentList_attachment
      }
    }
  `,
  [AttachmentFields],
)
