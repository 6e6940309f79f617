// What the instance's owner decides for all: rows of the table `setting`.

import type { PrismaClient } from '../database/generated/client.ts'
import type { Publish } from '../domain/change.ts'
import { recordAudit, type Actor } from './audit.ts'

export const GROUP_CREATORS = ['OWNER', 'EVERYBODY'] as const
export type GroupCreators = (typeof GROUP_CREATORS)[number]

/** server/auth/read-person.ts reads it as well. */
const NAME = 'group_creators'

export async function readGroupCreators(prisma: Pick<PrismaClient, 'setting'>): Promise<GroupCreators> {
  const row = await prisma.setting.findUnique({ where: { name: NAME } })
  return row?.value === 'EVERYBODY' ? 'EVERYBODY' : 'OWNER'
}

export async function changeGroupCreators(
  { prisma, publish }: { prisma: PrismaClient; publish: Publish },
  actor: Actor,
  value: GroupCreators,
): Promise<void> {
  await prisma.$transaction(async (transaction) => {
    const from = await readGroupCreators(transaction)
    if (from === value) return
    await transaction.setting.upsert({ where: { name: NAME }, create: { name: NAME, value }, update: { value } })
    const changes = { groupCreators: { from, to: value } }
    await recordAudit(transaction, actor, { action: 'instance.change', target: 'the instance', changes })
  })
  publish([{ type: 'access' }])
}
