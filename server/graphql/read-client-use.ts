// Who sends to a project and what they get wrong. The writers keep both short: server/ingest/client-sdks.ts, client-errors.ts.

import type { ClientError, ClientSdk, PrismaClient } from '../database/generated/client.ts'
import type { ClientErrorCode } from '../domain/client-error.ts'

export type ClientSdkRow = ClientSdk
export type ClientErrorRow = Omit<ClientError, 'code'> & { code: ClientErrorCode }

/** One list per project, in the order of `projectIds`; the latest first. */
export async function readClientSdks(prisma: PrismaClient, projectIds: readonly number[]): Promise<ClientSdkRow[][]> {
  const rows = await prisma.clientSdk.findMany({
    where: { projectId: { in: [...projectIds] } },
    orderBy: [{ lastSeenAt: 'desc' }, { name: 'asc' }, { version: 'asc' }],
  })
  return listByProject(projectIds, rows)
}

/** One list per project, in the order of `projectIds`; the latest first. */
export async function readClientErrors(
  prisma: PrismaClient,
  projectIds: readonly number[],
): Promise<ClientErrorRow[][]> {
  const rows = await prisma.clientError.findMany({
    where: { projectId: { in: [...projectIds] } },
    orderBy: [{ lastAt: 'desc' }, { id: 'asc' }],
  })
  return listByProject(projectIds, rows as ClientErrorRow[])
}

function listByProject<Row extends { projectId: number }>(projectIds: readonly number[], rows: Row[]): Row[][] {
  const byProject = Map.groupBy(rows, ({ projectId }) => projectId)
  return projectIds.map((projectId) => byProject.get(projectId) ?? [])
}
