// A project as every resolver gets it: with its group, which its path needs.

import type { PrismaClient, Prisma } from '../database/generated/client.ts'

export const PROJECT_INCLUDE = { group: true } as const satisfies Prisma.ProjectInclude

export type ProjectRow = Prisma.ProjectGetPayload<{ include: typeof PROJECT_INCLUDE }>

/** In the order of `ids`; null where there is none. */
export async function findProjects(prisma: PrismaClient, ids: readonly number[]): Promise<(ProjectRow | null)[]> {
  const rows = await prisma.project.findMany({ where: { id: { in: [...ids] } }, include: PROJECT_INCLUDE })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id) ?? null)
}
