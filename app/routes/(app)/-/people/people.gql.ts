import { graphql } from '#lib/graphql/graphql.ts'

export const People = graphql(`
  query People($search: String, $after: String) {
    instance {
      groupCreators
    }
    users(first: 50, search: $search, after: $after) {
      nodes {
        id
        email
        name
        isOwner
        createdAt
        disabledAt
        twoFactorEnabled
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export const DisableUser = graphql(`
  mutation DisableUser($user: ID!) {
    disableUser(input: { user: $user }) {
      user {
        id
      }
    }
  }
`)

export const EnableUser = graphql(`
  mutation EnableUser($user: ID!) {
    enableUser(input: { user: $user }) {
      user {
        id
      }
    }
  }
`)

export const CreatePasswordLink = graphql(`
  mutation CreatePasswordLink($user: ID!) {
    createPasswordLink(input: { user: $user }) {
      link
    }
  }
`)

export const DisableTwoFactor = graphql(`
  mutation DisableTwoFactor($user: ID!) {
    disableTwoFactor(input: { user: $user }) {
      user {
        id
        twoFactorEnabled
      }
    }
  }
`)

export const UpdateInstance = graphql(`
  mutation UpdateInstance($groupCreators: GroupCreators!) {
    updateInstance(input: { groupCreators: $groupCreators }) {
      instance {
        groupCreators
      }
    }
  }
`)
