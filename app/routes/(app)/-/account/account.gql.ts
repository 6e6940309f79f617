import { graphql } from '#lib/graphql/graphql.ts'

export const Account = graphql(`
  query Account {
    viewer {
      id
      accessTokens {
        id
        name
        scopes
        createdAt
        lastUsedAt
        expiresAt
      }
    }
  }
`)

export const CreateAccessToken = graphql(`
  mutation CreateAccessToken($name: String!, $scopes: [String!]!, $expiresAt: DateTime) {
    createAccessToken(input: { name: $name, scopes: $scopes, expiresAt: $expiresAt }) {
      accessToken {
        id
        name
      }
      secret
    }
  }
`)

export const RevokeAccessToken = graphql(`
  mutation RevokeAccessToken($accessToken: ID!) {
    revokeAccessToken(input: { accessToken: $accessToken }) {
      accessToken {
        id
      }
    }
  }
`)
