import { graphql } from '#lib/graphql/graphql.ts'

export const ClientKeyFields = graphql(`
  fragment ClientKeyLine_clientKey on ClientKey @_unmask {
    id
    number
    name
    publicKey
    dsn
    legacyDsn
    active
    createdAt
    lastUsedAt
    lastUsedSdk
    lastUsedAddress
    expiresAt
    rotatedAt
    eventsPerMinute
    allowedOrigins
  }
`)

export const Settings = graphql(
  `
    query Settings($path: String!) {
      project(path: $path) {
        id
        clientKeys {
          ...ClientKeyLine_clientKey
        }
        settings {
          retentionDays
          retentionDaysMax
        }
      }
    }
  `,
  [ClientKeyFields],
)

export const EnableErrorTracking = graphql(`
  mutation EnableErrorTracking($project: ID!, $backend: TrackerBackend!) {
    enableErrorTracking(input: { project: $project, backend: $backend }) {
      project {
        id
        errorTracking {
          enabled
        }
      }
    }
  }
`)

export const DisableErrorTracking = graphql(`
  mutation DisableErrorTracking($project: ID!) {
    disableErrorTracking(input: { project: $project }) {
      project {
        id
        errorTracking {
          enabled
        }
      }
    }
  }
`)

export const CreateClientKey = graphql(
  `
    mutation CreateClientKey($input: CreateClientKeyInput!) {
      createClientKey(input: $input) {
        clientKey {
          ...ClientKeyLine_clientKey
        }
      }
    }
  `,
  [ClientKeyFields],
)

export const UpdateClientKey = graphql(
  `
    mutation UpdateClientKey($input: UpdateClientKeyInput!) {
      updateClientKey(input: $input) {
        clientKey {
          ...ClientKeyLine_clientKey
        }
      }
    }
  `,
  [ClientKeyFields],
)

export const RotateClientKey = graphql(
  `
    mutation RotateClientKey($clientKey: ID!, $graceSeconds: Int!) {
      rotateClientKey(input: { clientKey: $clientKey, graceSeconds: $graceSeconds }) {
        newKey {
          ...ClientKeyLine_clientKey
        }
        oldKey {
          ...ClientKeyLine_clientKey
        }
      }
    }
  `,
  [ClientKeyFields],
)

export const DeleteClientKey = graphql(`
  mutation DeleteClientKey($clientKey: ID!) {
    deleteClientKey(input: { clientKey: $clientKey }) {
      clientKey {
        id
      }
    }
  }
`)
