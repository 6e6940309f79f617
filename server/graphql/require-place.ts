import type { Place } from '../domain/place.ts'
import { AppError } from '../errors.ts'
import { parseSerial, requireKey } from './global-id.ts'

interface PlaceInput {
  group?: string | null | undefined
  project?: string | null | undefined
}

/** One of the two. Whether it is there, and may be seen, is for `assertCan` to say. */
export function requirePlace({ group, project }: PlaceInput): Place {
  if (group != null && project == null) return { groupId: parseSerial(requireKey(group, 'Group')) ?? 0 }
  if (project != null && group == null) return { projectId: parseSerial(requireKey(project, 'Project')) ?? 0 }
  throw new AppError('INVALID', 'Name either a group or a project.')
}
