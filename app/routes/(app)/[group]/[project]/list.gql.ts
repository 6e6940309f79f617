import { IssueRowIssue } from '#lib/domain/IssueRow.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const IssueList = graphql(
  `
    query IssueList(
      $path: String!
      $query: String
      $status: IssueStatus
      $sort: IssueSort!
      $direction: SortDirection!
      $first: Int!
      $after: String
    ) {
      project(path: $path) {
        id
        issues(query: $query, status: $status, sort: $sort, direction: $direction, first: $first, after: $after) {
          edges {
            node {
              ...IssueRow_issue
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
  [IssueRowIssue],
)

export const IssueCounts = graphql(`
  query IssueCounts($path: String!) {
    project(path: $path) {
      id
      issueCounts {
        unresolved
        resolved
        ignored
      }
    }
  }
`)

export const ListChanges = graphql(
  `
    subscription ListChanges($project: ID!) {
      issueChanged(project: $project) {
        kind
        issue {
          ...IssueRow_issue
        }
      }
    }
  `,
  [IssueRowIssue],
)

/** What the first-event page needs besides: the DSN to fill in, for who may see it. */
export const FirstEvent = graphql(`
  query FirstEvent($path: String!, $mayManage: Boolean!) {
    project(path: $path) {
      id
      clientKeys @include(if: $mayManage) {
        id
        dsn
        active
      }
    }
  }
`)
