import { OpenGroups } from '#lib/domain/open-groups.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const General = graphql(
  `
    query General {
      ...OpenGroups_query
    }
  `,
  [OpenGroups],
)

export const UpdateProject = graphql(`
  mutation UpdateProject($project: ID!, $name: String!) {
    updateProject(input: { project: $project, name: $name }) {
      project {
        id
        name
      }
    }
  }
`)

export const MoveProject = graphql(`
  mutation MoveProject($project: ID!, $path: String!) {
    moveProject(input: { project: $project, path: $path }) {
      project {
        id
        path
      }
    }
  }
`)

export const HideErrorTracking = graphql(`
  mutation HideErrorTracking($project: ID!, $hidden: Boolean!) {
    hideErrorTracking(input: { project: $project, hidden: $hidden }) {
      project {
        id
        errorTracking {
          hidden
        }
      }
    }
  }
`)

export const DeleteProject = graphql(`
  mutation DeleteProject($project: ID!, $path: String!) {
    deleteProject(input: { project: $project, path: $path }) {
      deletedId
    }
  }
`)
