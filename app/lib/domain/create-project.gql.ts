import { graphql } from '#lib/graphql/graphql.ts'

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
