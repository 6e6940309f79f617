import { AuditLogPage } from '#lib/domain/people/audit.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const GroupAuditLog = graphql(
  `
    query GroupAuditLog($path: String!, $after: String) {
      group(path: $path) {
        id
        auditLog(first: 50, after: $after) {
          ...AuditLog_page
        }
      }
    }
  `,
  [AuditLogPage],
)
