import type { PrismaClient } from '../../database/generated/client.ts'
import { AppError } from '../../errors.ts'

/** Sentry's organization is our group. @throws AppError NOT_FOUND */
export async function findSentryProject(prisma: PrismaClient, group: string, slug: string): Promise<number> {
  const project = await prisma.project.findFirst({ where: { slug, group: { name: group } }, select: { id: true } })
  if (project === null) throw new AppError('NOT_FOUND', 'The requested resource does not exist')
  return project.id
}
