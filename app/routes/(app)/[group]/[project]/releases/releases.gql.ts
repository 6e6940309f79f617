import { graphql } from '#lib/graphql/graphql.ts'

export const Releases = graphql(`
  query Releases(
    $path: String!
    $period: FrequencyPeriod!
    $environment: String
    $search: String
    $after: String
    $first: Int!
  ) {
    project(path: $path) {
      id
      environments
      sessionHealth(period: $period, environment: $environment) {
        sessions
        healthy
        errored
        unhandled
        abnormal
        crashed
        crashFreeSessions
        points {
          at
          sessions
          healthy
          errored
          unhandled
          abnormal
          crashed
        }
      }
      releases(first: $first, after: $after, period: $period, environment: $environment, search: $search) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          version
          environment
          firstSeenAt
          lastSeenAt
          sessions
          errored
          unhandled
          abnormal
          crashed
          users
          crashedUsers
          crashFreeSessions
          crashFreeUsers
          anrRate
          averageDurationMs
          adoption
          newIssueCount
          points {
            at
            sessions
            healthy
            errored
            unhandled
            abnormal
            crashed
          }
        }
      }
    }
  }
`)
