import { ClientErrorFields } from '#lib/domain/ClientErrorList.gql.ts'
import { graphql } from '#lib/graphql/graphql.ts'

export const Ingest = graphql(
  `
    query Ingest($path: String!, $period: FrequencyPeriod!, $mayManage: Boolean!) {
      project(path: $path) {
        id
        outcomes(period: $period) {
          outcome
          reason
          category
          quantity
          points {
            at
            count
          }
        }
        clientSdks {
          name
          version
          eventCount
          lastSeenAt
        }
        clientErrors {
          ...ClientErrorList_error
        }
        clientKeys @include(if: $mayManage) {
          id
          name
          publicKey
          active
          expiresAt
          lastUsedAt
          lastUsedSdk
          lastUsedAddress
          eventCount(period: $period)
          frequency(period: $period) {
            at
            count
          }
        }
      }
    }
  `,
  [ClientErrorFields],
)
