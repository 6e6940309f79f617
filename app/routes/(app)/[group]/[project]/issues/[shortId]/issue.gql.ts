import { EventViewEvent } from '#lib/domain/event/EventView.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const IssueFields = graphql(`
  fragment IssuePage_issue on Issue @_unmask {
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
    lastRelease
    regressed
    externalUrl
  }
`)

/** With an event's id that event is shown, else the latest. */
export const IssuePage = graphql(
  `
    query IssuePage($path: String!, $shortId: String!, $event: ID!, $chosen: Boolean!) {
      project(path: $path) {
        id
        issue(shortId: $shortId) {
          ...IssuePage_issue
          oldestEvent {
            id
          }
          latestEvent @skip(if: $chosen) {
            ...EventView_event
          }
        }
      }
      node(id: $event) @include(if: $chosen) {
        ... on Event {
          ...EventView_event
          issue {
            id
          }
        }
      }
    }
  `,
  [IssueFields, EventViewEvent],
)

export const IssueAside = graphql(`
  query IssueAside($issue: ID!) {
    issue(id: $issue) {
      id
      hours: frequency(period: LAST_24_HOURS) {
        at
        count
      }
      days: frequency(period: LAST_30_DAYS) {
        at
        count
      }
      tags {
        key
        total
        values {
          value
          count
        }
      }
    }
  }
`)

export const IssueChanges = graphql(
  `
    subscription IssueChanges($project: ID!) {
      issueChanged(project: $project) {
        issue {
          ...IssuePage_issue
        }
      }
    }
  `,
  [IssueFields],
)
