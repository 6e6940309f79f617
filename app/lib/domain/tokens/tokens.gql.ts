import { graphql } from '#lib/graphql/graphql.ts'

export const TokenFields = graphql(`
  fragment TokenLine_token on AccessToken @_unmask {
    id
    name
    role
    scopes
    createdAt
    createdBy
    lastUsedAt
    expiresAt
  }
`)

export const CreateAccessToken = graphql(`
  mutation CreateAccessToken($input: CreateAccessTokenInput!) {
    createAccessToken(input: $input) {
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
