import { graphql } from '#lib/graphql/graphql.ts'

export const MemberFields = graphql(`
  fragment MemberList_member on Member @_unmask {
    role
    since
    source
    user {
      id
      email
      name
    }
  }
`)

export const MemberPage = graphql(
  `
    fragment MemberList_page on MemberConnection @_unmask {
      nodes {
        ...MemberList_member
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  `,
  [MemberFields],
)

export const InvitationFields = graphql(`
  fragment InvitationList_invitation on Invitation @_unmask {
    id
    email
    role
    invitedBy
    createdAt
    expiresAt
  }
`)

export const SetMember = graphql(`
  mutation SetMember($input: SetMemberInput!) {
    setMember(input: $input) {
      __typename
    }
  }
`)

export const RemoveMember = graphql(`
  mutation RemoveMember($input: RemoveMemberInput!) {
    removeMember(input: $input) {
      __typename
    }
  }
`)

export const CreateInvitation = graphql(`
  mutation CreateInvitation($input: CreateInvitationInput!) {
    createInvitation(input: $input) {
      link
      mailed
    }
  }
`)

export const RevokeInvitation = graphql(`
  mutation RevokeInvitation($invitation: ID!) {
    revokeInvitation(input: { invitation: $invitation }) {
      invitation {
        id
      }
    }
  }
`)
