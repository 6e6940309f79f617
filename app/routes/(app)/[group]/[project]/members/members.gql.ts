import { InvitationFields, MemberPage } from '#lib/domain/people/place.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const Members = graphql(
  `
    query Members($path: String!, $isOwner: Boolean!, $after: String) {
      project(path: $path) {
        id
        group {
          id
          path
        }
        members(first: 100, after: $after) {
          ...MemberList_page
        }
        invitations @include(if: $isOwner) {
          ...InvitationList_invitation
        }
      }
    }
  `,
  [MemberPage, InvitationFields],
)
