import { graphql } from '#lib/graphql/graphql.ts'

export const ResolveIssue = graphql(`
  mutation ResolveIssue($issue: ID!) {
    resolveIssue(input: { issue: $issue }) {
      issue {
        id
        status
        regressed
      }
    }
  }
`)

export const IgnoreIssue = graphql(`
  mutation IgnoreIssue($issue: ID!) {
    ignoreIssue(input: { issue: $issue }) {
      issue {
        id
        status
        regressed
      }
    }
  }
`)

export const UnresolveIssue = graphql(`
  mutation UnresolveIssue($issue: ID!) {
    unresolveIssue(input: { issue: $issue }) {
      issue {
        id
        status
        regressed
      }
    }
  }
`)

export const UpdateIssues = graphql(`
  mutation UpdateIssues($issues: [ID!]!, $status: IssueStatus!) {
    updateIssues(input: { issues: $issues, status: $status }) {
      issues {
        id
        status
      }
    }
  }
`)
