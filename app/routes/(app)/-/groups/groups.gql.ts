import { OpenGroups } from '#lib/domain/open-groups.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const Groups = graphql(
  `
    query Groups($after: String) {
      page: groups(first: 50, after: $after) {
        nodes {
          id
          path
          viewerRole
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
