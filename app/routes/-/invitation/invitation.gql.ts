import { graphql } from '#lib/graphql/graphql.ts'

export const OpenInvitation = graphql(`
  query OpenInvitation($token: String!) {
    viewer {
      id
      email
    }
    invitation(token: $token) {
      path
      role
      email
      invitedBy
      expiresAt
    }
  }
`)

export const AcceptInvitation = graphql(`
  mutation AcceptInvitation($token: String!) {
    acceptInvitation(input: { token: $token }) {
      __typename
    }
  }
`)
