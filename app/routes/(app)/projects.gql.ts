import { graphql } from '#lib/graphql/graphql.ts'

export const Projects = graphql(`
  query Projects($search: String, $first: Int!, $after: String) {
    projects(search: $search, first: $first, after: $after) {
      edges {
        node {
          id
          path
          name
          lastEventAt
          unresolvedCount
          errorTracking {
            enabled
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    instance {
      viewerMayCreateGroups
    }
    groups(first: 100) {
      nodes {
        path
        viewerMayCreateProjects
      }
    }
  }
`)

export const CreateProject = graphql(`
  mutation CreateProject($path: String!) {
    createProject(input: { path: $path }) {
      project {
        id
        path
      }
    }
  }
`)
