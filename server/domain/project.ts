import { AppError } from '../errors.ts'

export const TRACKER_BACKENDS = ['INTEGRATED', 'SENTRY'] as const
export type TrackerBackend = (typeof TRACKER_BACKENDS)[number]

/** A group's or project's name in a path: `group/name`. Digits alone would be taken for a project's number. */
const NAME = /^(?!\d+$)[a-z0-9][a-z0-9_-]{0,62}$/

/** First segments of our own URLs, which no group may take. */
const RESERVED_GROUPS = new Set(['api', 'graphql', 'errortracking', 'healthz', 'readyz', 'metrics'])

export const PATH_RULE =
  'A path is "group/name". Both are 1 to 63 of a-z, 0-9, "-" and "_", begin with a letter or digit and are no number; ' +
  `a group is not ${[...RESERVED_GROUPS].join(', ')}.`

const DISPLAY_NAME_LENGTH_MAX = 100

/** @returns what pages call a project. @throws AppError INVALID */
export function checkDisplayName(text: string): string {
  const name = text.trim()
  // PostgreSQL takes no NUL, and no page shows the others.
  if (name === '' || name.length > DISPLAY_NAME_LENGTH_MAX || /[\x00-\x1f\x7f]/.test(name)) {
    throw new AppError('INVALID', `A name has 1 to ${DISPLAY_NAME_LENGTH_MAX} characters, all of them visible.`)
  }
  return name
}

/** @returns the two names of `group/name`, or null when the path is not one. */
export function parseProjectPath(path: string): { group: string; name: string } | null {
  const [group, name, ...rest] = path.split('/')
  if (group === undefined || name === undefined || rest.length > 0) return null
  if (!NAME.test(group) || !NAME.test(name) || RESERVED_GROUPS.has(group)) return null
  return { group, name }
}
