import { InvitationFields, MemberFields } from '#lib/domain/people/place.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const GroupHead = graphql(`
  query GroupHead($path: String!) {
    group(path: $path) {
      id
      path
      viewerRole
      viewerMayCreateProjects
      projects(first: 100) {
        nodes {
          id
          path
          name
        }
      }
    }
  }
`)

export const GroupPeople = graphql(
  `
    query GroupPeople($path: String!, $isOwner: Boolean!, $after: String) {
      group(path: $path) {
        id
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
