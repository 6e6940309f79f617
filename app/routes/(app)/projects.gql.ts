import { OpenGroups } from '#lib/domain/open-groups.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const Projects = graphql(
  `
    query Projects($search: String, $first: Int!, $after: String) {
      projects(search: $search, first: $first, after: $after) {
        edges {
          node {
            id
            path
            name
            lastEventAt
            unresolvedCount
            errorTracking {
              enabled
              hidden
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
      ...OpenGroups_query
    }
  `,
  [OpenGroups],
)
