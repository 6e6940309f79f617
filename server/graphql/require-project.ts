import { assertCan, type ProjectAction } from '../auth/can.ts'
import { AppError } from '../errors.ts'
import type { Context } from './context.ts'
import { requireSerial } from './global-id.ts'

/** @returns the number of a project that is there, and to which the caller may do this. */
export async function requireProject(
  { viewer, loaders }: Context,
  globalId: string,
  action: ProjectAction,
): Promise<number> {
  const projectId = requireSerial(globalId, 'Project')
  assertCan(viewer, action, { projectId })
  if ((await loaders.project.load(projectId)) === null) throw new AppError('NOT_FOUND', 'There is no such project.')
  return projectId
}
