import { AuditLogPage } from '#lib/domain/people/audit.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const ProjectAuditLog = graphql(
  `
    query ProjectAuditLog($path: String!, $after: String) {
      project(path: $path) {
        id
        auditLog(first: 50, after: $after) {
          ...AuditLog_page
        }
      }
    }
  `,
  [AuditLogPage],
)
