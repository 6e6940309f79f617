import { InvitationFields, MemberFields } from '#lib/domain/people/place.gql.ts'
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
          nodes {
            ...MemberList_member
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
        invitations @include(if: $isOwner) {
          ...InvitationList_invitation
        }
      }
    }
  `,
  [MemberFields, InvitationFields],
)
