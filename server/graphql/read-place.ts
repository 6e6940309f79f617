// What a list of groups or projects shows of each: who was invited, and which tokens it has. The newest first, as many places
// as are asked for with one statement.

import type { AccessToken, Invitation, PrismaClient } from '../database/generated/client.ts'
import { formatPlace, type Place } from '../domain/place.ts'
import { placeOf } from '../auth/invitations.ts'

const NEWEST_FIRST = [{ createdAt: 'desc' }, { id: 'desc' }] as const

/** Those that are open. */
export async function readInvitations(
  prisma: PrismaClient,
  places: readonly Place[],
  nowMs: number,
): Promise<Invitation[][]> {
  const rows = await prisma.invitation.findMany({
    where: { OR: [...places], expiresAt: { gt: new Date(nowMs) } },
    orderBy: [...NEWEST_FIRST],
  })
  const byPlace = Map.groupBy(rows, (row) => formatPlace(placeOf(row)))
  return places.map((place) => byPlace.get(formatPlace(place)) ?? [])
}

export async function readAccessTokens(prisma: PrismaClient, projectIds: readonly number[]): Promise<AccessToken[][]> {
  const rows = await prisma.accessToken.findMany({
    where: { projectId: { in: [...projectIds] } },
    orderBy: [...NEWEST_FIRST],
  })
  const byProject = Map.groupBy(rows, ({ projectId }) => projectId)
  return projectIds.map((id) => byProject.get(id) ?? [])
}
