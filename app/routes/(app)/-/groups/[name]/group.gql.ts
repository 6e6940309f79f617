import { InvitationFields, MemberPage } from '#lib/domain/people/place.gql.ts'
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
        pageInfo {
          hasNextPage
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

export const RenameGroup = graphql(`
  mutation RenameGroup($group: ID!, $path: String!) {
    renameGroup(input: { group: $group, path: $path }) {
      group {
        id
        path
      }
    }
  }
`)

export const DeleteGroup = graphql(`
  mutation DeleteGroup($group: ID!, $path: String!) {
    deleteGroup(input: { group: $group, path: $path }) {
      deletedId
    }
  }
`)
