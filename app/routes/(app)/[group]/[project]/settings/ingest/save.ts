import type { FragmentOf, VariablesOf } from '#lib/graphql/graphql.ts'
import type { IngestSettingsFields, UpdateProjectSettings } from './ingest-settings.gql.ts'

type Change = Omit<VariablesOf<typeof UpdateProjectSettings>['input'], 'project'>

/** Resolves with the settings as they are kept. Rejects when they are not. */
export type Save = (change: Change) => Promise<FragmentOf<typeof IngestSettingsFields>>
