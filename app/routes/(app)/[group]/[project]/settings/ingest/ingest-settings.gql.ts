import { graphql } from '#lib/graphql/graphql.ts'

export const IngestSettingsFields = graphql(`
  fragment IngestSettings_settings on ProjectSettings @_unmask {
    filters {
      browserExtensions
      crawlers
      localhost
      releases
      releaseMin
      messages
      addresses
    }
    scrubbing {
      enabled
      sensitiveFields
      safeFields
      removesAddresses
    }
    limits {
      eventsPerMinute
      eventsPerMinuteDefault
      eventsPerMinuteHardMax
    }
    retentionDays
    retentionDaysMax
  }
`)

export const IngestSettings = graphql(
  `
    query IngestSettings($path: String!) {
      project(path: $path) {
        id
        settings {
          ...IngestSettings_settings
        }
      }
    }
  `,
  [IngestSettingsFields],
)

export const UpdateProjectSettings = graphql(
  `
    mutation UpdateProjectSettings($input: UpdateProjectSettingsInput!) {
      updateProjectSettings(input: $input) {
        project {
          id
          settings {
            ...IngestSettings_settings
          }
        }
      }
    }
  `,
  [IngestSettingsFields],
)
