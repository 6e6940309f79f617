// A project's settings as ingest uses them: read and compiled when they change, not with every look at a key.

import { readProjectSettings, type ProjectSettings } from '../domain/project-settings.ts'
import { compileFilters, type EventFilters } from './filters/compile-filters.ts'
import { compileScrubRules, type ScrubRules } from './scrub-rules.ts'

export interface ProjectRules {
  settings: ProjectSettings
  /** null: the project filters nothing. */
  filters: EventFilters | null
  /** null: the project keeps secrets as they were sent. */
  scrubbing: ScrubRules | null
}

const PROJECTS_MAX = 10_000

export function compileRules(settings: ProjectSettings): ProjectRules {
  return {
    settings,
    filters: compileFilters(settings.filters),
    scrubbing: compileScrubRules(settings.scrubbing),
  }
}

/** @returns a function from a project and its settings, as the database writes their JSON, to its rules. */
export function createRulesCache(): (projectId: number, json: string) => ProjectRules {
  const compiled = new Map<number, { json: string; rules: ProjectRules }>()

  return (projectId, json) => {
    const known = compiled.get(projectId)
    if (known?.json === json) return known.rules
    const rules = compileRules(readProjectSettings(JSON.parse(json)))
    if (compiled.size >= PROJECTS_MAX) compiled.clear()
    compiled.set(projectId, { json, rules })
    return rules
  }
}
