import { readProjectSettings, type ProjectSettings } from '../../server/domain/project-settings.ts'
import { compileRules, type ProjectRules } from '../../server/ingest/project-rules.ts'
import type { ClientKeyRecord } from '../../server/ingest/client-keys.ts'

/** A key of project 1 as ingest knows it, with the default settings. */
export function makeKey(
  overrides: Partial<Omit<ClientKeyRecord, keyof ProjectRules>> & { settings?: Partial<ProjectSettings> } = {},
): ClientKeyRecord {
  return {
    id: 1,
    projectId: 1,
    active: true,
    expiresAtMs: null,
    trackingEnabled: true,
    backend: 'INTEGRATED',
    eventsPerMinute: null,
    allowedOrigins: null,
    ...overrides,
    ...compileRules({ ...readProjectSettings({}), ...overrides.settings }),
  }
}
