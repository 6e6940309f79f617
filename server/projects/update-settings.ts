// What a project sets for itself, changed as a whole: nothing of it is kept when any of it is wrong. Every process holds to
// it within a second.

import { isDeepStrictEqual } from 'node:util'
import { recordAudit } from '../auth/audit.ts'
import type { AuditedChange } from '../domain/audit.ts'
import { changeProjectSettings, type ProjectSettingsChange } from '../domain/change-project-settings.ts'
import { readProjectSettings, type ProjectSettings } from '../domain/project-settings.ts'
import { AppError, InvalidFields } from '../errors.ts'
import type { ChangeContext } from './change-context.ts'
import { PROJECT_INCLUDE, type ProjectRow } from './project-row.ts'

/**
 * @param retentionDaysMax the instance's.
 * @throws AppError NOT_FOUND, InvalidFields. Whether one may is asked before.
 */
export async function updateSettings(
  { database, actor, publish }: ChangeContext,
  projectId: number,
  change: ProjectSettingsChange,
  retentionDaysMax: number,
): Promise<ProjectRow> {
  const { project, isChanged } = await database.prisma.$transaction(async (transaction) => {
    // Locked, so that of two people who change different things neither undoes the other's.
    await transaction.$queryRaw`select from project where id = ${projectId} for update`
    const row = await transaction.project.findUnique({ where: { id: projectId }, include: PROJECT_INCLUDE })
    if (row === null) throw new AppError('NOT_FOUND', 'There is no such project.')
    const before = readProjectSettings(row.settings)
    const { settings, problems } = changeProjectSettings(before, change, retentionDaysMax)
    if (problems.length > 0) throw new InvalidFields(problems)
    const changes = listChanges(before, settings)
    if (Object.keys(changes).length === 0) return { project: row, isChanged: false }
    await recordAudit(transaction, actor, {
      action: 'project.update_settings',
      target: `${row.group.name}/${row.slug}`,
      projectId,
      groupId: row.groupId,
      changes,
    })
    const data = { settings }
    return {
      project: await transaction.project.update({ where: { id: projectId }, data, include: PROJECT_INCLUDE }),
      isChanged: true,
    }
  })
  if (isChanged) publish([{ type: 'project', projectId }])
  return project
}

/** Each setting that is another now, by its name in the JSON: `filters.crawlers`. */
function listChanges(before: ProjectSettings, after: ProjectSettings): NonNullable<AuditedChange['changes']> {
  const [from, to] = [flatten(before), flatten(after)]
  const names = Object.keys(to).filter((name) => !isDeepStrictEqual(from[name], to[name]))
  return Object.fromEntries(names.map((name) => [name, { from: from[name], to: to[name] }]))
}

type Setting = string | number | boolean | null | string[]

function flatten({ filters, scrubbing, ...others }: ProjectSettings): Record<string, Setting> {
  const prefix = (part: string, values: Record<string, Setting>) =>
    Object.entries(values).map(([name, value]) => [`${part}.${name}`, value])
  return Object.fromEntries([
    ...Object.entries(others),
    ...prefix('filters', filters),
    ...prefix('scrubbing', scrubbing),
  ]) as Record<string, Setting>
}
