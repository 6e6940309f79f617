// Any JSON as rows of a table. What SDKs send may be anything: no objects, no rows.

export interface Entry {
  key: string
  value: unknown
  /** Where it stands in the payload, dotted; for the remarks on it. */
  path?: string
}

/** @param path of the value in the payload. */
export function listEntries(value: unknown, path?: string): Entry[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).map(([key, entry]) =>
    path === undefined ? { key, value: entry } : { key, value: entry, path: `${path}.${key}` },
  )
}

/** Texts as they are, everything else as JSON: on one line while it is short. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return value
  const line = JSON.stringify(value) ?? ''
  return line.length <= 80 ? line : JSON.stringify(value, null, 2)
}
