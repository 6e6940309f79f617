import { graphql } from '#lib/graphql/graphql.ts'

export const DeleteIssues = graphql(`
  mutation DeleteIssues($issues: [ID!]!) {
    deleteIssues(input: { issues: $issues }) {
      deletedIds
    }
  }
`)

export const IssueDeletions = graphql(`
  subscription IssueDeletions($project: ID!) {
    issueDeleted(project: $project)
  }
`)
