import { graphql } from '#lib/graphql/graphql.ts'

export const AuditEntryFields = graphql(`
  fragment AuditLog_entry on AuditEntry @_unmask {
    id
    at
    action
    target
    actor
    actorKind
    withToken
    address
    project {
      id
      path
    }
    changes {
      field
      from
      to
    }
  }
`)

export const AuditLogPage = graphql(
  `
    fragment AuditLog_page on AuditLogConnection @_unmask {
      nodes {
        ...AuditLog_entry
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  `,
  [AuditEntryFields],
)
