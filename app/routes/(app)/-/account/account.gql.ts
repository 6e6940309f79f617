import { TokenFields } from '#lib/domain/tokens/tokens.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const Account = graphql(
  `
    query Account {
      viewer {
        id
        accessTokens {
          ...TokenLine_token
        }
      }
    }
  `,
  [TokenFields],
)
