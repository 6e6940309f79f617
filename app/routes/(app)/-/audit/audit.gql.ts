import { AuditLogPage } from '#lib/domain/people/audit.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const InstanceAuditLog = graphql(
  `
    query InstanceAuditLog($after: String) {
      auditLog(first: 50, after: $after) {
        ...AuditLog_page
      }
    }
  `,
  [AuditLogPage],
)
