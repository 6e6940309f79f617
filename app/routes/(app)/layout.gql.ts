import { graphql } from '#lib/graphql/graphql.ts'

export const Frame = graphql(`
  query Frame($projectsMax: Int!) {
    viewer {
      id
      email
      name
      isOwner
    }
    projects(first: $projectsMax) {
      edges {
        node {
          id
          path
          name
          unresolvedCount
        }
      }
    }
  }
`)

export const RailProjects = graphql(`
  query RailProjects($projectsMax: Int!) {
    projects(first: $projectsMax) {
      edges {
        node {
          id
          path
          name
          unresolvedCount
        }
      }
    }
  }
`)

export const RailChanges = graphql(`
  subscription RailChanges($project: ID!) {
    issueChanged(project: $project) {
      kind
    }
  }
`)
