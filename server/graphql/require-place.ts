import type { Place } from '../domain/place.ts'
import { AppError } from '../errors.ts'
import { requireSerial } from './global-id.ts'

interface PlaceInput {
  group?: string | null | undefined
  project?: string | null | undefined
}

/** One of the two. Whether it is there, and may be seen, is for `assertCan` to say. */
export function requirePlace({ group, project }: PlaceInput): Place {
  if (group != null && project == null) return { groupId: requireSerial(group, 'Group') }
  if (project != null && group == null) return { projectId: requireSerial(project, 'Project') }
  throw new AppError('INVALID', 'Name either a group or a project.')
}
