import { ClientErrorFields } from '#lib/domain/ClientErrorList.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const InstanceClientErrors = graphql(
  `
    query InstanceClientErrors {
      clientErrors {
        ...ClientErrorList_error
      }
    }
  `,
  [ClientErrorFields],
)
