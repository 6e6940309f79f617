import { graphql } from '#lib/graphql/graphql.ts'

export const IssueRowIssue = graphql(`
  fragment IssueRow_issue on Issue @_unmask {
    id
    shortId
    title
    type
    message
    culprit
    level
    status
    eventCount
    userCount
    firstSeenAt
    lastSeenAt
    firstRelease
    regressed
    frequency(period: LAST_24_HOURS) {
      at
      count
    }
  }
`)
