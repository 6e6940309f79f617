import { graphql } from '#lib/graphql/graphql.ts'

export const FeedbackFields = graphql(`
  fragment FeedbackList_feedback on Feedback @_unmask {
    id
    name
    email
    comments
    url
    createdAt
    eventId
    attachments {
      id
      name
      contentType
      type
      size
      downloadPath
    }
  }
`)
