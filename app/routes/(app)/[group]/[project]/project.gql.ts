import { graphql } from '#lib/graphql/graphql.ts'

export const ProjectHead = graphql(`
  query ProjectHead($path: String!) {
    project(path: $path) {
      id
      number
      path
      name
      viewerRole
      lastEventAt
      errorTracking {
        configured
        enabled
        hidden
        backend
      }
      issueCounts {
        unresolved
        resolved
        ignored
      }
    }
  }
`)
