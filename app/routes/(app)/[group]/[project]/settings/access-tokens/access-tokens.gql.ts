import { TokenFields } from '#lib/domain/tokens/tokens.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const ProjectTokens = graphql(
  `
    query ProjectTokens($path: String!) {
      project(path: $path) {
        id
        accessTokens {
          ...TokenLine_token
        }
      }
    }
  `,
  [TokenFields],
)
