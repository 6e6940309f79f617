export const TRACKER_BACKENDS = ['INTEGRATED', 'SENTRY'] as const
export type TrackerBackend = (typeof TRACKER_BACKENDS)[number]

/** A group's or project's name in a path: `group/name`. Digits alone would be taken for a project's number. */
const NAME = /^(?!\d+$)[a-z0-9][a-z0-9_-]{0,62}$/

/** First segments of our own URLs, which no group may take. */
const RESERVED_GROUPS = new Set(['api', 'graphql', 'errortracking', 'healthz', 'readyz', 'metrics'])

/** @returns the two names of `group/name`, or null when the path is not one. */
export function parseProjectPath(path: string): { group: string; name: string } | null {
  const [group, name, ...rest] = path.split('/')
  if (group === undefined || name === undefined || rest.length > 0) return null
  if (!NAME.test(group) || !NAME.test(name) || RESERVED_GROUPS.has(group)) return null
  return { group, name }
}
